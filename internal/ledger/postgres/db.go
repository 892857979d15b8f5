// Package postgres stores a ledger in a PostgreSQL database, which all machines can share.
//
// A ledger has one connection, and so one session. An advisory lock of that session shows that a
// sending process is alive; the server frees it when the connection ends. All writes are made in
// the same session, so none can succeed after the lock was lost.
//
// All statements use the simple protocol with their values written into them. A transaction's
// statements whose results are not needed are sent in one message; prepared statements would cost a
// round trip each.
package postgres

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/lib/pq"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// DB is an open database.
type DB struct {
	address address
	options engine.Options
	db      *sql.DB
	conn    *sql.Conn // nil after it broke
	link    *link     // the network connection of conn
	backend int       // the number of the session behind conn, or of the last one
	clock   clock     // the server's
	id      int64     // of this process's row in the table writer
	marker  string    // of the session, as long as it is the same
	outage  time.Time // when reconnecting began, zero while there is a connection
	pooled  bool      // there is a pooler, which must support sessions

	readOnly  bool
	mayInsert bool           // as it was when the tables were last examined
	owners    map[int64]bool // that this session shows as alive; false until their locks are taken

	open    bool     // a transaction is under way
	begun   bool     // and the server has received its beginning
	locks   []string // calls that take locks with the first statement of the transaction
	pending []string // statements that go with the next message
	written int64    // the number of the last transaction
}

const (
	connectTimeout = 10 * time.Second
	// maxOutage is how long reconnecting is tried after a connection broke, by all calls together:
	// long enough for a server's restart. Later ones try once.
	maxOutage = 30 * time.Second
)

// Open connects, and creates or updates the tables.
func Open(ctx context.Context, o engine.Options) (*DB, error) {
	a, err := readAddress(ctx, o)
	if err != nil {
		return nil, err
	}
	d := newDB(a, o)
	owners, err := d.begin(ctx)
	if err != nil {
		_ = d.Close()
		return nil, d.wrap(err)
	}
	if err := o.Opened(ctx, d, owners); err != nil {
		_ = d.Close()
		return nil, err
	}
	return d, nil
}

// begin makes the first session and updates the tables. If the session ends meanwhile, it is made
// again, up to twice. If the server can't be reached, or hangs, there is no second attempt: nothing
// has begun yet that would justify a wait.
func (d *DB) begin(ctx context.Context) (owners []engine.Owner, err error) {
	for range 3 {
		if err = d.connect(ctx); err == nil {
			owners, err = migrate(ctx, d)
		}
		if signedIn := d.conn != nil; !signedIn || !lost(err) || errors.Is(err, os.ErrDeadlineExceeded) {
			return owners, err
		}
		d.drop()
	}
	return nil, err
}

func newDB(a address, o engine.Options) *DB {
	return &DB{address: a, options: o, id: randomID(), marker: fmt.Sprintf("%016x", randomID()), owners: map[int64]bool{}}
}

// randomID is a random positive number.
func randomID() int64 {
	var random [8]byte
	_, _ = rand.Read(random[:]) // never fails, by its documentation
	return int64(binary.BigEndian.Uint64(random[:])>>1) | 1
}

// connect makes a connection with a session of its own.
func (d *DB) connect(ctx context.Context) error {
	err := d.dial(ctx, !d.pooled)
	if err != nil && !d.pooled && refusedParameter(err) {
		d.pooled = true
		err = d.dial(ctx, false)
	}
	return err
}

// dial connects, with the marker as a startup parameter. A pooler refuses the marker, or does not
// pass it on.
func (d *DB) dial(ctx context.Context, mark bool) error {
	config := d.address.config.Clone()
	if mark {
		config.Runtime = map[string]string{marking: d.marker}
	}
	connector, err := pq.NewConnectorConfig(config)
	if err != nil {
		return err
	}
	to := &dialer{}
	connector.Dialer(to)
	d.drop()
	d.db = sql.OpenDB(connector)
	if err := d.signIn(ctx, to); err != nil {
		d.drop()
		return cmp.Or(ctx.Err(), err)
	}
	return d.enter(ctx)
}

// marking is a parameter of the session that identifies it.
const marking = "progetctl.session"

// settings are what statements rely on, whatever the database or the role has: a lock is of no use
// to a transaction that sees what was there before it had the lock, and a backslash in a text is a
// backslash.
const settings = "; SET default_transaction_isolation = 'read committed'; SET standard_conforming_strings = on"

