package ledger

import (
	"context"
	"database/sql"
	"iter"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// pendingEntries is [Ledger.Pending].
func pendingEntries(ctx context.Context, l *Ledger) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		eachPage(ctx, l, pendingCondition(l.db.SQL()), nil, false, yield)
	}
}

// Backlog counts what is pending at one server.
type Backlog struct {
	Server                     string
	Queued, Uncertain, Refused int
	// Planned were saved by processes that ended before sending them. They are only sent if their
	// input is given again.
	Planned int
}

// backlogs is [Ledger.Backlogs].
func backlogs(ctx context.Context, l *Ledger) (all []Backlog, err error) {
	err = l.read(ctx, func(t *txn) error {
		return t.each(func(rows *sql.Rows) error {
			var b Backlog
			err := rows.Scan(&b.Server, &b.Queued, &b.Uncertain, &b.Refused, &b.Planned)
			all = append(all, b)
			return err
		}, `SELECT server, count(*) FILTER (WHERE state = 'queued'), count(*) FILTER (WHERE state = 'uncertain'),
				count(*) FILTER (WHERE state = 'refused'), count(*) FILTER (WHERE state = 'planned') FROM (
				SELECT server, state FROM deployment WHERE `+pendingCondition(l.db.SQL())+` UNION ALL `+abandonedPlans(l.db.SQL())+`) AS waiting
			GROUP BY server ORDER BY server`)
	})
	return all, err
}

// pendingCondition is the condition for what a flush or a person still has to settle: an open state
// that no process is changing.
func pendingCondition(d engine.Dialect) string {
	return openStates + " AND id NOT IN (" + d.InFlight + ")"
}

// abandonedPlans selects the servers and states of planned records of dead owners.
func abandonedPlans(d engine.Dialect) string {
	return "SELECT d.server, d.state FROM " + d.Abandoned + " AND d.state = 'planned' AND d.owner NOT IN (SELECT id FROM owner)"
}
