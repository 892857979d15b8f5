package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/internal/records"
)

// Flags are the values of one command.
type Flags struct {
	app           *App
	cmd           *cobra.Command
	values        []*Value
	checks        []func(*Problems)
	args          *[]string // destination of the arguments, nil for none
	argsKind      Kind
	argsUnchecked bool // because they are another program's
	argsStdin     bool // an argument "-" is standard input
	stdin         stdin
	group         string // in help, of the values that are declared next

	noCI     *Value         // nil for a command that takes nothing from a CI job
	ledger   *Ledger        // destination of --ledger, nil for a command without it
	feed     *Value         // falls back to the feed of the named source
	identity *Package       // of the package URL or its flags
	server   *serverRequest // nil for a command that asks no server

	later          *laterRequest // nil if it is clear from the start whether the command asks the server
	sourceArgument bool          // the argument names the server
	base           *Text         // destination of --source alone
	given          *GivenFlags   // destination of the server's flags as they are
}

// Group puts the values that are declared next under a title in help: Package, Ledger. Values that
// are required are in a group of their own.
func (f *Flags) Group(title string) { f.group = title }

// declare adds a value. What store gets is never empty.
func (f *Flags) declare(kind Kind, flag Flag, store func(Text, *Problems)) *Value {
	v := &Value{Flag: flag, Kind: kind, Group: f.group, store: store}
	f.values = append(f.values, v)
	v.register(f.cmd.Flags())
	return v
}

// Text declares a text.
func (f *Flags) Text(to *Text, flag Flag) *Value { return f.text(KindText, "TEXT", to, flag) }

// Path declares the path of a file or folder on this machine.
func (f *Flags) Path(to *Text, flag Flag) *Value { return f.text(KindPath, "PATH", to, flag) }

// Feed declares the name of a feed.
func (f *Flags) Feed(to *Text, flag Flag) *Value { return f.text(KindFeed, "FEED", to, flag) }

// SourceFeed declares the feed that a command is about; a named source may have one for it.
func (f *Flags) SourceFeed(to *Text, flag Flag) *Value {
	flag.Name, flag.Variables = "feed", []string{"PROGET_FEED"}
	f.feed = f.Feed(to, flag)
	return f.feed
}

func (f *Flags) text(kind Kind, word string, to *Text, flag Flag) *Value {
	if flag.Word == "" {
		flag.Word = word
	}
	return f.declare(kind, flag, func(t Text, _ *Problems) { *to = t })
}

// Texts declares a text that may be given several times.
func (f *Flags) Texts(to *[]Text, flag Flag) *Value {
	if flag.Word == "" {
		flag.Word = "TEXT"
	}
	flag.repeatable = true
	return f.declare(KindText, flag, func(t Text, _ *Problems) { *to = append(*to, t) })
}

// Feeds declares several feeds, separated by commas or given one by one; an empty name between them
// is a problem.
func (f *Flags) Feeds(to *[]string, flag Flag) *Value {
	if flag.Word == "" {
		flag.Word = "FEED"
	}
	flag.repeatable = true
	return f.declare(KindFeeds, flag, func(t Text, p *Problems) {
		for name := range strings.SplitSeq(t.Value, ",") {
			name = strings.TrimSpace(name)
			if problem := ValueProblem("a name in "+t.From, name); problem != "" {
				p.Addf("%s", problem)
			}
			*to = append(*to, name)
		}
	})
}

// URL declares an absolute http or https URL that everyone may see.
func (f *Flags) URL(to *Text, flag Flag) *Value {
	flag.Word = "URL"
	return f.declare(KindText, flag, func(t Text, p *Problems) {
		if problem := WebURLProblem(t.Value); problem != "" {
			p.Addf("%s %s", t.From, problem)
		}
		*to = t
	})
}

// Switch declares a flag that is on or off.
func (f *Flags) Switch(to *bool, flag Flag) *Value {
	flag.Word, flag.Alone = "bool", "true"
	return f.declare(KindSwitch, flag, func(t Text, p *Problems) { *to = t.on(p) })
}

// Count declares a whole number of at least least; to holds the default.
func (f *Flags) Count(to *int, least int, flag Flag) *Value {
	flag.Word = "N"
	return f.declare(KindCount, flag, func(t Text, p *Problems) { *to = t.count(*to, least, p) })
}

