package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/lib/pq"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// Facts are the properties of a database that matter before records depend on it.
type Facts struct {
	Name     string   // as messages call it
	TLS      string   // the protocol's version, "" without TLS
	Verified bool     // the server's certificate is checked
	Version  int      // of the tables, 0 if there are none
	Known    int      // the version that this program makes
	Missing  []string // missing rights on the existing tables that sending records requires
	Create   bool     // may make or change the tables
	Warnings []string
}

// Examine connects and reads; it changes nothing. It fails as [Open] does, also for a pooler that
// does not support sessions.
func Examine(ctx context.Context, o engine.Options) (Facts, error) {
	a, err := readAddress(ctx, o)
	if err != nil {
		return Facts{}, err
	}
	d := newDB(a, o)
	defer func() { _ = d.Close() }()
	facts, err := examine(ctx, d)
	return facts, d.wrap(err)
}

func examine(ctx context.Context, d *DB) (f Facts, err error) {
	f = Facts{Name: d.Name(), Known: len(migrations()), Warnings: d.Warnings()}
	f.Verified = d.address.config.SSLMode == pq.SSLModeVerifyCA || d.address.config.SSLMode == pq.SSLModeVerifyFull
	if err := d.connect(ctx); err != nil {
		return f, err
	}
	if err := d.checkPooler(ctx); err != nil {
		return f, err
	}
	if f.Version, err = schemaVersion(ctx, d); err != nil {
		return f, err
	}
	if f.Version > f.Known {
		return f, fmt.Errorf("%w: schema version %d, known up to %d", engine.ErrNewer, f.Version, f.Known)
	}
	schema := literal(d.address.schema)
	err = d.query(ctx, func(rows *sql.Rows) error { return rows.Scan(&f.TLS, &f.Create) },
		"SELECT coalesce((SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl), ''),"+
			" CASE WHEN to_regnamespace("+literal(pq.QuoteIdentifier(d.address.schema))+") IS NULL THEN has_database_privilege(current_database(), 'CREATE')"+
			" ELSE has_schema_privilege("+schema+", 'CREATE') END")
	if err != nil || f.Version == 0 {
		return f, err
	}
	if err := checkTables(ctx, d); err != nil {
		return f, err
	}
	if d.readOnly {
		return f, errors.New("the server is a standby or read-only: it cannot be written")
	}
	return f, d.query(ctx, func(rows *sql.Rows) error {
		var right string
		err := rows.Scan(&right)
		f.Missing = append(f.Missing, right)
		return err
	}, "SELECT r.name || ' on ' || t.name FROM (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) AS r (name),"+
		" unnest('"+tables+"'::text[]) AS t (name)"+
		" WHERE t.name <> 'schema_version' AND NOT has_table_privilege(t.name, r.name) AND (t.name <> 'deployment' OR r.name <> 'DELETE') AND (t.name <> 'feed_type' OR r.name <> 'DELETE') ORDER BY 1")
}