// durable makes a commit wait until it is on the server's disk, where the database or the role has
// turned that off: a crash of the server would forget records that were sent. Any other setting is
// about standby servers, and theirs.
const durable = "set_config('synchronous_commit', coalesce(nullif(current_setting('synchronous_commit'), 'off'), 'on'), false)"

// enter prepares the session.
func (d *DB) enter(ctx context.Context) error {
	var marker, encoding string
	var readOnly bool
	var now int64
	message := "SET search_path TO " + pq.QuoteIdentifier(d.address.schema) +
		fmt.Sprintf("; SET lock_timeout = %d", d.options.Busy.Milliseconds()) + settings +
		"; SELECT pg_backend_pid(), coalesce(current_setting('" + marking + "', true), ''), current_setting('server_encoding')," +
		" current_setting('transaction_read_only')::bool, " + // a standby's transactions are read-only, too
		durable + ", " + clockColumn +
		fmt.Sprintf(" FROM pg_advisory_lock_shared(%d)", d.schemaKey())
	err := d.query(ctx, func(rows *sql.Rows) error {
		return rows.Scan(&d.backend, &marker, &encoding, &readOnly, new(string), &now)
	}, message)
	if err != nil {
		return err
	}
	d.readOnly = d.readOnly || readOnly
	d.clock.set(now, d.options.Now())
	if encoding != "UTF8" {
		return fmt.Errorf("the database's encoding is %s, and must be UTF8", encoding)
	}
	if marker == d.marker {
		return nil
	}
	if marker != "" {
		return errPooler // another process's session
	}
	d.pooled = true
	if err := d.query(ctx, nil, "SELECT set_config("+literal(marking)+", "+literal(d.marker)+", false)"); err != nil {
		return err
	}
	return d.checkPooler(ctx)
}

// signIn makes the connection.
func (d *DB) signIn(ctx context.Context, to *dialer) (err error) {
	defer d.survive(&err, new(bool))
	defer func() { d.link = to.last.Load() }()
	defer context.AfterFunc(ctx, to.end)()
	d.conn, err = connection(ctx, d.db)
	return err
}

// heed closes the connection if ctx ends before the returned function is called, which then reports
// it. The driver itself only asks the server to cancel, and continues to read.
func (d *DB) heed(ctx context.Context, err *error) (done func()) {
	stop := context.AfterFunc(ctx, d.link.end)
	return func() {
		if stop(); *err != nil {
			*err = cmp.Or(ctx.Err(), *err)
		}
	}
}

// survive is deferred around calls of the driver, which panics on messages that no PostgreSQL
// sends. The connection can't be used or closed after that. A panic of this program's own, while
// *ours is true, is passed on.
func (d *DB) survive(err *error, ours *bool) {
	cause := recover()
	if cause == nil {
		return
	}
	if *ours {
		panic(cause)
	}
	if d.link != nil {
		d.link.end()
	}
	d.conn, d.db = nil, nil
	*err = errProtocol
}

var errProtocol = errors.New("the server does not speak PostgreSQL's protocol")

// drop abandons the connection. The server ends its session later, or [DB.ensure] does.
func (d *DB) drop() {
	if d.conn != nil {
		_ = d.conn.Close()
	}
	if d.db != nil {
		_ = d.db.Close()
	}
	d.conn, d.db = nil, nil
}

// Close ends the session. Its row in the table writer is left to a later process: see [DB.Begin].
func (d *DB) Close() error {
	d.drop()
	return nil
}

// Name is postgres://host[:port]/database.
func (d *DB) Name() string { return d.address.name() }

func (d *DB) wrap(err error) error { return wrap(d.address, err) }

// ReadOnly is true for a standby server, and for a role that may only read.
func (d *DB) ReadOnly() bool { return d.readOnly }

// Warnings say who could read what is sent over the network.
func (d *DB) Warnings() []string { return d.address.warnings() }

// SQL is PostgreSQL's dialect.
func (*DB) SQL() engine.Dialect {
	return engine.Dialect{
		InFlight:   "SELECT value FROM owner, jsonb_array_elements_text(owner.in_flight) AS listed (value)",
		Abandoned:  "deployment AS d WHERE d.id = ANY (ARRAY(SELECT id FROM abandoned))", // no statistics say how few they are
		SkipLocked: " FOR UPDATE SKIP LOCKED",
		Bytes: func(query string) string { // the simple protocol has them in hexadecimal digits otherwise
			return "DECLARE bytes BINARY CURSOR FOR " + query + "; FETCH ALL FROM bytes; CLOSE bytes"
		},
	}
}
