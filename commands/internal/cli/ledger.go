package cli

import (
	"context"
	"errors"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/shell"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/safefile"
)

// Ledger is where a command's ledger is.
type Ledger struct {
	Path  string // "off" for none; "" for one that nobody named, on a system that has no place for it
	Named bool   // by the flag or its variable
	From  string // the flag or variable that named it
}

// ledgerFlag is where a ledger comes from that the command line names.
const ledgerFlag = "--ledger"

// Off says that there is to be no ledger.
func (l Ledger) Off() bool { return l.Path == "off" }

// Option is what a command in a hint needs to use the same ledger: " --ledger PATH", or "" if it
// finds the ledger without. An address has no password in it.
func (l Ledger) Option() string {
	path := ledger.WithoutPassword(l.Path)
	if l.From != ledgerFlag || path == "" {
		return ""
	}
	return " --ledger " + shell.Hint(path)
}

// Origin says for a dry run which ledger was named and where; "" if none was.
func (l Ledger) Origin(ctx context.Context, o *IO) string {
	if !l.Named {
		return ""
	}
	return Origin("ledger", ledger.NameOf(ctx, ledger.Options{Path: l.Path, Secret: o.Hide}), l.From)
}

// SettleCommands are the commands for a record whose outcome is unknown, as the end of a hint.
func (l Ledger) SettleCommands(id string) string {
	command := func(status ledger.Status) string {
		return "`progetctl deploy settle " + id + " --as " + string(status) + l.Option() + "`"
	}
	return "run " + command(ledger.Recorded) + " or " + command(ledger.Dropped)
}

// Need names a use that a switched-off ledger makes impossible.
func (l Ledger) Need(use string, p *Problems) {
	if l.Off() {
		p.Addf("%s needs a ledger, but it is turned off", use)
	}
}

var errNoPlace = errors.New("no home directory found for the ledger; set HOME, or use --ledger FILE")

func (l Ledger) open(ctx context.Context, o *IO, mustExist bool) (*ledger.Ledger, error) {
	if l.Path == "" {
		return nil, errNoPlace
	}
	opened, err := ledger.Open(ctx, ledger.Options{Path: l.Path, MustExist: mustExist, Host: o.Host(), Now: o.Now, Secret: o.Hide})
	if err == nil {
		for _, why := range opened.Warnings() {
			o.Warn("ledger %s: %s", safefile.Quote(opened.Name()), why)
		}
	}
	return opened, err
}

// OpenToSend opens the ledger for a command that sends; nil if there is none. If it is not needed,
// one that cannot be used is worth a warning at most: the record is sent anyway.
func (l Ledger) OpenToSend(ctx context.Context, o *IO, needed bool) (*ledger.Ledger, error) {
	if l.Off() {
		return nil, nil
	}
	opened, err := l.open(ctx, o, false)
	if err == nil || needed || ctx.Err() != nil {
		return opened, LedgerFailure(err)
	}
	l.WarnNotKept(o, err)
	return nil, nil
}

// WarnNotKept says that records are not saved, to those who would want to know: whoever named the
// ledger, and people.
func (l Ledger) WarnNotKept(o *IO, err error) {
	if l.Named || o.StderrTerminal {
		o.Warn("records are sent without being saved to the ledger: %s", err)
	}
}

// OpenToRead opens the ledger for a command that reads it. The result is nil if nobody named one
// and there is none yet: then nothing was ever recorded.
func (l Ledger) OpenToRead(ctx context.Context, o *IO) (*ledger.Ledger, error) {
	opened, err := l.open(ctx, o, true)
	if errors.Is(err, ledger.ErrNotExist) {
		if l.Named {
			f := Usage("%s", err)
			f.Hint = "the ledger is created by the first `progetctl deploy record`; check --ledger"
			return nil, f
		}
		return nil, nil
	}
	return opened, LedgerFailure(err)
}

// OpenForCompletion opens a ledger that exists, and waits no longer than longest for another
// process; it is nil, and nothing is said, if that cannot be done.
func (l Ledger) OpenForCompletion(ctx context.Context, o *IO, longest time.Duration) *ledger.Ledger {
	if l.Off() || l.Path == "" {
		return nil
	}
	opened, err := ledger.Open(ctx, ledger.Options{Path: l.Path, MustExist: true, Now: o.Now, Busy: longest})
	if err != nil {
		return nil
	}
	return opened
}

// LedgerFailure is an error of the ledger if the ledger is needed. An interruption says nothing of
// the ledger.
func LedgerFailure(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return &Failure{
		Kind: client.KindInternal, Lines: []string{err.Error()}, Err: err,
		Hint: "use another ledger with --ledger or PROGETCTL_LEDGER",
	}
}
