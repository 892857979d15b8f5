package promotions

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

// noteNothing writes a note that nothing matches, and what comes close.
func noteNothing(ctx context.Context, io *cli.IO, server *cli.Server, q query) {
	if freeEdition(server) {
		io.Warn("%s", noPromotions)
	}
	if !io.Interactive() {
		return
	}
	if !io.Watched() { // else the result says it
		io.Note("%s", nothingFound(q))
	}
	near := nearMatches(ctx, server, q)
	alreadySaid := q.pkg.Version == "" && q.conditions() == "" && near == neverPromoted(q)
	if near != "" && !alreadySaid {
		io.Note("%s", near)
	}
}

// nothingFound is the sentence for an empty list.
func nothingFound(q query) string {
	what := strings.TrimPrefix(q.String(), "anything")
	if what == q.String() {
		what = " of " + what
	}
	return "No promotions" + what + " found."
}

// noPromotions explains an empty answer of a server that cannot have promotions.
const noPromotions = "this server says it is ProGet Free, which has no promotions"

func freeEdition(server *cli.Server) bool {
	return strings.EqualFold(server.Promotions.Edition(), "free")
}

// nearMatches describes what the server has of the package of a query that found nothing: where
// that version was promoted to, or which versions were promoted to the feed. It is empty if no
// package was named, or if the server can't be asked again, because it is only a hint.
func nearMatches(ctx context.Context, server *cli.Server, q query) string {
	if q.pkg.Name == "" {
		return ""
	}
	found := nearby{query: q, packages: map[string]*nearPackage{}}
	wide := client.PromotionQuery{Group: q.pkg.Group, Package: q.pkg.Name, Type: q.pkg.Type}
	for p, err := range server.Promotions.List(ctx, wide) {
		if err != nil {
			return ""
		}
		found.add(p)
	}
	return found.String()
}

// nearby gathers the promotions close to one that does not exist.
type nearby struct {
	query    query
	packages map[string]*nearPackage // by name with the group: without one, several have the name
}

// nearPackage is what is known of one package.
type nearPackage struct {
	steps    map[string]bool           // "FROM to FEED" of the version that was asked for
	versions map[string]ecosystem.Type // others, promoted to the feed that was asked for
}

// name is that of the package that was asked for.
func (n *nearby) name() string {
	return ecosystem.JoinName(n.query.pkg.Type, n.query.pkg.Group, n.query.pkg.Name)
}

func (n *nearby) add(p promotedPackage) {
	name := n.name()
	if !ecosystem.SamePackage(p.Type, p.Group, p.Name, n.query.pkg.Group, n.query.pkg.Name) {
		name = ecosystem.JoinName(p.Type, p.Group, p.Name)
	}
	near := n.packages[name]
	if near == nil {
		near = &nearPackage{steps: map[string]bool{}, versions: map[string]ecosystem.Type{}}
		n.packages[name] = near
	}
	same := n.query.pkg.Version == "" || ecosystem.SameVersion(p.Type, p.Version, n.query.pkg.Version)
	for _, promotion := range p.Promotions {
		switch {
		case same:
			near.steps[fmt.Sprintf("from %s to %s%s", promotion.FromFeed, promotion.ToFeed, onDate(promotion.Date))] = true
		case isOneOf(promotion.ToFeed, n.query.toFeed):
			near.versions[p.Version] = p.Type
		}
	}
}

// mostNearby keeps a hint to a line or two.
const mostNearby = 3

// String gives the steps, else the versions, newest first: of the package that was asked for, else
// of one in a group, which it names.
func (n *nearby) String() string {
	names := slices.Sorted(maps.Keys(n.packages))
	if i := slices.Index(names, n.name()); i > 0 {
		names = slices.Insert(slices.Delete(names, i, i+1), 0, n.name())
	}
	for _, name := range names {
		if steps := n.packages[name].steps; len(steps) > 0 {
			said := strings.TrimSpace(name+" "+n.query.pkg.Version) + " was promoted "
			return said + cli.Few(slices.Sorted(maps.Keys(steps)), mostNearby) + n.meant(name)
		}
	}
	feeds := strings.Join(n.query.toFeed, " or ")
	if feeds == "" {
		feeds = "other feeds"
	}
	for _, name := range names {
		if all := n.packages[name].versions; len(all) > 0 {
			versions := slices.SortedFunc(maps.Keys(all), func(a, b string) int { return ecosystem.CompareVersions(all[b], b, a) })
			return fmt.Sprintf("versions of %s promoted to %s: %s", name, feeds, cli.Few(versions, mostNearby)) + n.meant(name)
		}
	}
	return neverPromoted(n.query)
}

// neverPromoted says that a package has no promotion at all.
func neverPromoted(q query) string {
	return "no promotion of " + ecosystem.JoinName(q.pkg.Type, q.pkg.Group, q.pkg.Name) + " exists on this server"
}

// meant asks for a name, unless it is the one that was asked for.
func (n *nearby) meant(name string) string {
	if name == n.name() {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", name)
}
