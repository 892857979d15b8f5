package cli

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ci"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Kind is what a value is, for those who complete or explain it.
type Kind int

// The kinds of values.
const (
	KindText Kind = iota
	KindSwitch
	KindChoice
	KindCount
	KindDuration
	KindMoment // since, until
	KindDate
	KindPath // on this machine
	KindFeed
	KindFeeds
	KindLedger
	KindCredential // which is not looked at
	KindSource
	KindPackage
	KindVersion
	KindProxy // checked only if it is used
	KindTarget
	KindApplication
	KindRecord // the ID of a record in the ledger
)

// Value is a declared value, with what the command line says of it.
type Value struct {
	Flag
	Kind  Kind
	Group string // its title in help, "" for none

	stdin bool // "-" is standard input
	words func() []string
	store func(Text, *Problems)
	texts []string // as typed, so that everything malformed can be named together
	got   Text     // the last that was stored
}

var _ pflag.Value = (*Value)(nil)

// register makes the value a flag, unless only variables give it.
func (v *Value) register(flags *pflag.FlagSet) {
	if v.Name == "" {
		return
	}
	flag := flags.VarPF(v, v.Name, v.Short, v.usage())
	flag.NoOptDefVal = v.Alone
}

// usage is the text about a flag that is on its own, in completion.
func (v *Value) usage() string {
	switch {
	case v.AlwaysRequired() && v.Unless != nil:
		return v.Help() + " (required without --" + v.Unless.Name + ")"
	case v.AlwaysRequired():
		return v.Help() + " (required)"
	}
	return v.Help()
}

// Help is the text about a flag in help, which has the required ones in a group of their own.
func (v *Value) Help() string {
	text := v.Usage
	if v.repeatable {
		text += "; repeatable"
	}
	var more []string
	if v.Default != "" {
		more = append(more, "default "+v.Default)
	}
	if len(v.Variables) > 0 && !strings.Contains(text, v.Variables[0]) {
		more = append(more, strings.Join(v.Variables, " or "))
	}
	if len(more) > 0 {
		text += " (" + strings.Join(more, "; ") + ")"
	}
	return text
}

// AlwaysRequired says that the command needs the value whatever else is given, but for the one that
// is used instead of it.
func (v *Value) AlwaysRequired() bool { return v.Required && (v.When == nil || v.Unless != nil) }

// Set takes any text.
func (v *Value) Set(text string) error { v.texts = append(v.texts, text); return nil }

// String returns the last text.
func (v *Value) String() string {
	if v == nil || len(v.texts) == 0 {
		return ""
	}
	return v.texts[len(v.texts)-1]
}

// Type is the word for the value in help.
func (v *Value) Type() string { return v.Word }

// Words are the words that a choice has, nil for any other kind.
func (v *Value) Words() []string {
	if v.words == nil {
		return nil
	}
	return v.words()
}

// Suggests gives words to complete a value that may be others, too.
func (v *Value) Suggests(words func() []string) { v.words = words }

// OnLine says that the flag is on the command line, whatever its value.
func (v *Value) OnLine() bool { return len(v.texts) > 0 }

// ReadsStdin declares that "-" is standard input, which only one value can read.
func (v *Value) ReadsStdin() { v.stdin = true }

// Text is the text of a value with where it came from.
type Text struct {
	Value string
	From  string // "--feed", "PROGET_FEED"; "" if nothing gave it
}

// Given says that something gave the text, even if it is unusable and empty.
func (t Text) Given() bool { return t.From != "" }

// Or takes a text instead of one that was not given.
func (t Text) Or(text, from string) Text {
	if t.Given() || text == "" {
		return t
	}
	return Text{text, from}
}

// usable returns the text without a value that cannot be used.
func (v *Value) usable(t Text) (Text, string) {
	if v.Kind == KindCredential || v.Kind == KindProxy {
		return t, ""
	}
	problem := ValueProblem(t.From, t.Value)
	switch v.Kind { // what is pasted along with a name cannot be seen
	case KindText, KindFeed, KindPackage, KindVersion, KindTarget, KindApplication:
		if t.Value = client.TrimPasted(t.Value); t.Value == "" && problem == "" {
			problem = t.From + " is blank"
		}
	}
	if problem != "" {
		t.Value = ""
	}
	return t, problem
}

// onLine returns what the command line gives. What is wrong with it, checkLine says.
func (v *Value) onLine() Text {
	if !v.OnLine() {
		return Text{}
	}
	t, _ := v.usable(Text{v.String(), "--" + v.Name})
	return t
}

