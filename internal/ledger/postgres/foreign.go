package postgres

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// tables are those that the migrations make, as an array's text.
const tables = "{schema_version, writer, owner, abandoned, deployment, digest, feed_type}"

// foreignTable is an expression for the name of a table that migrations would not make as it is;
// NULL if there is none. Views, triggers, rules, children and row security leave out rows or change
// them in silence. So do other types, collations and NULLs, because statements rely on how values
// compare. An unlogged table loses its rows when the server crashes.
//
// It reads no more of the catalog than it must: each table of it takes a new session half a
// millisecond. 950 is the collation "C" in every version of PostgreSQL.
const foreignTable = `(SELECT min(c.relname::text)
	FROM unnest('` + tables + `'::regclass[]) AS ours
	JOIN pg_class AS c ON c.oid = ours JOIN pg_attribute AS a ON a.attrelid = ours
	WHERE relkind <> 'r' OR relpersistence <> 'p' OR relrowsecurity OR relhastriggers OR relhasrules OR relhassubclass OR relchecks > 0
		OR attnum > 0 AND NOT attisdropped AND (NOT attnotnull OR attcollation NOT IN (0, 950)
			OR atttypid <> ALL ('{int4, int8, bool, text, bytea, jsonb, timestamptz}'::regtype[])))`

// checkTables refuses tables that another program changed.
func checkTables(ctx context.Context, d *DB) error {
	var foreign sql.NullString
	err := d.query(ctx, func(rows *sql.Rows) error { return rows.Scan(&foreign) }, "SELECT "+foreignTable)
	if err == nil {
		err = refuse(d.address.schema, foreign)
	}
	return err
}

// refuse is the error of a table that another program changed. The server notices only in a VACUUM
// that the last trigger, rule or child is gone.
func refuse(schema string, foreign sql.NullString) error {
	if !foreign.Valid {
		return nil
	}
	return errForeign(schema, fmt.Sprintf("a table %q that another program changed (if it is again as it was, run VACUUM ANALYZE)", foreign.String))
}

// errForeign is the error of a schema with tables that are not this program's.
func errForeign(schema, what string) error {
	return fmt.Errorf("%w: the schema %q has %s; name another schema with ?search_path=", engine.ErrDamaged, schema, what)
}