// Duration declares a duration above zero; to holds the default.
func (f *Flags) Duration(to *time.Duration, flag Flag) *Value {
	if flag.Word == "" {
		flag.Word = "DURATION"
	}
	return f.declare(KindDuration, flag, func(t Text, p *Problems) { *to = t.duration(*to, p) })
}

// DurationFromZero declares a duration that may be none at all.
func (f *Flags) DurationFromZero(to *time.Duration, flag Flag) *Value {
	flag.Word = "DURATION"
	return f.declare(KindDuration, flag, func(t Text, p *Problems) {
		if d, err := parseDuration(t.Value); err != nil || d != 0 {
			*to = t.duration(*to, p)
		}
	})
}

// Date declares the date of a deployment; to gets it in the form that is sent.
func (f *Flags) Date(to *Text, flag Flag) *Value {
	flag.Word = "DATE"
	return f.declare(KindDate, flag, func(t Text, p *Problems) {
		at, err := CheckDeploymentDate(t.Value, f.app.IO.Now())
		if err != nil {
			p.Addf("%s %s", t.From, err)
		}
		*to = Text{at.UTC().Format(records.DateLayout), t.From}
	})
}

// Choice declares a value that is one of some words, of which the first is the default; word stands
// for them in help, "" for all of them.
func Choice[T ~string](f *Flags, to *T, words []T, flag Flag) *Value {
	*to = words[0]
	if flag.Word == "" {
		flag.Word = Joined(words, "|")
	}
	v := f.declare(KindChoice, flag, func(t Text, p *Problems) { *to = OneOf(t, words, p) })
	v.words = func() []string { return Words(words) }
	return v
}

// OptionalChoice is Choice without a default: to stays as it is.
func OptionalChoice[T ~string](f *Flags, to *T, words []T, flag Flag) *Value {
	otherwise := *to
	v := Choice(f, to, words, flag)
	*to = otherwise
	return v
}

// CommandPath is the command as a user writes it.
func (f *Flags) CommandPath() string { return f.cmd.CommandPath() }

// Args declares the arguments of the command.
func (f *Flags) Args(to *[]string) { f.args = to }

// ArgsAre says what the arguments are, for completion.
func (f *Flags) ArgsAre(kind Kind) { f.argsKind = kind }

// ArgsReadStdin declares that the argument "-" is standard input.
func (f *Flags) ArgsReadStdin() { f.argsStdin = true }

// ArgumentKind is what the arguments are.
func (f *Flags) ArgumentKind() Kind { return f.argsKind }

// AsksServer says that the command asks the server, and not the ledger alone.
func (f *Flags) AsksServer() bool { return f.server != nil || f.ledger == nil }

// Command declares that the arguments are the command line of another program, to which an empty
// word may mean something.
func (f *Flags) Command(to *[]string) { f.args, f.argsUnchecked = to, true }

// Check adds a check that concerns several values. It is called when all of them have been read.
func (f *Flags) Check(check func(*Problems)) { f.checks = append(f.checks, check) }

// Excludes names each of the others that was given beside v, and the argument.
func (f *Flags) Excludes(v *Value, others ...*Value) {
	f.Check(func(p *Problems) {
		if !v.OnLine() {
			return
		}
		for _, other := range others {
			if other.OnLine() {
				p.Addf("--%s and --%s can't be used together", v.Name, other.Name)
			}
		}
		if f.identity != nil && f.identity.URL != "" {
			p.Addf("--%s and the package URL %q can't be used together", v.Name, f.identity.URL)
		}
	})
}

// Run gives the command its function, which is called when all values are good. An interruption
// ends it in order.
func (f *Flags) Run(run func(context.Context, *IO) error) {
	f.RunBriefly(func(ctx context.Context, o *IO) error { return run(ctx, o) })
	brief := f.cmd.RunE
	f.cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx, ignore := f.app.heedSignals(cmd.Context())
		defer ignore()
		cmd.SetContext(ctx)
		return brief(cmd, args)
	}
}

// RunBriefly is Run for what only looks at itself: heeding signals would take a noticeable part of
// its time.
func (f *Flags) RunBriefly(run func(context.Context, *IO) error) {
	f.cmd.RunE = func(cmd *cobra.Command, args []string) error {
		p := f.resolve(cmd.Context(), args)
		// What an interruption left unread is not a fault of the command line.
		if err := cmd.Context().Err(); err != nil {
			return err
		}
		if err := p.err(cmd); err != nil {
			return err
		}
		for _, warning := range p.warnings {
			f.app.IO.Warn("%s", warning)
		}
		return run(cmd.Context(), f.app.IO)
	}
}
