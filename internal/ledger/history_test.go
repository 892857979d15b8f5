package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/records"
)

// sample fills a ledger with six settled deployments, one an hour up to noon, of two packages on
// three targets.
func sample(t *testing.T) *Ledger {
	t.Helper()
	now := &clock{now: noon.Add(-5 * time.Hour)}
	l := open(t, Options{Now: now.Now})
	for i, d := range []struct {
		group, name, version, target, feed, server string
		status                                     Status
	}{
		{"", "Lib", "1.0", "dev", "main", host, Recorded},
		{"", "Lib", "1.0", "prod", "main", host, Failed},
		{"", "lib", "2.0", "DEV", "main", host, Recorded},
		{"@acme", "Tool", "1.0", "dev", "npm", host, Uncertain},
		{"acme", "Tool", "1.1", "dev", "npm", "https://other", Recorded},
		{"", "Lib", "2.0", "test", "Main", host, Queued},
	} {
		s := session(t, l, SessionOptions{Server: d.server})
		one := draft(d.target)
		one.Record.GroupName, one.Record.PackageName, one.Record.Version, one.Record.FeedName = d.group, d.name, d.version, d.feed
		one.Record.Description = fmt.Sprint(i)
		id := add(t, s, []records.Item{one}, 1)[0]
		advance(t, s, []Outcome{{ID: id, Status: d.status, Attempts: 1}})
		now.advance(time.Hour)
	}
	return l
}

// numbers names a sample's entries by their place in it.
func numbers(entries []Entry) string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Record.Description)
	}
	return strings.Join(out, " ")
}

