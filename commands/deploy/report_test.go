package deploy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/cli/clitest"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
	"github.com/progetctl/progetctl/output"
)

// reporting is an output that can be read.
func reporting(format output.Format) (io *cli.IO, stdout, stderr *bytes.Buffer) {
	stdout, stderr = &bytes.Buffer{}, &bytes.Buffer{}
	io = cli.New(cli.Env{Stdout: stdout, Stderr: stderr, Now: clitest.Now}).IO
	io.Format = format
	return io, stdout, stderr
}

// became is a result with a status and, if it went wrong, the kind of error.
func became(index int, status ledger.Status, kind client.Kind) delivery.Result {
	x := delivery.Result{Index: index, Entry: ledger.Entry{
		ID: fmt.Sprintf("ID%d", index), Status: status, Server: "http://a", Record: records.Record{Target: fmt.Sprintf("t%d", index)},
	}}
	if kind != "" {
		x.Cause = &client.Error{Kind: kind, Message: "it went wrong"}
		x.Entry.Error = &ledger.Failure{Kind: string(kind), Message: "it went wrong"}
	}
	return x
}

// outcomes are the possible outcomes of a record, with the kind that counts.
func outcomes() []delivery.Result {
	return []delivery.Result{
		became(0, ledger.Recorded, ""), became(0, ledger.Skipped, ""),
		became(0, ledger.Failed, client.KindRejected), became(0, ledger.Failed, client.KindNotFound), became(0, ledger.Failed, client.KindAuth),
		became(0, ledger.Failed, client.KindUnavailable), became(0, ledger.Queued, client.KindUnavailable), became(0, ledger.Uncertain, client.KindUncertain),
	}
}

// wantedKind is the rule in its own words: nothing if nothing failed, the common kind where all
// failed alike, else partial.
func wantedKind(all []delivery.Result, policy delivery.Policy) client.Kind {
	kinds := map[client.Kind]int{}
	failures := 0
	for _, x := range all {
		kind := client.KindOf(x.Cause)
		forgiven := policy != delivery.PolicyFail && (kind == client.KindUnavailable || kind == client.KindUncertain)
		if x.Cause != nil && !forgiven {
			kinds[kind]++
			failures++
		}
	}
	switch {
	case failures == 0:
		return ""
	case failures == len(all) && len(kinds) == 1:
		return client.KindOf(all[0].Cause)
	}
	return client.KindPartial
}

// TestReport holds any batch, whose answers come in any order, to the rules: results in the order
// of the input, one code for all, a warning for whatever the policy forgives.
func TestReport(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		policy := rapid.SampledFrom(delivery.Policies()).Draw(t, "policy")
		all := rapid.SliceOfN(rapid.SampledFrom(outcomes()), 2, 80).Draw(t, "outcomes")
		for i := range all {
			kind := client.KindOf(all[i].Cause)
			if all[i].Cause == nil {
				kind = ""
			}
			all[i] = became(i, all[i].Entry.Status, kind)
		}
		c, stdout, stderr := reporting(output.JSON)
		r := newReport(t.Context(), c, len(all), sending{policy: policy})
		for _, x := range rapid.Permutation(all).Draw(t, "order") {
			r.add(x)
		}
		err := r.close()
		got := client.Kind("")
		if err != nil {
			got = cli.Describe(err).Kind
		}
		if want := wantedKind(all, policy); got != want {
			t.Fatalf("kind %q, want %q", got, want)
		}
		var shown []ledger.Entry
		if err := json.Unmarshal(stdout.Bytes(), &shown); err != nil {
			t.Fatal(err)
		}
		for i, e := range shown {
			if e.ID != all[i].Entry.ID {
				t.Fatalf("result %d is %s", i, e.ID)
			}
		}
		if len(shown) != len(all) || (len(r.sum.Tolerated) > 0) != (stderr.Len() > 0) {
			t.Fatalf("%d of %d results; %v forgiven: %s", len(shown), len(all), r.sum.Tolerated, stderr)
		}
	})
}

