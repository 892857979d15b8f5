package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/lib/pq"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// key is the number of an advisory lock for one purpose, in one schema.
func (d *DB) key(purpose string) int64 {
	sum := fnv.New64a()
	sum.Write([]byte("progetctl\x00" + purpose + "\x00" + d.address.schema))
	return int64(sum.Sum64() >> 1)
}

// schemaKey is the lock that every process holds, shared, while it uses the tables, so that no
// other process changes them.
func (d *DB) schemaKey() int64 { return d.key("schema") }

// ensure reconnects after a connection broke, waits for a server that restarts, and takes the locks
// of the former session again. Other processes may have taken its records in between; the rows show
// it.
func (d *DB) ensure(ctx context.Context) error {
	if d.conn != nil {
		return nil
	}
	former := d.backend
	if d.outage.IsZero() {
		d.outage = time.Now()
	}
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := d.connect(ctx)
		if err == nil {
			err = d.takeBack(ctx, former)
		}
		if err == nil {
			d.outage = time.Time{}
			return nil
		}
		d.drop()
		if !lost(err) || time.Since(d.outage) > maxOutage {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// takeBack ends the former session if it still exists on the server, and takes its locks.
func (d *DB) takeBack(ctx context.Context, former int) error {
	if former != 0 && former != d.backend {
		// Numbers of sessions are reused, so it must have the lock that every session of this
		// program has.
		err := d.query(ctx, nil, fmt.Sprintf(
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity JOIN pg_locks USING (pid)"+
				" WHERE pid = %d AND usename = current_user AND locktype = 'advisory' AND classid::bigint << 32 | objid::bigint = %d",
			former, d.schemaKey()))
		if err != nil {
			return err
		}
	}
	for owner := range d.owners {
		if err := d.query(ctx, nil, fmt.Sprintf("SELECT pg_advisory_lock(%d)", owner)); err != nil {
			return err
		}
		d.owners[owner] = true
	}
	return nil
}

// NewOwner makes a random number. The next transaction takes its advisory lock before other
// processes can see the number.
func (d *DB) NewOwner(context.Context) (int64, error) {
	id := randomID()
	d.owners[id] = false
	return id, nil
}

// Kill does to an owner what the end of its process does: for tests.
func (d *DB) Kill(owner int64) {
	d.Release(context.Background(), owner)
	_ = d.query(context.Background(), nil, fmt.Sprintf("SELECT pg_advisory_unlock(%d)", owner))
}

// Release drops an owner. Its lock ends with the session; without a row, no process looks for it.
func (d *DB) Release(_ context.Context, owner int64) { delete(d.owners, owner) }

// aliveColumn tests whether a session holds the lock of an owner. It asks for a shared lock,
// because others may test at the same time.
const aliveColumn = "NOT pg_try_advisory_xact_lock_shared(id)"

// Owners are those that have a row in the table owner.
func (d *DB) Owners(ctx context.Context) (owners []engine.Owner, err error) {
	err = d.Query(ctx, func(rows *sql.Rows) error {
		var o engine.Owner
		var now int64
		err := rows.Scan(&o.ID, &o.Until, &o.Alive, &now)
		if err == nil {
			d.clock.set(now, d.options.Now())
		}
		_, ours := d.owners[o.ID]
		o.Alive = o.Alive || ours // a session could take its own lock again
		owners = append(owners, o)
		return err
	}, "SELECT id, lease_until, "+aliveColumn+", "+clockColumn+" FROM owner")
	return owners, err
}

// Clock is the server's.
func (d *DB) Clock(here time.Time) time.Time { return d.clock.at(here) }

// Sweep has nothing to do: the server frees the locks of sessions that ended.
func (d *DB) Sweep(context.Context) {}

// errPooler is the error of a connection whose session is shared with others.
var errPooler = errors.New("a connection pooler hands the session to others between transactions: connect to PostgreSQL itself, or have the pooler keep sessions (PgBouncer: pool_mode = session)")

// checkPooler makes sure that a second connection does not get the same session.
func (d *DB) checkPooler(ctx context.Context) (err error) {
	defer d.survive(&err, new(bool))
	connector, err := pq.NewConnectorConfig(d.address.config.Clone())
	if err != nil {
		return err
	}
	to := &dialer{}
	connector.Dialer(to)
	defer context.AfterFunc(ctx, to.end)()
	second := sql.OpenDB(connector)
	defer second.Close()
	other, err := connection(ctx, second)
	if err != nil {
		return err
	}
	var pid int
	var marker string
	err = other.QueryRowContext(ctx, "SELECT pg_backend_pid(), coalesce(current_setting("+literal(marking)+", true), '')").Scan(&pid, &marker)
	_ = other.Close() // not deferred: after a panic of the driver it would wait forever
	if err == nil && (pid == d.backend || marker != "") {
		return errPooler
	}
	return err
}

var _ engine.DB = (*DB)(nil)
