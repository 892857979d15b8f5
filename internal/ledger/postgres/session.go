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

// schemaKey is the lock that every process holds, shared, as long as it works with the tables: nobody changes them then.
func (d *DB) schemaKey() int64 { return d.key("schema") }

// ensure makes a connection that broke again, waits for a server that restarts, and takes the locks again that the former
// session had. Others may have taken its records in between: their rows say so.
func (d *DB) ensure(ctx context.Context) error {
	if d.conn != nil {
		return nil
	}
	former := d.backend
	deadline := time.Now().Add(patience)
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		err := d.connect(ctx)
		if err == nil {
			break
		}
		if !lost(err) || time.Now().After(deadline) {
			d.drop()
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	if err := d.takeBack(ctx, former); err != nil {
		d.drop()
		return err
	}
	return nil
}

// takeBack ends the former session, should the server still think that it lives, and takes its locks.
func (d *DB) takeBack(ctx context.Context, former backend) error {
	if former.pid != 0 && former != d.backend {
		err := d.query(ctx, nil, fmt.Sprintf(
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = %d AND backend_start::text = %s AND usename = current_user",
			former.pid, literal(former.start)))
		if err != nil {
			return err
		}
	}
	for owner := range d.owners {
		if err := d.query(ctx, nil, fmt.Sprintf("SELECT pg_advisory_lock(%d)", owner)); err != nil {
			return err
		}
	}
	return nil
}

// NewOwner takes an advisory lock under a random number.
func (d *DB) NewOwner(ctx context.Context) (int64, error) {
	id, taken := randomID(), false
	err := d.Query(ctx, func(rows *sql.Rows) error { return rows.Scan(&taken) }, fmt.Sprintf("SELECT pg_try_advisory_lock(%d)", id))
	if err == nil && !taken {
		err = d.wrap(errPooler) // a number that nobody else can have
	}
	if err == nil {
		d.owners[id] = true
	}
	return id, err
}

// Kill does to an owner what the end of its process does: for tests.
func (d *DB) Kill(owner int64) { d.Release(context.Background(), owner) }

// Release gives up an owner's lock.
func (d *DB) Release(ctx context.Context, owner int64) {
	delete(d.owners, owner)
	if d.conn != nil {
		_ = d.query(ctx, nil, fmt.Sprintf("SELECT pg_advisory_unlock(%d)", owner)) // ends with the session anyway
	}
}

// Alive tries whether a session holds the owner's lock. Shared, because others may try at the same moment.
func (d *DB) Alive(ctx context.Context, owner int64) (alive bool, err error) {
	if d.owners[owner] {
		return true, nil
	}
	err = d.Query(ctx, func(rows *sql.Rows) error { return rows.Scan(&alive) }, fmt.Sprintf("SELECT NOT pg_try_advisory_xact_lock_shared(%d)", owner))
	return alive, err
}

// Sweep has nothing to do: the server frees the locks of sessions that ended.
func (d *DB) Sweep(context.Context) {}

// errPooler is a connection whose session is not this process's alone.
var errPooler = errors.New("a connection pooler hands the session to others between transactions: connect to PostgreSQL itself, or have the pooler keep sessions (PgBouncer: pool_mode = session)")

// checkPooler makes sure that a second connection does not get the same session.
func (d *DB) checkPooler(ctx context.Context) error {
	connector, err := pq.NewConnectorConfig(d.address.config.Clone())
	if err != nil {
		return err
	}
	connector.Dialer(dialer{})
	second := sql.OpenDB(connector)
	defer second.Close()
	other, err := second.Conn(ctx)
	if err != nil {
		return err
	}
	defer other.Close()
	var pid int
	var marker string
	err = other.QueryRowContext(ctx, "SELECT pg_backend_pid(), coalesce(current_setting("+literal(marking)+", true), '')").Scan(&pid, &marker)
	if err == nil && (pid == d.backend.pid || marker != "") {
		return errPooler
	}
	return err
}

var _ engine.DB = (*DB)(nil)
