package deploy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/output"
)

// shownInFull is the number of records up to which a table shows all of them, not only those that
// were not recorded.
const shownInFull = 50

// report shows results as they come, in the order of the input if the format requires it, and ends
// the run with the code that they add up to.
type report struct {
	io *cli.IO
	// interrupted says that the run was interrupted.
	interrupted func() bool
	// explain gives a failure a better hint, if the server has one.
	explain func(delivery.KindFailure) error
	// stillQueued is what is queued after a flush; nil for other runs.
	stillQueued func() int
	writer      output.Writer[ledger.Entry]
	bar         *output.Bar
	sending     sending
	total       int // records in all; 0 if unknown
	single      bool
	broken      bool // the run broke off

	early   map[int]ledger.Entry // came before their turn
	next    int
	shown   int   // written in their turn
	unshown error // the first failure to write the result

	sum delivery.Summary
}

func newReport(ctx context.Context, io *cli.IO, total int, s sending) *report {
	return &report{
		io: io, interrupted: func() bool { return ctx.Err() != nil }, writer: cli.NewResult(ctx, io, batchView()), sending: s, total: total, single: total == 1,
		early: map[int]ledger.Entry{}, sum: delivery.Summary{Policy: s.policy},
		explain: func(f delivery.KindFailure) error {
			if s.server == nil {
				return f.Cause
			}
			r := f.Entry.Record
			pkg := ecosystem.Package{Type: f.Entry.Type, Group: r.GroupName, Name: r.PackageName, Version: r.Version}
			return s.server.ExplainMissing(ctx, r.FeedName, pkg, f.Cause)
		},
	}
}

// batchView shows the records of a batch or a flush; only a flush may find none.
func batchView() output.View[ledger.Entry] {
	view := cli.DeploymentView()
	view.Empty = "No records are queued."
	return view
}

// add takes one result. If it can't be shown, because its reader is gone or the disk is full, the
// rest is sent anyway; close returns the error.
func (r *report) add(x delivery.Result) {
	r.sum.Add(x, r.interrupted())
	r.bar.Add(1)
	if r.unshown == nil {
		r.unshown = r.show(x)
	}
}

func (r *report) show(x delivery.Result) error {
	if r.io.InWords() && (r.single || (r.total > shownInFull && !unfinished(x.Entry))) {
		if r.single {
			return r.sayOne(x)
		}
		// The table leaves it out, but its place in the order is taken.
		return r.pass(x.Index, nil)
	}
	if r.io.Format == output.NDJSON {
		return r.writer.Write(x.Entry)
	}
	return r.pass(x.Index, &x.Entry)
}

// flush writes what is buffered, so that a line appears when its response arrives.
func (r *report) flush() {
	if r.unshown == nil {
		r.unshown = r.writer.Flush()
	}
}

// unfinished is true for what a person must check.
func unfinished(e ledger.Entry) bool {
	return e.Status != ledger.Recorded && e.Status != ledger.Skipped
}

// pass writes e, and whatever was held back for it, in the order of the input.
func (r *report) pass(index int, e *ledger.Entry) error {
	if e == nil {
		r.early[index] = ledger.Entry{}
	} else {
		r.early[index] = *e
	}
	return r.passEarly()
}

// passEarly writes what was held back until the next gap.
func (r *report) passEarly() error {
	for {
		e, ready := r.early[r.next]
		if !ready {
			return nil
		}
		delete(r.early, r.next)
		r.next++
		if e.ID == "" {
			continue
		}
		r.shown++
		if err := r.writer.Write(e); err != nil {
			return err
		}
	}
}

// sayOne says the outcome of a single record; failures are reported as errors.
func (r *report) sayOne(x delivery.Result) error {
	if x.Entry.Status == ledger.Failed || x.Entry.Status == ledger.Uncertain {
		return nil
	}
	return r.io.Say("%s", cli.DeploymentSentence(x.Entry, x.Known))
}

// close completes the result, writes the warnings, and returns the error that the results add up
// to.
func (r *report) close() error {
	if r.unshown == nil {
		r.unshown = r.complete()
	}
	r.warn()
	if r.unshown != nil {
		return r.unshownFailure()
	}
	return r.err()
}

// complete ends the result, with the summary.
func (r *report) complete() error {
	// A run that was interrupted leaves gaps.
	for _, r.next = range slices.Sorted(maps.Keys(r.early)) {
		if err := r.passEarly(); err != nil {
			return err
		}
	}
	if !r.io.InWords() {
		return r.writer.Close()
	}
	if r.single {
		return nil
	}
	if r.shown > 0 || r.total <= shownInFull && !(r.broken && r.io.Watched()) {
		if err := r.writer.Close(); err != nil {
			return err
		}
	}
	if r.sum.Total == 0 {
		if !r.broken && !r.io.Watched() {
			r.io.Note("nothing to send")
		}
		return nil
	}
	return r.io.Say("%s", tally(r.sum.Counts))
}