func TestHistory(t *testing.T) {
	t.Parallel()
	l := sample(t)
	tests := []struct {
		name   string
		filter Filter
		want   string
	}{
		{"all, newest first", Filter{}, "5 4 3 2 1 0"},
		{"limit", Filter{Limit: 2}, "5 4"},
		{"limit beyond", Filter{Limit: 20}, "5 4 3 2 1 0"},
		{"package", Filter{Package: "LIB"}, "5 2 1 0"},
		{"version", Filter{Package: "Lib", Version: "1.0"}, "1 0"},
		{"group", Filter{Group: "@Acme"}, "4 3"},
		{"group without @", Filter{Group: "acme"}, "4 3"},
		{"target", Filter{Target: "dev"}, "4 3 2 0"},
		{"feed", Filter{Feed: "main"}, "5 2 1 0"},
		{"application", Filter{Application: "app"}, "5 4 3 2 1 0"},
		{"another application", Filter{Application: "else"}, ""},
		{"server", Filter{Server: "https://other"}, "4"},
		{"recorded", Filter{Status: Recorded}, "4 2 0"},
		{"failed", Filter{Status: Failed}, "1"},
		{"uncertain", Filter{Status: Uncertain}, "3"},
		{"skipped is never stored", Filter{Status: Skipped}, ""},
		{"since", Filter{Since: noon.Add(-2 * time.Hour)}, "5 4 3"},
		{"since a fraction later", Filter{Since: noon.Add(-2*time.Hour + 1)}, "5 4"},
		{"until", Filter{Until: noon.Add(-2 * time.Hour)}, "2 1 0"},
		{"until a fraction later", Filter{Until: noon.Add(-2*time.Hour + 1)}, "3 2 1 0"},
		{"between", Filter{Since: noon.Add(-3 * time.Hour), Until: noon}, "4 3 2"},
		{"latest: servers apart, and the refused one changes nothing", Filter{Latest: true}, "5 4 3 2"},
		{"latest with a limit", Filter{Latest: true, Limit: 3}, "5 4 3"},
		{"latest of a version that another one followed", Filter{Latest: true, Version: "1.0", Package: "lib"}, ""},
		{"latest of a version", Filter{Latest: true, Version: "2.0"}, "5 2"},
		{"latest of a status", Filter{Latest: true, Status: Recorded}, "4 2"},
		{"latest of what was refused", Filter{Latest: true, Status: Failed}, ""},
		{"latest since", Filter{Latest: true, Since: noon.Add(-2*time.Hour + 1)}, "5 4"},
		{"quotes are not SQL", Filter{Package: "' OR 1=1 --"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := numbers(history(t, l, tt.filter)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestHistoryStopsWhenAsked(t *testing.T) {
	t.Parallel()
	for range sample(t).History(t.Context(), Filter{}) {
		break
	}
}

// More than a page, with a time that many share: each comes once, in order, in both directions.
func TestPages(t *testing.T) {
	t.Parallel()
	now := &clock{now: noon}
	l := open(t, Options{Now: now.Now})
	ids := queued(t, l, 1203)
	var up, down []string
	for _, e := range pending(t, l) {
		up = append(up, e.ID)
	}
	for _, e := range history(t, l, Filter{}) {
		down = append(down, e.ID)
	}
	slices.Reverse(down)
	if !slices.Equal(up, ids) || !slices.Equal(down, ids) {
		t.Errorf("%d up, %d down, want %d in order", len(up), len(down), len(ids))
	}
}

// The ledger can be written while a list is read.
func TestSettleWhileReading(t *testing.T) {
	t.Parallel()
	l := open(t, Options{})
	queued(t, l, 600)
	s := session(t, l, SessionOptions{Parallel: 600})
	var outcomes []Outcome
	for _, e := range claim(t, s, nil, 600) {
		outcomes = append(outcomes, Outcome{ID: e.ID, Status: Uncertain})
	}
	advance(t, s, outcomes)
	count := 0
	for e, err := range l.Pending(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.SettleByHand(t.Context(), []string{e.ID}, Dropped); err != nil {
			t.Fatal(err)
		}
		count++
	}
	if count != 600 || len(pending(t, l)) != 0 {
		t.Errorf("settled %d, %d are left", count, len(pending(t, l)))
	}
}

func TestBacklogs(t *testing.T) {
	t.Parallel()
	l := sample(t)
	s := session(t, l, SessionOptions{Server: "https://zzz", Queue: true})
	add(t, s, drafts(2), 1) // what is being sent is not backlog
	got, err := l.Backlogs(t.Context())
	want := []Backlog{{Server: host, Queued: 1, Uncertain: 1}, {Server: "https://zzz", Queued: 1}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestSettleByHand(t *testing.T) {
	t.Parallel()
	l := sample(t)
	all := history(t, l, Filter{})
	uncertain, recorded, waiting := all[2].ID, all[1].ID, all[0].ID

	_, err := l.SettleByHand(t.Context(), []string{uncertain, "NOSUCH", "NEITHER"}, Recorded)
	var unknown *UnknownError
	if !errors.As(err, &unknown) || !slices.Equal(unknown.IDs, []string{"NOSUCH", "NEITHER"}) || !strings.Contains(err.Error(), `"NOSUCH", "NEITHER"`) {
		t.Errorf("unknown ids: %v", err)
	}
	_, err = l.SettleByHand(t.Context(), []string{recorded, uncertain, waiting}, Recorded)
	var settled *SettledError
	if !errors.As(err, &settled) || len(settled.Entries) != 2 || !strings.Contains(err.Error(), fmt.Sprintf("%q is recorded, %q is queued", recorded, waiting)) {
		t.Errorf("nothing to decide: %v", err)
	}
	if _, err := l.SettleByHand(t.Context(), []string{uncertain}, Queued); err == nil || errors.As(err, &settled) && len(settled.Entries) == 0 {
		t.Error("settled as queued")
	}
	if got := len(history(t, l, Filter{Status: Uncertain})); got != 1 {
		t.Fatalf("%d uncertain after errors", got)
	}
	got, err := l.SettleByHand(t.Context(), []string{uncertain}, Recorded)
	if err != nil || len(got) != 1 || got[0].ID != uncertain || got[0].Status != Recorded || got[0].Error != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := l.SettleByHand(t.Context(), []string{waiting}, Dropped); err != nil || got[0].Status != Dropped {
		t.Errorf("a queued record that is dropped: %+v, %v", got, err)
	}
	s := session(t, l, SessionOptions{Queue: true})
	next := add(t, s, drafts(1), 0)
	if _, err = l.SettleByHand(t.Context(), next, Dropped); err == nil || !strings.HasSuffix(err.Error(), "is about to be sent by another process") {
		t.Errorf("another's: %v", err)
	}
	inFlight := add(t, s, drafts(1), 1)
	if _, err = l.SettleByHand(t.Context(), inFlight, Dropped); err == nil || !strings.HasSuffix(err.Error(), "is being sent by another process") {
		t.Errorf("not decided yet: %v", err)
	}
}

func TestSettleByHandLeavesWhatIsBeingSent(t *testing.T) {
	t.Parallel()
	l := open(t, Options{})
	s := session(t, l, SessionOptions{})
	id := add(t, s, drafts(1), 1)[0]
	if _, err := l.SettleByHand(t.Context(), []string{id}, Dropped); !errors.As(err, new(*SettledError)) {
		t.Errorf("got %v", err)
	}
}

// The queries that run again and again must not read the whole ledger.
func TestQueriesUseTheirIndexes(t *testing.T) {
	t.Parallel()
	onlyFile(t)
	l := open(t, Options{})
	for query, index := range map[string]string{
		"SELECT id FROM deployment WHERE " + openStates + " AND state = 'queued' AND server = 'x' AND (made_at, id) > (1, 'a') ORDER BY made_at, id LIMIT 8": "deployment_open",
		"SELECT id FROM deployment WHERE TRUE AND (made_at, id) < (1, 'a') ORDER BY made_at DESC, id DESC LIMIT 8":                                           "deployment_made_at",
		"SELECT id FROM deployment WHERE identity = 1 AND server = 'x' AND id >= 'a' ORDER BY id DESC":                                                       "deployment_identity",
		"SELECT id FROM deployment WHERE " + pendingCondition(l.db.SQL()) + " AND (made_at, id) > (1, 'a') ORDER BY made_at, id LIMIT 8":                     "deployment_open",
		abandonedPlans(l.db.SQL()): "SCAN a\n",
		"SELECT d.id FROM " + l.db.SQL().Abandoned + " AND d.state <> 'planned'":                  "SCAN a\n",
		"UPDATE deployment SET owner = 0 WHERE owner = 1 AND id IN (" + l.db.SQL().InFlight + ")": "(id=?)",
	} {
		plan := ""
		err := l.read(t.Context(), func(tx *txn) error {
			return tx.each(func(rows *sql.Rows) error {
				var id, parent, unused int
				var detail string
				err := rows.Scan(&id, &parent, &unused, &detail)
				plan += detail + "\n"
				return err
			}, "EXPLAIN QUERY PLAN "+query)
		})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, index) || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s\nis planned without %s:\n%s", query, index, plan)
		}
	}
}
