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

// opened returns a nil interface, not an interface that holds nil, if the database could not be
// opened.
func opened[D engine.DB](db D, err error) (engine.DB, error) {
	if err != nil {
		return nil, err
	}
	return db, nil
}

// Facts are the properties of a database that matter before records depend on it.
type Facts = postgres.Facts

// Examine looks at a ledger in PostgreSQL, and changes nothing.
func Examine(ctx context.Context, o Options) (Facts, error) {
	o = o.withDefaults()
	return postgres.Examine(ctx, engine.Options{Place: o.Path, Busy: o.Busy, Now: o.Now, Secret: o.Secret})
}

// IsURL reports whether a place is a ledger in PostgreSQL and not a file. What may have been meant
// as an address counts as one, and is then rejected: as the path of a file it would be shown in
// messages, with the password in it.
func IsURL(place string) bool {
	place = strings.ToLower(strings.TrimLeft(place, " \t\r\n'\""))
	return strings.Contains(place, "://") || strings.Contains(place, "password=") || hasLogin(place) ||
		strings.HasPrefix(place, "postgres:") || strings.HasPrefix(place, "postgresql:")
}

// WithoutPassword is a place as a command may show it to be pasted: a URL has no password then. It
// is "" for one that is not valid.
func WithoutPassword(place string) string {
	if IsURL(place) {
		return postgres.WithoutPassword(place)
	}
	return place
}

// NameOf is what messages call a ledger that is not opened: a file's path as it was given, or what
// [Ledger.Name] calls a database.
func NameOf(ctx context.Context, o Options) string {
	if IsURL(o.Path) {
		return postgres.NameOf(ctx, engine.Options{Place: o.Path, Secret: o.Secret})
	}
	return o.Path
}

// hasLogin recognizes USER:PASSWORD@ in an address without the scheme, or with a part of it.
func hasLogin(place string) bool {
	if len(place) > 2 && place[1] == ':' && (place[2] == '\\' || place[2] == '/') {
		place = place[2:] // behind the drive of a path of Windows
	}
	_, behind, colon := strings.Cut(place, ":")
	return colon && strings.Contains(behind, "@")
}