// unshownFailure is the error of a result that could not be written. What was done is in it: nobody
// can read it anywhere else.
func (r *report) unshownFailure() error {
	said := "cannot write the result: " + r.unshown.Error()
	if r.sum.Total > 0 {
		said += "; records: " + tally(r.sum.Counts).String()
	}
	return &cli.Failure{Kind: client.KindInternal, Err: r.unshown, Lines: []string{said}}
}

func (r *report) warn() {
	if r.sum.Duplicates > 0 {
		r.io.Warn("%s sent again after an earlier attempt got no response, and may exist twice", cli.Plural(r.sum.Duplicates, "record was", "records were"))
	}
	if n := r.sum.Tolerated[ledger.Queued]; n > 0 {
		r.io.Warn("%s queued, to be sent by `progetctl deploy flush%s`: %s", cli.Plural(n, "record is", "records are"), r.options(), r.sum.Reason)
	}
	if n := r.sum.Tolerated[ledger.Failed]; n > 0 {
		r.io.Warn("%s not recorded: %s", cli.Plural(n, "record was", "records were"), r.sum.Reason)
	}
	if n := r.sum.Tolerated[ledger.Uncertain]; n > 0 {
		r.io.Warn("%s no response, and may or may not be recorded: %s", cli.Plural(n, "record got", "records got"), r.sum.Reason)
	}
}

// options are those that a command needs to find the same server and ledger.
func (r *report) options() string { return r.sending.server.Option() + r.sending.ledger.Option() }

// uncertainHint says what to do about a record that may be in ProGet.
func (r *report) uncertainHint() string {
	if !r.sum.UncertainInLedger {
		return "check the package's history in ProGet before you send it again"
	}
	return "check the package's history in ProGet, then " + r.sending.ledger.SettleCommands(r.sum.Uncertain) + "; to send it again, run `progetctl deploy flush --resend" + r.options() + "`"
}

// hint says what to do about each kind of failure. In a batch it names the target that it is about,
// the first of that kind. What to do about an uncertain record is said once, after what may be
// wrong with the server.
func (r *report) hint() string {
	var hints []string
	said := false
	for _, failed := range r.sum.Kinds {
		hint := cli.Describe(r.explain(failed)).Hint
		if failed.Entry.Status == ledger.Uncertain && !said {
			hint, said = strings.TrimPrefix(hint+"; "+r.uncertainHint(), "; "), true
		}
		if hint != "" && r.sum.Total > 1 && failed.Entry.Attempts > 0 {
			hint = failed.Entry.Record.Target + ": " + hint
		}
		if hint != "" && !slices.Contains(hints, hint) {
			hints = append(hints, hint)
		}
	}
	if len(hints) == 0 && r.sum.Uncertain != "" {
		return r.uncertainHint()
	}
	return strings.Join(hints, "; ")
}

// err is the common kind where all failed alike, else partial.
func (r *report) err() error {
	if r.sum.Failures == 0 {
		return nil
	}
	f := *cli.Describe(r.sum.First)
	f.Kind = r.sum.Kind
	f.Hint = r.hint()
	if r.stillQueued != nil {
		if n := r.stillQueued(); n > 0 {
			f.Hint = strings.TrimPrefix(f.Hint+"; "+cli.Plural(n, "record is", "records are")+" still queued", "; ")
		}
	}
	if r.sum.Failures < r.sum.Total && f.Kind != client.KindInterrupted {
		f.Kind = client.KindPartial
	}
	if r.sum.Total > 1 {
		f.Lines = slices.Clone(f.Lines)
		f.Lines[0] = fmt.Sprintf("%d of %s failed. First error: %s", r.sum.Failures, cli.Plural(r.sum.Total, "record", "records"), f.Lines[0])
	}
	return &f
}

// tally counts deployments by their outcome: "2 recorded, 1 failed".
type tally map[ledger.Status]int

func (t tally) String() string {
	var parts []string
	for _, status := range []ledger.Status{
		ledger.Recorded, ledger.Skipped, ledger.Queued, ledger.Planned, ledger.Uncertain, ledger.Failed, ledger.Dropped, ledger.Retired,
	} {
		if t[status] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", t[status], status))
		}
	}
	return strings.Join(parts, ", ")
}
