package deploy

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/output"
)

// pendingOptions say which ledger is looked at.
type pendingOptions struct {
	ledger  cli.Ledger
	current func(context.Context) (*cli.Server, error) // the server that a flush would send to
}

func newPending(app *cli.App, run func(context.Context, *cli.IO, pendingOptions) error) *cobra.Command {
	var o pendingOptions
	cmd := &cobra.Command{
		Use:        "pending",
		SuggestFor: []string{"status", "queue", "queued", "outbox", "unsent"},
		Short:      "List records that are waiting to be sent or resolved",
		Long: `List the records of all servers that need attention, oldest first:

  queued     "deploy flush" sends it, "deploy settle --as dropped" discards it
  uncertain  it got no response, and may be in ProGet already; see "deploy settle"
  failed     a flush sent it, and the server rejected it; see "deploy settle"

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage),
		Example: `  progetctl deploy pending

  # how many are there?
  progetctl deploy pending --jq length`,
		Args: cli.NoArguments,
	}
	f := app.Flags(cmd)
	requiredLedger(f, &o.ledger)
	f.ServerLater(&o.current, cli.ServerUse{UncheckedProxy: true})
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// requiredLedger declares a ledger without which the command is of no use.
func requiredLedger(f *cli.Flags, to *cli.Ledger) {
	f.Ledger(to)
	f.Check(func(p *cli.Problems) { to.Need(f.CommandPath(), p) })
}

// pending runs the command.
func pending(ctx context.Context, io *cli.IO, o pendingOptions) error {
	var found backlog
	err := list(ctx, io, o.ledger, cli.PendingView("Nothing is pending.", io.Now()), func(l *ledger.Ledger) (entries, error) {
		return found.counting(l.Pending(ctx)), warnPlanned(ctx, io, l, "")
	})
	if err != nil || !io.Watched() {
		return err
	}
	current := ""
	if found.queued > 0 { // without a usable server, each command names its own
		if server, err := o.current(ctx); err == nil && server != nil {
			current = server.BaseURL()
		}
	}
	return io.Print(found.commands(current, o.ledger.Option()))
}

// backlog is what has to be done about pending records.
type backlog struct {
	servers   []string // of the queued records, each once
	queued    int
	undecided []string // IDs of the uncertain and the rejected records
}

// counting passes entries on and counts them.
func (b *backlog) counting(all entries) entries {
	return func(yield func(ledger.Entry, error) bool) {
		for e, err := range all {
			if err == nil {
				b.add(e)
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

func (b *backlog) add(e ledger.Entry) {
	if e.Status != ledger.Queued {
		b.undecided = append(b.undecided, e.ID)
		return
	}
	b.queued++
	if !slices.Contains(b.servers, e.Server) {
		b.servers = append(b.servers, e.Server)
	}
}

// commands are those that resolve the backlog, to be pasted. They name each server but the current
// one; flag is what names the ledger in them, "" for the usual one.
func (b *backlog) commands(current, flag string) string {
	var text strings.Builder
	if b.queued > 0 {
		fmt.Fprintf(&text, "\nTo send %s:\n", cli.Plural(b.queued, "queued record", "queued records"))
		for _, server := range b.servers {
			source := ""
			if server != current {
				source = " --source " + server
			}
			fmt.Fprintf(&text, "  progetctl deploy flush%s%s\n", source, flag)
		}
	}
	if len(b.undecided) > 0 {
		text.WriteString("\nTo resolve a record, check ProGet, then run one of:\n")
		for _, status := range []ledger.Status{ledger.Recorded, ledger.Dropped} {
			fmt.Fprintf(&text, "  progetctl deploy settle %s --as %s%s\n", b.undecided[0], status, flag)
		}
	}
	return text.String()
}

// entries yields entries of a ledger; an error ends it.
type entries = iter.Seq2[ledger.Entry, error]

// list shows entries of the ledger. Without a ledger there are none.
func list(ctx context.Context, io *cli.IO, from cli.Ledger, view output.View[ledger.Entry], find func(*ledger.Ledger) (entries, error)) error {
	l, err := from.OpenToRead(ctx, io)
	if err != nil {
		return err
	}
	if l == nil {
		return cli.WriteAll(ctx, io, view)
	}
	defer func() { _ = l.Close() }()
	all, err := find(l)
	if err != nil {
		return err
	}
	return cli.WriteRead(ctx, io, view, func(yield func(ledger.Entry, error) bool) {
		for e, err := range all {
			if !yield(e, cli.LedgerFailure(err)) {
				return
			}
		}
	})
}
