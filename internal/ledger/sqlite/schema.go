package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// migrations are the steps from an empty file to today's schema; user_version counts the steps
// taken. A step that has been released is never changed. Package ledger says what the columns mean.
//
// Rows are in the order of their ids, which is that of time: a batch writes few pages, each of them
// once.
func migrations() []string {
	return []string{`
		CREATE TABLE owner (
			id          INTEGER PRIMARY KEY,
			lease_until INTEGER NOT NULL
		) STRICT;
		CREATE TABLE deployment (
			id                  TEXT PRIMARY KEY,
			server              TEXT NOT NULL,
			made_at             INTEGER NOT NULL,
			via                 TEXT NOT NULL,
			state               TEXT NOT NULL,
			before              TEXT NOT NULL,
			owner               INTEGER NOT NULL,
			identity            INTEGER NOT NULL,
			attempts            INTEGER NOT NULL DEFAULT 0,
			error_kind          TEXT NOT NULL DEFAULT '',
			error_status        INTEGER NOT NULL DEFAULT 0,
			error_message       TEXT NOT NULL DEFAULT '',
			possibly_duplicated INTEGER NOT NULL DEFAULT 0,
			application         TEXT NOT NULL,
			description         TEXT NOT NULL,
			target              TEXT NOT NULL,
			feed                TEXT NOT NULL,
			package             TEXT NOT NULL,
			version             TEXT NOT NULL,
			grp                 TEXT NOT NULL,
			user                TEXT NOT NULL,
			url                 TEXT NOT NULL,
			date                TEXT NOT NULL
		) STRICT, WITHOUT ROWID;
		CREATE INDEX deployment_made_at  ON deployment (made_at, id);
		CREATE INDEX deployment_identity ON deployment (identity);
		CREATE INDEX deployment_open     ON deployment (made_at, id, server, state) WHERE state IN ('queued', 'uncertain', 'refused');
		CREATE INDEX deployment_sending  ON deployment (owner) WHERE state = 'sending';`, `
		ALTER TABLE owner ADD COLUMN in_flight TEXT NOT NULL DEFAULT '[]';
		UPDATE owner SET in_flight = (
			SELECT json_group_array(d.id) FROM deployment AS d WHERE d.owner = owner.id AND d.state = 'sending');
		UPDATE deployment SET state = before WHERE state = 'sending';
		DROP INDEX deployment_sending;
		DROP INDEX deployment_open;
		ALTER TABLE deployment DROP COLUMN before;
		CREATE INDEX deployment_open ON deployment (made_at, id, server, state)
			WHERE (state = 'queued' OR state = 'uncertain' OR state = 'refused');`, `
		ALTER TABLE owner ADD COLUMN first_open TEXT NOT NULL DEFAULT '';
		CREATE TABLE abandoned (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
		INSERT INTO abandoned SELECT id FROM deployment WHERE state = 'planned' AND owner NOT IN (SELECT id FROM owner);`, `
		ALTER TABLE deployment ADD COLUMN type TEXT NOT NULL DEFAULT '';
		ALTER TABLE deployment ADD COLUMN host TEXT NOT NULL DEFAULT '';`, `
		CREATE TABLE digest (n INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;
		CREATE TABLE feed_type (
			server TEXT NOT NULL,
			feed   TEXT NOT NULL,
			type   TEXT NOT NULL,
			PRIMARY KEY (server, feed)
		) STRICT, WITHOUT ROWID;`,
		"ALTER TABLE deployment ADD COLUMN asked TEXT NOT NULL DEFAULT ''",
	}
}

// digestStep is the number of the step that makes the table digest. Its rows for older records are
// made in Go, because of the hashes in them.
const digestStep = 5

// checkVersion refuses a file with more steps than this program has.
func checkVersion(version int) error {
	switch known := len(migrations()); {
	case version > known:
		return fmt.Errorf("%w: schema version %d, known up to %d", engine.ErrNewer, version, known)
	case version < 0:
		return fmt.Errorf("%w: schema version %d", engine.ErrDamaged, version)
	}
	return nil
}

// checkTables refuses tables that are not what migrations make: triggers, views and virtual tables
// would run what somebody else wrote, and only strict tables hold to the types of their columns.
func checkTables(ctx context.Context, d *DB) error {
	var foreign bool
	err := d.Query(ctx, func(rows *sql.Rows) error {
		var kind, name, text string
		err := rows.Scan(&kind, &name, &text)
		foreign = foreign || kind == "trigger" || isOurs(name) && !isPlainTable(text)
		return err
	}, "SELECT type, name, coalesce(sql, '') FROM sqlite_schema") // several times as fast as SQLite's own functions for this
	if err == nil && foreign {
		err = fmt.Errorf("%w: its tables were changed by another program", engine.ErrDamaged)
	}
	return err
}

func isOurs(name string) bool {
	return slices.ContainsFunc([]string{"owner", "deployment", "abandoned", "digest", "feed_type"}, func(table string) bool {
		return strings.EqualFold(table, name)
	})
}

// isPlainTable reports whether a statement makes a strict table; a comment could pretend so.
func isPlainTable(text string) bool {
	return strings.HasPrefix(text, "CREATE TABLE ") && strings.HasSuffix(strings.TrimSuffix(text, ", WITHOUT ROWID"), ") STRICT") &&
		!strings.Contains(text, "/*") && !strings.Contains(text, "--")
}

// migrate applies the missing steps, all or none. The version is read again inside the transaction:
// if several processes create the file at the same time, one applies the steps.
func migrate(ctx context.Context, d *DB, steps []string) error {
	version, err := d.number(ctx, "PRAGMA user_version")
	if err != nil || version == len(steps) {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	if err := d.Begin(ctx); err != nil {
		return err
	}
	if err = takeSteps(ctx, d, steps); err == nil {
		err = d.Commit(ctx)
	}
	if err != nil {
		d.Rollback(ctx)
		return err
	}
	// The version must be in the file's own head, where a version that is older than this one looks
	// for it first.
	return d.Query(ctx, func(*sql.Rows) error { return nil }, "PRAGMA wal_checkpoint(PASSIVE)")
}

func takeSteps(ctx context.Context, d *DB, steps []string) error {
	version, err := d.number(ctx, "PRAGMA user_version")
	if err != nil {
		return err
	}
	if err := checkVersion(version); err != nil {
		return err
	}
	if tables, err := d.number(ctx, "SELECT count(*) FROM sqlite_schema"); err != nil || version == 0 && tables > 0 {
		return fmt.Errorf("%w: a database of another program", cause(err))
	}
	// The statements of a process of an older version would fail, and outcomes would be lost.
	if version > 0 && version < len(steps) && d.sweep() {
		return fmt.Errorf("%w: an older version of this program is at work with it", engine.ErrBusy)
	}
	for _, step := range steps[version:] {
		if _, err := d.conn.ExecContext(ctx, step); err != nil {
			return err
		}
	}
	if version < digestStep {
		if err := d.options.Fill(ctx, d); err != nil {
			return err
		}
	}
	_, err = d.conn.ExecContext(ctx, fmt.Sprintf(
		"PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(steps)))
	return err
}

// cause is the error itself, or that the file is not one of ours.
func cause(err error) error {
	if err != nil {
		return err
	}
	return engine.ErrDamaged
}
