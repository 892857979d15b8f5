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

// Facts are what is to be known of a database before records depend on it.
type Facts = postgres.Facts

// Examine looks at a ledger in PostgreSQL, and changes nothing.
func Examine(ctx context.Context, o Options) (Facts, error) {
	o = o.withDefaults()
	return postgres.Examine(ctx, engine.Options{Place: o.Path, Busy: o.Busy, Now: o.Now, Secret: o.Secret})
}

// IsURL tells a ledger in PostgreSQL from a file. What may have been meant as an address counts as
// one, and fails as one: the path of a file is shown in messages, with the password that is in it.
func IsURL(place string) bool {
	place = strings.ToLower(strings.TrimLeft(place, " \t\r\n'\""))
	return strings.Contains(place, "://") || strings.Contains(place, "password=") || hasLogin(place) ||
		strings.HasPrefix(place, "postgres:") || strings.HasPrefix(place, "postgresql:")
}

// hasLogin recognizes USER:PASSWORD@ in what lacks the scheme, or a part of it.
func hasLogin(place string) bool {
	if len(place) > 2 && place[1] == ':' && (place[2] == '\\' || place[2] == '/') {
		place = place[2:] // behind the drive of a path of Windows
	}
	_, behind, colon := strings.Cut(place, ":")
	return colon && strings.Contains(behind, "@")
}
