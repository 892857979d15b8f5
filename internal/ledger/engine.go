package ledger

import (
	"context"
	"strings"

	"github.com/progetctl/progetctl/internal/ledger/engine"
	"github.com/progetctl/progetctl/internal/ledger/postgres"
	"github.com/progetctl/progetctl/internal/ledger/sqlite"
)

// openEngine opens the database of a place: a URL of PostgreSQL, or the path of a file.
func openEngine(ctx context.Context, o engine.Options) (engine.DB, error) {
	if IsURL(o.Place) {
		return opened(postgres.Open(ctx, o))
	}
	return opened(sqlite.Open(ctx, o))
}

// opened keeps a database that could not be opened from being an interface with a nil in it.
func opened[D engine.DB](db D, err error) (engine.DB, error) {
	if err != nil {
		return nil, err
	}
	return db, nil
}

// IsURL tells a ledger in PostgreSQL from a file.
func IsURL(place string) bool {
	scheme, _, found := strings.Cut(place, "://")
	return found && (strings.EqualFold(scheme, "postgres") || strings.EqualFold(scheme, "postgresql"))
}
