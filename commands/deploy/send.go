package deploy

import (
	"context"
	"errors"
	"runtime/debug"
	"strconv"
	"sync/atomic"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// recordServer is the server as the delivery of records sees it.
type recordServer struct {
	server *cli.Server
	check  *versionCheck // nil without --check
	sent   *atomic.Bool  // set before a record is sent
}

// Record sends one record. A refusal of the credentials says where they came from.
func (s recordServer) Record(ctx context.Context, d client.Deployment, o client.RecordOptions) (client.Receipt, error) {
	s.sent.Store(true)
	receipt, err := s.server.Deployments.Record(ctx, d, o)
	return receipt, s.server.WithCredentialHint(err)
}

// Check asks what --check is for.
func (s recordServer) Check(ctx context.Context, r records.Record) (ecosystem.Type, error) {
	return s.check.allows(ctx, r)
}

// sending is what record and flush have in common.
type sending struct {
	server   *cli.Server
	check    *versionCheck // nil without --check
	ledger   cli.Ledger
	parallel int
	policy   delivery.Policy
	request  client.RecordOptions
}

// defaultParallel is how many records are sent concurrently by default.
const defaultParallel = 8

// declareSending declares how requests are sent.
func declareSending(f *cli.Flags, encoding *client.Encoding, parallel *int) {
	cli.Choice(f, encoding, client.Encodings(), cli.Flag{Name: "encoding", Usage: "request body format", Default: "json"})
	f.Count(parallel, 1, cli.Flag{Name: "parallel", Usage: "number of requests to send concurrently", Default: strconv.Itoa(defaultParallel)})
}

// options are those of the engine.
func (s sending) options(io *cli.IO, address string) delivery.Options {
	return delivery.Options{
		Server: recordServer{server: s.server, check: s.check, sent: &io.Sent}, Address: address, Host: io.Host(), Parallel: s.parallel, Policy: s.policy,
		Now: io.Now, Request: s.request, LedgerFailed: func(err error) { s.ledger.WarnNotKept(io, err) },
		NotWritten: func(err error) {
			io.Warn("cannot write the outcome to the ledger, where the record stays uncertain: %s", err)
		},
		Waiting: func() { io.Note("waiting for another process that is sending the same records") },
		Crashed: io.ShowCrash, Sleep: io.Wait,
	}
}

// deliver runs a sender, with its progress, and shows the results in r. Its errors are that of the
// run, and what the results add up to.
func deliver(io *cli.IO, o delivery.Options, r *report, run func(*delivery.Sender) error) (broken, results error) {
	progress := io.Progress()
	defer progress.Close()
	if r.total > 1 {
		// Little is alive at any moment, so that the collector would run all the time: 32 MiB more
		// of heap are a fifth less of work.
		defer debug.SetGCPercent(debug.SetGCPercent(800))
		io.BarShown()
		r.bar = progress.Count("records", int64(r.total))
	}
	o.Emit, o.Flush = r.add, r.flush
	err := run(delivery.New(o))
	progress.Close()
	r.broken = err != nil
	// Completed work is reported, even if the ledger or the file failed.
	results = r.close()
	return ledgerEnded(err), results
}

// ledgerEnded is the error of a run that a ledger's failure ended.
func ledgerEnded(err error) error {
	failed, ok := errors.AsType[*delivery.LedgerError](err)
	if !ok {
		return err
	}
	err = cli.LedgerFailure(failed.Err)
	if f, ok := errors.AsType[*cli.Failure](err); ok && failed.NotBegun > 0 {
		f.Lines = append(f.Lines, cli.Plural(failed.NotBegun, "record was", "records were")+" not sent because the ledger failed")
		f.Hint = "once the ledger is writable again, run the same command with --once to send only what is missing"
	}
	return err
}

// closeLedger closes a ledger that is not required.
func closeLedger(l *ledger.Ledger, o *delivery.Options) error {
	err := l.Close()
	if err == nil {
		return nil
	}
	if o.LedgerRequired {
		return cli.LedgerFailure(err)
	}
	o.LedgerFailed(err)
	return nil
}
