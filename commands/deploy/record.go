package deploy

import (
	"context"
	"errors"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/shell"
	"github.com/progetctl/progetctl/internal/ci"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
	"github.com/progetctl/progetctl/internal/safefile"
)

// recordOptions say what is recorded, and how.
type recordOptions struct {
	server *cli.Server
	pkg    cli.Package
	// What a record says besides its package. Targets has one record for each.
	application, description, feed, user, url, date cli.Text
	targets                                         []cli.Text

	file                  cli.Text // of records, "-" for standard input, "" for none
	encoding              client.Encoding
	parallel              int
	policy                delivery.Policy
	once                  time.Duration // 0 for no look at the ledger
	check, resend, dryRun bool
	shell                 shell.Shell  // that dryRun writes for
	types                 versionTypes // of the file's records, for check
	ledger                cli.Ledger
}

func newRecord(app *cli.App, run func(context.Context, *cli.IO, recordOptions) error) *cobra.Command {
	o := recordOptions{parallel: defaultParallel, shell: shell.Default(runtime.GOOS)}
	cmd := &cobra.Command{
		Use:        "record [PURL]",
		SuggestFor: []string{"add", "create", "new", "report", "post", "track", "mark", "save", "notify"},
		Short:      "Record that a package was deployed",
		Long: `Record in ProGet that a package was deployed to a target. With --input-file, record
many deployments: flags fill in what a line of the file leaves out.

Requests that never reached the server, or that it asked to retry later, are
retried. A record that was sent but got no response is "uncertain" (exit 7): it may
have been stored, so it isn't resent unless you pass --resend. Each record is saved
to the ledger before it is sent, and its outcome afterwards.

` + cli.CIHelp + `

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage, cli.CodeRejected, cli.CodeAuth, cli.CodeNotFound, cli.CodeUnavailable, cli.CodePartial, cli.CodeInterrupted),
		Example: `  # record that web01 now runs a package
  progetctl deploy record pkg:nuget/Newtonsoft.Json@12.0.3 --feed DefaultNuGet \
    --application HDARS --description "Deployed by HDARS to Testing" --target web01

  # two targets, one record each, as JSON
  progetctl deploy record --feed DefaultNuGet --package Newtonsoft.Json --version 12.0.3 \
    --application HDARS --description "Deployed by HDARS to Testing" --target web01 --target web02 -o json

  # many records from a file; run it again to send only what is missing
  progetctl deploy record --input-file deployments.csv --once

  # don't fail a deployment because ProGet is down
  progetctl deploy record pkg:nuget/Newtonsoft.Json@12.0.3 --feed DefaultNuGet --ledger deployments.db \
    --application HDARS --description "Deployed by HDARS" --target web01 --on-failure queue`,
	}
	f := app.Flags(cmd)
	o.declare(f, app.IO)
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// declare declares the values. A file may have those of the record.
func (o *recordOptions) declare(f *cli.Flags, io *cli.IO) {
	f.Group("Sending")
	file := f.Path(&o.file, cli.Flag{Name: "input-file", Word: "FILE", Usage: "read records from a file: JSON, NDJSON, CSV with a header line, or one package URL per line; - reads standard input"})
	file.ReadsStdin()
	f.Package(&o.pkg)
	f.RequirePackage(file, nil)
	f.Application(&o.application, cli.Flag{Name: "application", Usage: "application or tool doing the deployment", Variables: []string{"PROGETCTL_APPLICATION"}, CI: cli.CIApplication, Required: true, Unless: file})
	f.Text(&o.description, cli.Flag{Name: "description", Usage: "short summary of the deployment", Variables: []string{"PROGETCTL_DESCRIPTION"}, CI: cli.CIDescription, Required: true, Unless: file})
	targets := f.Texts(&o.targets, cli.Flag{Name: "target", Word: "NAME", Usage: "server or environment deployed to", Variables: []string{"PROGETCTL_TARGET"}, Required: true, Unless: file})
	targets.Kind = cli.KindTarget
	f.SourceFeed(&o.feed, cli.Flag{Usage: "feed with the package", Required: true, Unless: file})
	f.Group("Deployment")
	f.Text(&o.user, cli.Flag{Name: "deployment-user", Word: "NAME", Usage: "who deployed", Default: "the authenticated user", Variables: []string{"PROGETCTL_DEPLOYMENT_USER"}, CI: cli.CIUser})
	f.URL(&o.url, cli.Flag{Name: "deployment-url", Usage: "link to more information about the deployment", Variables: []string{"PROGETCTL_DEPLOYMENT_URL"}, CI: cli.CIURL})
	f.Date(&o.date, cli.Flag{Name: "date", Usage: "date of the deployment, such as 2026-11-21 or 2026-11-21T10:00:00Z", Default: "the server's time"})
	f.CIDefaults()
	f.Group("Sending")
	declareSending(f, &o.encoding, &o.parallel)
	f.Switch(&o.check, cli.Flag{Name: "check", Usage: "check that the feed has this version first; if not, record nothing (exit 5)"})
	f.Switch(&o.dryRun, cli.Flag{Name: "dry-run", Usage: "send nothing; print the requests as curl commands, with the origin of each value"})
	cli.OptionalChoice(f, &o.shell, shell.All(), cli.Flag{Name: "shell", Usage: "with --dry-run: the shell to write the commands for", Default: "sh; on Windows, powershell"})
	f.Group("Failure and duplicate")
	cli.Choice(f, &o.policy, delivery.Policies(), cli.Flag{Name: "on-failure", Usage: "if ProGet is unavailable: fail, warn (exit 0), or queue for \"deploy flush\" (exit 0)", Variables: []string{"PROGETCTL_ON_FAILURE"}, Default: "fail"})
	f.Duration(&o.once, cli.Flag{Name: "once", Word: "WINDOW", Usage: "skip deployments already in the ledger within WINDOW (default 24h; write --once=7d)", Alone: "24h"})
	f.Switch(&o.resend, cli.Flag{Name: "resend", Usage: "resend records whose outcome is unknown; may create duplicates"})
	f.Ledger(&o.ledger)
	f.Server(&o.server, cli.ServerUse{Options: func() []client.Option { return []client.Option{client.WithParallel(o.parallel)} }})
	f.Check(func(p *cli.Problems) {
		o.checkFile(p)
		o.checkLedger(io, p)
	})
}

func (o *recordOptions) checkFile(p *cli.Problems) {
	if o.file.Value == "" || o.file.Value == "-" {
		return
	}
	if _, err := os.Stat(o.file.Value); err != nil {
		p.Addf("--input-file: %s", safefile.Words(err))
	}
}

// checkLedger names each use of a ledger that does not exist, or that goes away with the job.
func (o *recordOptions) checkLedger(io *cli.IO, p *cli.Problems) {
	if o.once > 0 {
		o.ledger.Need("--once", p)
	}
	if o.policy != delivery.PolicyQueue {
		return
	}
	o.ledger.Need("--on-failure queue", p)
	if mark := ci.Mark(io.Getenv); mark != "" && !o.ledger.Named {
		p.Addf("--on-failure queue in a CI job (%s is set) needs a ledger that is kept after the job; name one with --ledger", mark)
	}
}

// sending is what record and flush have in common.
func (o recordOptions) sending(io *cli.IO) sending {
	s := sending{
		server: o.server, ledger: o.ledger, parallel: o.parallel, policy: o.policy,
		request: client.RecordOptions{Encoding: o.encoding, Resend: o.resend},
	}
	if o.check {
		s.check = newVersionCheck(io, o.server, o.pkg.Type, o.types)
	}
	return s
}

// record runs the command.
func record(ctx context.Context, io *cli.IO, o recordOptions) error {
	words := &versionWords{server: o.server, qualifiers: o.pkg.Qualifiers}
	if o.file.Value == "" {
		var drafts []draft
		given := o.defaults()
		for _, target := range given.targets {
			d := given.draft(&records.Item{}, target)
			if err := words.resolve(ctx, &d); err != nil {
				return err
			}
			drafts = append(drafts, d)
		}
		return recordAll(ctx, io, o, len(drafts), inMemory(drafts))
	}
	file, err := openRecords(ctx, io.Stdin, o.file.Value)
	if err != nil {
		return err
	}
	defer file.close()
	file.defaults, file.words, file.options = o.defaults(), words, records.Options{Resend: o.resend}
	if o.check {
		o.types = versionTypes{}
		file.types = o.types
	}
	if err := file.check(ctx, io); err != nil {
		return err
	}
	return recordAll(ctx, io, o, file.total, file.drafts(ctx, io.Now()))
}

// recordAll sends drafts through the ledger and shows the outcome of each.
func recordAll(ctx context.Context, io *cli.IO, o recordOptions, total int, drafts draftSequence) (err error) {
	if o.dryRun {
		return dryRun(ctx, io, o, drafts)
	}
	address, err := ledger.Server(o.server.BaseURL())
	if err != nil {
		return err
	}
	run := o.sending(io)
	sending := run.options(io, address)
	sending.LedgerRequired = o.once > 0 || o.policy == delivery.PolicyQueue
	l, err := o.ledger.OpenToSend(ctx, io, sending.LedgerRequired)
	if err != nil {
		return err
	}
	if l != nil {
		defer func() { err = cli.Both(closeLedger(l, &sending), err) }()
		if sending.Session, err = recordSession(ctx, l, &sending, o); err != nil {
			return err
		}
		if sending.Session != nil {
			defer func() { _ = sending.Session.Close() }()
		}
	}
	return cli.Both(deliver(io, sending, newReport(ctx, io, total, run), func(sender *delivery.Sender) error {
		return sender.Send(ctx, toDeliver(drafts))
	}))
}

// recordSession begins to send through the ledger. It is nil for one that fails and is not
// required.
func recordSession(ctx context.Context, l *ledger.Ledger, to *delivery.Options, o recordOptions) (*ledger.Session, error) {
	session, err := l.Session(ctx, ledger.SessionOptions{
		Server: to.Address, Parallel: o.parallel, Queue: o.policy == delivery.PolicyQueue, Once: o.once, Resend: o.resend,
	})
	switch {
	case err == nil:
		return session, nil
	case errors.Is(err, context.Canceled):
		return nil, err
	case to.LedgerRequired:
		return nil, cli.LedgerFailure(err)
	}
	to.LedgerFailed(err)
	return nil, nil
}

// toDeliver yields drafts without what only a dry run shows.
func toDeliver(drafts draftSequence) delivery.Drafts {
	return func(yield func(records.Item, error) bool) {
		for d, err := range drafts {
			if !yield(d.Item, err) {
				return
			}
		}
	}
}
