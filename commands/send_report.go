package commands

import (
	"fmt"
	"maps"
	"slices"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/output"
)

// failurePolicy is what a record that may be sent later, or may have been
// stored, does to the exit code.
type failurePolicy string

// The policies of --on-failure.
const (
	onFailureFail  failurePolicy = "fail"
	onFailureWarn  failurePolicy = "warn"
	onFailureQueue failurePolicy = "queue"
)

func failurePolicies() []failurePolicy {
	return []failurePolicy{onFailureFail, onFailureWarn, onFailureQueue}
}

// shownInFull is the number of records up to which a table shows all of them,
// not only those that were not recorded.
const shownInFull = 50

// report shows results as they come, in the order of the input where the
// format wants it, and ends the run with the code that they add up to.
type report struct {
	c      *call
	writer output.Writer[ledger.Entry]
	bar    *output.Bar
	policy failurePolicy
	total  int // records in all; 0 where it is not known
	single bool
	// flushes tells that whatever is not sent stays in the ledger as it was.
	flushes bool
	broken  bool // the run broke off

	held    map[int]ledger.Entry // came before their turn
	next    int
	shown   int   // written in their turn
	unshown error // the first failure to write the result

	counts     tally
	all        int
	failures   int
	kind       client.Kind // of all failures so far; partial where they differ
	first      error
	tolerated  tally // failures that the policy does not count
	reason     error
	duplicates int
	doubt      string // ID of the first record that is uncertain
	kept       bool   // that one stands in the ledger
}

func newReport(c *call, total int, policy failurePolicy) *report {
	return &report{
		c: c, writer: newResult(c, deploymentView()), policy: policy, total: total, single: total == 1,
		held: map[int]ledger.Entry{}, counts: tally{}, tolerated: tally{},
	}
}

// add takes one result. A result that cannot be shown, because its reader is
// gone or the disk is full, does not keep the rest from being sent: the error
// waits for close.
func (r *report) add(x result) {
	r.count(x)
	r.bar.Add(1)
	if r.unshown == nil {
		r.unshown = r.show(x)
	}
}

func (r *report) show(x result) error {
	if r.c.forPerson() && (r.single || (r.total > shownInFull && !unfinished(x.entry))) {
		if r.single {
			return r.sayOne(x)
		}
		// The table leaves it out, but its place in the order is taken.
		return r.pass(x.index, nil)
	}
	if r.c.global.format == output.NDJSON {
		return r.writer.Write(x.entry)
	}
	return r.pass(x.index, &x.entry)
}

// flush passes on what was written, so that a line appears as its answer comes.
func (r *report) flush() {
	if r.unshown == nil {
		r.unshown = r.writer.Flush()
	}
}

// unfinished tells what a person must look at.
func unfinished(e ledger.Entry) bool {
	return e.Status != ledger.Recorded && e.Status != ledger.Skipped
}

// pass writes e, and whatever was held back for it, in the order of the input.
func (r *report) pass(index int, e *ledger.Entry) error {
	if e == nil {
		r.held[index] = ledger.Entry{}
	} else {
		r.held[index] = *e
	}
	return r.passHeld()
}

