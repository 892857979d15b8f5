package commands

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// recordFlags are the flags of deploy record, beside those that name the package.
type recordFlags struct {
	pkg     packageFlags
	texts   [11]string
	targets []string
	check   bool
	resend  bool
	dryRun  bool
}

func (a *app) deployRecord() *cobra.Command {
	f := &recordFlags{}
	cmd := &cobra.Command{
		Use:   "record [PURL]",
		Short: "Record that a package was deployed",
		Long: `Record in ProGet that a package was deployed to a target, or many packages from a
file.

` + purlHelp + `

What never arrived, or was told to come back, is tried again. A record that was
sent and not answered is uncertain (exit 7): it may be in the package's history,
and it is not sent again without --resend. Every record is written to the ledger
before it is sent, with what became of it after: see deploy pending, flush, settle
and history.

` + ciHelp + `

` + exitStatus(codeDone, codeInternal, codeUsage, codeRejected, codeAuth, codeNotFound, codeUnavailable, codePartial, codeInterrupted),
		Example: `  # record one deployment
  progetctl deploy record pkg:nuget/Newtonsoft.Json@12.0.3 --feed DefaultNuGet \
    --application HDARS --description "Deployed by HDARS to Testing" --target web01

  # one record for each of two targets, as a script reads it
  progetctl deploy record --feed DefaultNuGet --package Newtonsoft.Json --version 12.0.3 \
    --application HDARS --description "Deployed by HDARS to Testing" --target web01 --target web02 -o json

  # many records from a file; run again, it sends only what is missing
  progetctl deploy record --input-file deployments.csv --once

  # a deployment must not fail because its bookkeeping is down
  progetctl deploy record pkg:nuget/Newtonsoft.Json@12.0.3 --feed DefaultNuGet --ledger deployments.db \
    --application HDARS --description "Deployed by HDARS" --target web01 --on-failure queue`,
		Args: onePURL,
		RunE: a.runs(func(c *call) error { return c.record(f) }),
	}
	f.register(cmd)
	return cmd
}

func (f *recordFlags) register(cmd *cobra.Command) {
	f.pkg.register(cmd)
	flags := cmd.Flags()
	flags.Var(rawValues{&f.targets, "TEXT"}, "target", "server or environment that was deployed to; repeat it for one record each (PROGETCTL_TARGET)")
	for i, t := range []struct{ name, kind, usage string }{
		{"application", "TEXT", "application or system that deployed (PROGETCTL_APPLICATION)"},
		{"description", "TEXT", "what the deployment was (PROGETCTL_DESCRIPTION)"},
		{"feed", "FEED", "feed that the package is in (PROGET_FEED)"},
		{"deployment-user", "NAME", "who deployed (PROGETCTL_DEPLOYMENT_USER); without it, the authenticated user"},
		{"deployment-url", "URL", "page of the deployment, http or https (PROGETCTL_DEPLOYMENT_URL)"},
		{"date", "DATE", "when: 2026-11-21, or 2026-11-21T10:00:00Z; without it, the server's clock"},
		{"encoding", kinds(client.Encodings()), "body of the request (default json)"},
		{"input-file", "FILE", "records from a file: a JSON array or object, NDJSON, or CSV with a header line; - is standard input"},
		{"parallel", "N", "records in flight at once (default 8)"},
		{"on-failure", kinds(delivery.Policies()), "when the server is down or does not answer: fail, or warn and exit 0, or queue for deploy flush and exit 0 (PROGETCTL_ON_FAILURE) (default fail)"},
		{"once", "WINDOW", "do nothing for a deployment that this ledger knows from the last WINDOW: --once is 24h, else write it with =, as in --once=7d"},
	} {
		flags.Var(rawValue{&f.texts[i], t.kind}, t.name, t.usage)
	}
	flags.Lookup("once").NoOptDefVal = "24h"
	flags.BoolVar(&f.check, "check", false, "ask first whether the feed has that version; if not, exit 5 and record nothing")
	flags.BoolVar(&f.resend, "resend", false, "send again what was sent and not answered, which may leave two records")
	flags.BoolVar(&f.dryRun, "dry-run", false, "send nothing: print the requests as curl commands, and where each value came from")
	ledgerFlag(cmd)
	ciFlag(cmd)
}

