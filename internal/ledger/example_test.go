package ledger_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

// A batch: everything is written down, then sent in groups of no more than two, each group settled
// together with the beginning of the next.
func ExampleSession() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "ledger")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	l, err := ledger.Open(ctx, ledger.Options{Path: filepath.Join(dir, "ledger.db")})
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	const parallel = 2
	s, err := l.Session(ctx, ledger.SessionOptions{Server: "https://proget.corp.local", Parallel: parallel})
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()

	added, err := s.Add(ctx, []records.Item{
		{Record: records.Record{Target: "web01"}}, {Record: records.Record{Target: "web02"}}, {Record: records.Record{Target: "web03"}},
	}, parallel)
	if err != nil {
		log.Fatal(err)
	}
	var inFlight, waiting []string
	for _, one := range added {
		if one.Begun {
			inFlight = append(inFlight, one.Entry.ID)
		} else {
			waiting = append(waiting, one.Entry.ID)
		}
	}
	for len(inFlight) > 0 {
		var outcomes []ledger.Outcome
		for _, id := range inFlight { // here they are really sent
			outcomes = append(outcomes, ledger.Outcome{ID: id, Status: ledger.Recorded, Attempts: 1})
		}
		n := min(parallel, len(waiting))
		if inFlight, err = s.Advance(ctx, outcomes, waiting[:n]); err != nil {
			log.Fatal(err)
		}
		waiting = waiting[n:]
	}
	for e, err := range l.History(ctx, ledger.Filter{}) {
		fmt.Println(e.Record.Target, e.Status, err)
	}
	// Output:
	// web03 recorded <nil>
	// web02 recorded <nil>
	// web01 recorded <nil>
}