// passHeld writes what was held back until the next gap.
func (r *report) passHeld() error {
	for {
		e, ready := r.held[r.next]
		if !ready {
			return nil
		}
		delete(r.held, r.next)
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

// sayOne says what became of a single record; what went wrong is an error.
func (r *report) sayOne(x result) error {
	if x.entry.Status == ledger.Failed || x.entry.Status == ledger.Uncertain {
		return nil
	}
	return r.c.say("%s", sentence(x.entry, x.elsewhere))
}

func (r *report) count(x result) {
	r.all++
	r.counts[x.entry.Status]++
	if x.entry.PossiblyDuplicated && x.entry.Status == ledger.Recorded {
		r.duplicates++
	}
	if x.entry.Status == ledger.Uncertain && r.doubt == "" {
		r.doubt, r.kept = x.entry.ID, x.kept
	}
	if x.cause == nil {
		return
	}
	kind := client.KindOf(x.cause)
	passes := kind == client.KindUnavailable || kind == client.KindUncertain
	// A record that was in doubt before and met a server that is down is in
	// doubt, not safe to send again; a flush leaves it as it was.
	if x.entry.Status == ledger.Uncertain && !r.flushes {
		kind = client.KindUncertain
	}
	// A run that was interrupted says so, whatever the policy.
	if r.policy != onFailureFail && passes && r.c.ctx.Err() == nil {
		r.tolerated[x.entry.Status]++
		if r.reason == nil {
			r.reason = x.cause
		}
		return
	}
	r.failures++
	switch {
	case r.failures == 1:
		r.kind, r.first = kind, x.cause
	case r.kind != kind:
		r.kind = client.KindPartial
	}
}

// close completes the result, says what there is to say, and returns the error
// that the results add up to.
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

// complete ends the result with what only its end can tell.
func (r *report) complete() error {
	// A run that broke off leaves gaps.
	for _, r.next = range slices.Sorted(maps.Keys(r.held)) {
		if err := r.passHeld(); err != nil {
			return err
		}
	}
	if !r.c.forPerson() {
		return r.writer.Close()
	}
	if r.single {
		return nil
	}
	if r.shown > 0 || r.total <= shownInFull {
		if err := r.writer.Close(); err != nil {
			return err
		}
	}
	if r.all == 0 {
		if !r.broken {
			r.c.note("nothing to send")
		}
		return nil
	}
	return r.c.say("%s", r.counts)
}

// unshownFailure is the error of a result that could not be written. What was
// done is in it: nobody can read it anywhere else.
func (r *report) unshownFailure() error {
	said := "cannot write the result: " + r.unshown.Error()
	if r.all > 0 {
		said += "; what became of the records: " + r.counts.String()
	}
	return &failure{kind: client.KindInternal, problem: r.unshown, lines: []string{said}}
}

func (r *report) warn() {
	if r.duplicates > 0 {
		r.c.warn("%s recorded that had been sent before without an answer, and may be there twice", plural(r.duplicates, "record was", "records were"))
	}
	if n := r.tolerated[ledger.Queued]; n > 0 {
		r.c.warn("%s queued, and progetctl deploy flush will send %s: %s", plural(n, "record is", "records are"), itThem(n), r.reason)
	}
	if n := r.tolerated[ledger.Failed]; n > 0 {
		r.c.warn("%s not recorded: %s", plural(n, "record was", "records were"), r.reason)
	}
	if n := r.tolerated[ledger.Uncertain]; n > 0 {
		r.c.warn("%s sent and not answered, and may be recorded or not: %s", plural(n, "record was", "records were"), r.reason)
	}
}

func itThem(n int) string {
	if n == 1 {
		return "it"
	}
	return "them"
}

// doubtHint says what to do about a record that may be there.
func (r *report) doubtHint() string {
	const look = "look at the package's history in ProGet"
	if !r.kept {
		return look + " before you send it again"
	}
	return look + "; then progetctl deploy settle " + r.doubt + " --as recorded or dropped, or send it again with deploy flush --resend"
}

// err is the common kind where all failed alike, else partial.
func (r *report) err() error {
	if r.failures == 0 {
		return nil
	}
	f := *r.c.describe(r.first)
	f.kind = r.kind
	if r.doubt != "" && f.hint == "" {
		f.hint = r.doubtHint()
	}
	if r.failures < r.all && f.kind != client.KindInterrupted {
		f.kind = client.KindPartial
	}
	if r.all > 1 {
		f.lines = slices.Clone(f.lines)
		f.lines[0] = fmt.Sprintf("%d of %s not recorded, the first because: %s", r.failures, plural(r.all, "record", "records"), f.lines[0])
	}
	return &f
}