// recordPlan is what deploy record was asked to do.
type recordPlan struct {
	defaults defaults
	file     setting
	encoding client.Encoding
	parallel int
	policy   delivery.Policy
	once     time.Duration
	kind     ecosystem.Type // of the package URL, "" where none was given
	flags    *recordFlags
}

// record runs the command.
func (c *call) record(f *recordFlags) error {
	p := c.recordPlan(f)
	s := c.connect(client.WithParallel(p.parallel))
	if err := c.ready(); err != nil {
		return err
	}
	if p.file.text == "" {
		drafts := slices.Collect(p.defaults.complete(records.Item{}))
		return c.recordAll(s, p, len(drafts), inMemory(drafts))
	}
	file, err := c.openRecords(p.file.text, p.defaults, records.Options{Resend: f.resend})
	if err != nil {
		return err
	}
	defer file.close()
	if err := c.checkFile(file); err != nil {
		return err
	}
	return c.recordAll(s, p, file.total, file.drafts(c))
}

// recordPlan reads the command line.
func (c *call) recordPlan(f *recordFlags) *recordPlan {
	p := &recordPlan{
		defaults: c.recordDefaults(), file: c.setting("input-file"), flags: f,
		encoding: choice(c, c.setting("encoding"), client.Encodings()),
		parallel: c.count(c.setting("parallel"), 8, 1),
		policy:   choice(c, c.setting("on-failure", "PROGETCTL_ON_FAILURE"), delivery.Policies()),
	}
	if len(c.args) > 0 {
		if pkg, err := ecosystem.ParsePURL(c.args[0]); err == nil {
			p.kind = pkg.Type
		}
	}
	if once := c.setting("once"); once.given() {
		p.once = c.duration(once, 24*time.Hour)
		c.needLedger("--once")
	}
	if p.policy == delivery.PolicyQueue {
		c.needLedger("--on-failure queue")
		c.refuseLostLedger()
	}
	switch {
	case !p.file.given():
		c.requireAll(p.defaults)
	case p.file.text == "-":
		c.stdinFor = p.file.from
	case p.file.text != "":
		if _, err := os.Stat(p.file.text); err != nil {
			c.problems.addf("--input-file: %s", err)
		}
	}
	return p
}

// refuseLostLedger refuses to queue where the ledger goes away with the job.
func (c *call) refuseLostLedger() {
	if _, named := c.ledgerSetting(); named {
		return
	}
	for _, name := range []string{"CI", "TF_BUILD"} {
		if c.Getenv(name) != "" {
			c.problems.addf("--on-failure queue in a CI job (%s is set) needs a ledger that outlives the job: name one with --ledger", name)
			return
		}
	}
}

// recordAll sends drafts through the ledger and shows what became of each.
func (c *call) recordAll(s *server, p *recordPlan, total int, drafts draftSequence) (err error) {
	if p.flags.dryRun {
		return c.plan(s, p, drafts)
	}
	address, err := ledger.Server(s.BaseURL())
	if err != nil {
		return err
	}
	o := c.deliveryOptions(s, address, p)
	o.LedgerRequired = p.once > 0 || p.policy == delivery.PolicyQueue
	l, err := c.openLedger(o.LedgerRequired)
	if err != nil {
		return err
	}
	if l != nil {
		defer func() { err = c.both(c.closeLedger(l, &o), err) }()
		if o.Session, err = c.recordSession(l, &o, p); err != nil {
			return err
		}
		if o.Session != nil {
			defer func() { _ = o.Session.Close() }()
		}
	}
	return c.both(c.deliver(o, newReport(c, total, p.policy), func(sender *delivery.Sender) error {
		return sender.Send(c.ctx, toDeliver(drafts))
	}))
}

// recordSession begins to send through the ledger. It is nil for one that fails
// and is not required.
func (c *call) recordSession(l *ledger.Ledger, o *delivery.Options, p *recordPlan) (*ledger.Session, error) {
	session, err := l.Session(c.ctx, ledger.SessionOptions{
		Server: o.Address, Parallel: p.parallel, Queue: p.policy == delivery.PolicyQueue, Once: p.once, Resend: p.flags.resend,
	})
	switch {
	case err == nil:
		return session, nil
	case errors.Is(err, context.Canceled):
		return nil, err
	case o.LedgerRequired:
		return nil, ledgerFailure(err)
	}
	o.LedgerFailed(err)
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
