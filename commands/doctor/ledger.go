package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ledger"
)

// checkLedger looks at a ledger in PostgreSQL. There is no check for a ledger that is a file.
func checkLedger(ctx context.Context, io *cli.IO, l cli.Ledger) []*check {
	if !ledger.IsURL(l.Path) {
		return nil
	}
	const name = "ledger"
	facts, err := ledger.Examine(ctx, ledger.Options{Path: l.Path, Secret: io.Hide})
	switch {
	case errors.Is(err, context.Canceled):
		return []*check{fault(name, &client.Error{Kind: client.KindInterrupted, Message: "interrupted", Err: err})}
	case err != nil:
		c := fault(name, err)
		c.kind, c.Remedy = client.KindInternal, "check --ledger or PROGETCTL_LEDGER, and the database's rights"
		return []*check{c}
	}
	return []*check{ledgerCheck(facts)}
}

// ledgerCheck says what the facts mean.
func ledgerCheck(f ledger.Facts) *check {
	const name = "ledger"
	encrypted := "no TLS"
	if f.TLS != "" {
		encrypted = f.TLS
	}
	message := fmt.Sprintf("%s: %s, schema version %d", f.Name, encrypted, f.Version)
	switch {
	case f.Version < f.Known && !f.Create:
		c := doubt(name, message+fmt.Sprintf(", and this role can't update it to version %d", f.Known), "run a command as the schema's owner once")
		c.Status, c.kind = checkFailure, client.KindInternal
		return c
	case len(f.Missing) > 0:
		return doubt(name, message+"; this role can only read: it lacks "+strings.Join(f.Missing, ", "), "grant these rights to a role that records deployments")
	case len(f.Warnings) > 0:
		return doubt(name, message+": "+f.Warnings[0], "set sslmode=verify-full and sslrootcert in the ledger's address")
	case f.TLS != "" && !f.Verified:
		return doubt(name, message+", but the server's certificate is not verified", "set sslmode=verify-full and sslrootcert in the ledger's address")
	case f.Version == 0:
		return fine(name, message+": the first record creates the tables")
	}
	return fine(name, message+"; can read and write, and the session is kept")
}
