package ledger

import (
	"context"
	"time"
)

// retire is [Ledger.Retire].
func retire(ctx context.Context, l *Ledger, running []Entry, description string, madeAt time.Time) (retired []Entry, err error) {
	err = l.write(ctx, func(t *txn) error {
		rows := inserts{t: t, whole: true}
		retired = make([]Entry, 0, len(running))
		for _, e := range running {
			one := Entry{
				ID: l.ids.New(l.now()), Server: e.Server, MadeAt: madeAt.UTC().Truncate(time.Second), Via: Retire, Status: Retired,
				Type: e.Type, Host: l.options.Host, Record: e.Record,
			}
			one.Record.Application, one.Record.UserName, one.Record.URL, one.Record.Date = "", "", "", ""
			one.Record.Description = description
			retired = append(retired, one)
			if err := rows.add(one); err != nil {
				return err
			}
		}
		return rows.finish()
	})
	return retired, err
}
