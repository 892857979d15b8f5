package commands

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
	"github.com/progetctl/progetctl/output"
)

var errBroken = errors.New("it broke")

// brokenFeeder begins a record, and breaks at the second call, in one of two
// ways: with nothing of the call done, or with all of it done but the reading
// of more.
type brokenFeeder struct {
	late    bool
	calls   int
	settled []string
}

func (f *brokenFeeder) next(outcomes []ledger.Outcome, n int) ([]job, []result, error) {
	f.calls++
	broken := f.calls == 2
	if !broken || f.late {
		for _, o := range outcomes {
			f.settled = append(f.settled, o.ID+" "+string(o.Status))
		}
	}
	var begun []job
	if n > 0 && (!broken || f.late) {
		begun = []job{numbered(f.calls)}
	}
	if broken {
		return begun, nil, errBroken
	}
	return begun, nil, nil
}

func (f *brokenFeeder) rest([]job, *client.Error, func(result)) error { return nil }

// numbered is a record that can be sent.
func numbered(i int) job {
	return job{index: i, kept: true, entry: ledger.Entry{ID: fmt.Sprintf("ID%d", i), Status: ledger.Planned, Record: records.Record{
		Application: "HDARS", Description: "d", Target: fmt.Sprintf("t%d", i), FeedName: "DefaultNuGet", PackageName: "Newtonsoft.Json", Version: "12.0.3",
	}}}
}

// sends is a sender to the stand-in; the results go to shown.
func (b *bookkeeping) sends(feed feeder, parallel int, shown *[]result) *sender {
	b.t.Helper()
	c, _, _ := reporting(b.t, output.JSON)
	made, err := client.New(b.url, client.WithAPIKey(client.NewSecret("K")))
	if err != nil {
		b.t.Fatal(err)
	}
	return &sender{
		c: c, server: &server{Client: made}, feed: feed, parallel: parallel, policy: onFailureFail, keeps: true,
		emit: func(r result) { *shown = append(*shown, r) }, idle: func() {},
	}
}

// What the server answered is written down in the end, and what was marked as
// in flight is sent, even where the run ends because the ledger or the file gave
// out: else both would be in doubt, without a reason.
func TestBrokenFeederLosesNothing(t *testing.T) {
	t.Parallel()
	for _, late := range []bool{false, true} {
		t.Run(fmt.Sprintf("late=%t", late), func(t *testing.T) {
			t.Parallel()
			b := keepBooks(t, nil)
			feed := &brokenFeeder{late: late}
			var shown []result
			if err := b.sends(feed, 2, &shown).run(); !errors.Is(err, errBroken) {
				t.Errorf("the run ends with %v", err)
			}
			want := []string{"ID1 recorded"}
			if late {
				want = append(want, "ID2 recorded")
			}
			slices.Sort(feed.settled)
			if got := slices.Compact(feed.settled); !slices.Equal(got, want) || len(shown) != len(want) || len(b.stored()) != len(want) {
				t.Errorf("settled %q, shown %d, %d on the server, want %q", got, len(shown), len(b.stored()), want)
			}
		})
	}
}

// A crash while the input is read is an error like others: unrecovered, it would
// end the program with the exit code that means that nothing was sent.
func TestCrashWhileReading(t *testing.T) {
	t.Parallel()
	c, _, _ := reporting(t, output.JSON)
	feed, stop := newBatchFeeder(c, "http://a", func(yield func(draft, error) bool) {
		for range portion {
			if !yield(draft{}, nil) {
				return
			}
		}
		panic("a hole")
	})
	defer stop()
	if drafts, err := feed.read(); len(drafts) != portion || err != nil {
		t.Errorf("%d drafts before the crash, %v", len(drafts), err)
	}
	if _, err := feed.read(); err == nil || !strings.Contains(err.Error(), "a hole") || !feed.ended {
		t.Errorf("the crash is told as %v", err)
	}
}

// When a run ends early, nobody reads the input any more once it goes on to
// close the file, wherever the reading was.
func TestReadingEndsWithTheRun(t *testing.T) {
	t.Parallel()
	for portions := range 3 {
		c, _, _ := reporting(t, output.JSON)
		reading := true
		feed, stop := newBatchFeeder(c, "http://a", func(yield func(draft, error) bool) {
			defer func() { reading = false }()
			for yield(draft{}, nil) {
			}
		})
		for range portions {
			if _, err := feed.read(); err != nil {
				t.Error(err)
			}
		}
		if stop(); reading {
			t.Errorf("the input is still read after %d portions and the end", portions)
		}
	}
}

// Where one portion ends and the next begins, too, each record is handed out
// once.
func TestEachRecordIsHandedOutOnce(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 16; n++ {
		c, _, _ := reporting(t, output.JSON)
		feed, stop := newBatchFeeder(c, "http://a", inMemory(make([]draft, portion+12)))
		handed := map[int]int{}
		for {
			begun, _, err := feed.next(nil, n)
			if err != nil {
				t.Fatal(err)
			}
			if len(begun) == 0 {
				break
			}
			for _, j := range begun {
				handed[j.index]++
			}
		}
		stop()
		for i := range portion + 12 {
			if handed[i] != 1 {
				t.Errorf("%d at a time: record %d is handed out %d times", n, i, handed[i])
			}
		}
	}
}

// Only what stands in the ledger has an outcome to write down: a batch without one
// may be endless.
func TestOnlyKeptRecordsHaveOutcomes(t *testing.T) {
	t.Parallel()
	shown := 0
	s := &sender{emit: func(result) { shown++ }}
	outcomes := s.conclude(reply{job: job{entry: ledger.Entry{ID: "A"}}}, nil)
	outcomes = s.conclude(reply{job: job{entry: ledger.Entry{ID: "B"}, kept: true}}, outcomes)
	if len(outcomes) != 1 || outcomes[0].ID != "B" || shown != 2 {
		t.Errorf("%d shown, outcomes %+v", shown, outcomes)
	}
}

// Results are passed on when there is time, and now and then where there never
// is: whoever reads them shall see that something goes on.
func TestResultsArePassedOnNowAndThen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		passed := 0
		s := &sender{answers: make(chan reply, 9), idle: func() { passed++ }}
		for range 9 {
			s.answers <- reply{}
		}
		s.reply() // the first may pass on what is not there yet
		before := passed
		for range 4 {
			s.reply()
		}
		if passed != before {
			t.Errorf("passed on %d times while others came", passed-before)
		}
		for range 4 {
			time.Sleep(time.Second)
			s.reply()
		}
		if passed != before+4 {
			t.Errorf("passed on %d times in four seconds", passed-before)
		}
	})
}

// Room for many requests costs nothing where there are not as many records.
func TestWorkersAreMadeAsNeeded(t *testing.T) {
	t.Parallel()
	b := keepBooks(t, nil)
	var shown []result
	s := b.sends(&brokenFeeder{late: true}, 1_000_000_000, &shown)
	if err := s.run(); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	if s.workers == 0 || s.workers > len(shown) || cap(s.jobs)+cap(s.answers) > 2*portion {
		t.Errorf("%d workers, and room for %d records, for %d", s.workers, cap(s.jobs), len(shown))
	}
}