// fromVariables returns what the first variable that is set gives, and what is wrong with it. A
// variable that is set but empty counts as unset.
func (v *Value) fromVariables(env Env) (Text, string) {
	for _, name := range v.Variables {
		if value := env.Getenv(name); value != "" {
			return v.usable(Text{value, name})
		}
	}
	return Text{}, ""
}

// read returns the text of a value: the flag's, else that of its variables.
func (v *Value) read(env Env, p *Problems) Text {
	if t := v.onLine(); t.Given() {
		return t
	}
	t, problem := v.fromVariables(env)
	if problem != "" {
		p.Addf("%s", problem)
	}
	return t
}

// lacking says that a value is required and nothing gave it.
func (v *Value) lacking() bool {
	if v.Kind == KindPackage || v.Kind == KindVersion { // which a package URL may give
		return false
	}
	given := v.OnLine() || v.got.Given()
	return v.Required && !given && (v.When == nil || v.When()) && (v.Unless == nil || !v.Unless.OnLine())
}

// missing is the message for a required value that was not given.
func (v *Value) missing() string {
	text := "--" + v.Name + " is required"
	if len(v.Variables) > 0 {
		text += " (or set " + strings.Join(v.Variables, " or ") + ")"
	}
	if v.words != nil {
		text += ": " + strings.Join(v.words(), " or ")
	}
	return text
}

// placeholder recognizes the forms in which an unexpanded variable reaches us: shells, cmd, Azure,
// GitHub, Octopus.
func placeholder(s string) bool {
	s = strings.TrimSpace(s)
	// Nearly every value ends here: a batch looks at millions of them.
	if s == "" || !strings.ContainsRune("$%#", rune(s[0])) {
		return false
	}
	return placeholderForm().MatchString(s)
}

var placeholderForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(\$[A-Za-z_]\w*|\$\{[^{}]*\}|%[A-Za-z_]\w*%|\$\([^()]*\)|\$\{\{[^{}]*\}\}|#\{[^{}]*\})$`)
})

// ValueProblem says what is wrong with a value of from, or "".
func ValueProblem(from, value string) string {
	switch {
	case value == "":
		return from + " is empty"
	case strings.TrimSpace(value) == "":
		return from + " is blank"
	case !utf8.ValidString(value):
		return from + " is not UTF-8: " + strconv.QuoteToASCII(value)
	case placeholder(value):
		return from + " is " + strconv.Quote(value) + ": an unexpanded variable"
	}
	return ""
}

// checkLine names every flag that was given an unusable value, or a second one, and every unusable
// argument.
func checkLine(cmd *cobra.Command, args []string, p *Problems) {
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		v, ours := flag.Value.(*Value)
		if !ours {
			return
		}
		if len(v.texts) > 1 && !v.repeatable && v.Kind != KindSwitch {
			p.Addf("--%s is given %d times, but takes one value", v.Name, len(v.texts))
		}
		for _, text := range v.texts {
			_, problem := v.usable(Text{text, "--" + v.Name})
			switch {
			case problem != "":
				p.Addf("%s", problem)
			case v.Kind != KindCredential && isFlag(cmd, text):
				p.Addf("--%s is followed by the flag %s instead of a value; check for an empty, unquoted variable", v.Name, text)
			}
		}
	})
	for _, arg := range args {
		if problem := ValueProblem(fromArgument, arg); problem != "" {
			p.Addf("%s", problem)
		}
	}
}

// isFlag recognizes the command's own flags, which nobody deploys to and which shells move up where
// a value was empty.
func isFlag(cmd *cobra.Command, value string) bool {
	name, found := strings.CutPrefix(value, "--")
	name, _, _ = strings.Cut(name, "=")
	return found && cmd.Flags().Lookup(name) != nil
}

// Flag declares a value of a command: all that help, completion, messages and the reading of the
// command line need to know of it.
type Flag struct {
	// Name is that of the flag, without dashes; "" for a value that only variables give.
	Name, Short string
	// Word stands for the value in help: FEED. Most kinds have one of their own.
	Word string
	// Usage says what the value is. The variables, the default, and whether it is required or
	// repeatable, are added to it.
	Usage string
	// Variables give the value if the flag does not, the first that is set.
	Variables []string
	// CI is what the CI job around the program gives, if nothing else does.
	CI func(ci.Defaults) ci.Value
	// Default is the default as help shows it.
	Default string
	// Alone is the value of a flag that is given without one.
	Alone string
	// Required says that the command cannot do without it.
	Required bool
	// Unless, if set, is a value whose flag is used instead of a required one.
	Unless *Value
	// When, if set, says whether variables, the CI job and Required count: false leaves the flag
	// alone. It is asked when the command line is parsed.
	When func() bool

	repeatable bool
}