// TestReportTable shows up to 50 records in full, above that what a person must look at, and no
// table at all if there is nothing.
func TestReportTable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		records, failed, rows int
		says                  string
	}{
		{2, 0, 2, "2 recorded"},
		{50, 1, 50, "49 recorded, 1 failed"},
		{51, 0, -1, "51 recorded"},
		{51, 2, 2, "49 recorded, 2 failed"},
	} {
		t.Run(fmt.Sprint(c.records, c.failed), func(t *testing.T) {
			t.Parallel()
			call, stdout, _ := reporting(output.Table)
			r := newReport(t.Context(), call, c.records, sending{policy: delivery.PolicyFail})
			for i := range c.records {
				x := became(i, ledger.Recorded, "")
				if i < c.failed {
					x = became(i, ledger.Failed, client.KindRejected)
				}
				r.add(x)
			}
			_ = r.close()
			lines := strings.Split(strings.TrimSpace(stdout.String()), "\n")
			if rows := len(lines) - 2; rows != c.rows || lines[len(lines)-1] != c.says {
				t.Errorf("%d rows, want %d; summary %q, want %q", rows, c.rows, lines[len(lines)-1], c.says)
			}
		})
	}
}

// TestReportOfNothing is a header line alone; what it means is for a person.
func TestReportOfNothing(t *testing.T) {
	t.Parallel()
	for terminal, said := range map[bool]string{false: "", true: "note: nothing to send\n"} {
		c, stdout, stderr := reporting(output.Table)
		c.StderrTerminal = terminal
		if err := newReport(t.Context(), c, 0, sending{policy: delivery.PolicyFail}).close(); err != nil {
			t.Error(err)
		}
		if lines := strings.Count(stdout.String(), "\n"); lines != 1 || !strings.HasPrefix(stdout.String(), "STATUS") || stderr.String() != said {
			t.Errorf("terminal %t: stdout %q, stderr %q", terminal, stdout, stderr)
		}
	}
	c, _, stderr := reporting(output.Table)
	c.StderrTerminal = true
	r := newReport(t.Context(), c, 2, sending{policy: delivery.PolicyFail})
	r.broken = true
	if err := r.close(); err != nil || stderr.Len() > 0 {
		t.Errorf("a run that broke off: %v, stderr %q", err, stderr)
	}
}

// TestReportWithGaps shows what came before the run broke off, in the order of the input.
func TestReportWithGaps(t *testing.T) {
	t.Parallel()
	c, stdout, _ := reporting(output.JSON)
	r := newReport(t.Context(), c, 9, sending{policy: delivery.PolicyFail})
	for _, index := range []int{7, 0, 3, 4} {
		r.add(became(index, ledger.Skipped, ""))
	}
	if err := r.close(); err != nil {
		t.Error(err)
	}
	var all []ledger.Entry
	if err := json.Unmarshal(stdout.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, e := range all {
		ids = append(ids, e.ID)
	}
	if got := strings.Join(ids, " "); got != "ID0 ID3 ID4 ID7" {
		t.Errorf("shown are %s", got)
	}
}

// TestReportStreams passes NDJSON on as the answers come, in their order.
func TestReportStreams(t *testing.T) {
	t.Parallel()
	c, stdout, _ := reporting(output.NDJSON)
	r := newReport(t.Context(), c, 3, sending{policy: delivery.PolicyFail})
	for _, index := range []int{2, 0} {
		r.add(became(index, ledger.Recorded, ""))
		r.flush()
		if !strings.Contains(stdout.String(), fmt.Sprintf(`"id":"ID%d"`, index)) {
			t.Errorf("%d is held back: %s", index, stdout)
		}
	}
}

// TestReportOfOne has no table and no count, only what happened.
func TestReportOfOne(t *testing.T) {
	t.Parallel()
	for _, x := range outcomes() {
		c, stdout, _ := reporting(output.Table)
		r := newReport(t.Context(), c, 1, sending{policy: delivery.PolicyFail})
		r.add(x)
		err := r.close()
		if (err != nil) != (x.Cause != nil) {
			t.Errorf("%s: error %v", x.Entry.Status, err)
		}
		silent := x.Entry.Status == ledger.Failed || x.Entry.Status == ledger.Uncertain
		if silent != (stdout.Len() == 0) || strings.Count(stdout.String(), "\n") > 1 {
			t.Errorf("%s: stdout %q", x.Entry.Status, stdout)
		}
	}
}
