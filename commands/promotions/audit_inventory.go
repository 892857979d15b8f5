package promotions

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/suggest"
	"github.com/progetctl/progetctl/output"
)

// inventory is what a feed holds.
type inventory struct {
	options  auditOptions
	feed     client.Feed
	packages []*heldPackage // by name

	mu    sync.Mutex
	users wordList // who published
}

// heldPackage is a package with its versions, the newest first.
type heldPackage struct {
	group, name string // as the server writes them
	versions    []heldVersion
}

type heldVersion struct {
	version   string
	published int64  // seconds since 1970, undated if the server gave no date
	by        uint32 // index of the user
	arrival   uint32 // index of its promotion, once that is known
}

// takeInventory asks for the packages of a feed and for the versions of each.
func takeInventory(ctx context.Context, io *cli.IO, o auditOptions, feed client.Feed) (*inventory, error) {
	held := &inventory{options: o, feed: feed}
	if err := held.readPackages(ctx); err != nil {
		return nil, err
	}
	progress := io.Progress()
	defer progress.Close()
	io.BarShown()
	if err := held.readVersions(ctx, progress.Count("packages", int64(len(held.packages)))); err != nil {
		return nil, err
	}
	return held, held.checkNamed()
}

// readPackages asks for the packages, and takes those that the query names. The whole list is asked
// for: a server that does not know a name as it was written would answer with none.
func (v *inventory) readPackages(ctx context.Context) error {
	byKey := map[string]*heldPackage{}
	var names []string // of others
	listed := false
	for row, err := range v.options.server.Packages.Latest(ctx, v.feed.Name) {
		if err != nil {
			return v.listFailed(err)
		}
		listed = true
		if !v.options.query.names(v.feed.Type, row.Group, row.Name) {
			if len(names) < mostNames {
				names = append(names, ecosystem.JoinName(v.feed.Type, row.Group, row.Name))
			}
			continue
		}
		key := ecosystem.PackageKey(v.feed.Type, row.Group, row.Name)
		p := byKey[key]
		if p == nil {
			p = &heldPackage{group: row.Group, name: row.Name}
			byKey[key] = p
			v.packages = append(v.packages, p)
			v.users.held += heldPackageBytes + len(key) + len(row.Group) + len(row.Name)
		}
		// What one list has and the other lacks is in the feed, too.
		if err := v.addVersion(p, row); err != nil {
			return err
		}
	}
	if !listed && v.feed.Type == ecosystem.Maven {
		return unlistedType(v.feed)
	}
	if len(v.packages) == 0 && v.options.query.named() {
		return v.noSuchPackage(names)
	}
	slices.SortFunc(v.packages, func(a, b *heldPackage) int {
		return strings.Compare(ecosystem.PackageKey(v.feed.Type, a.group, a.name), ecosystem.PackageKey(v.feed.Type, b.group, b.name))
	})
	return nil
}

// mostNames is how many names are kept to find the nearest of.
const mostNames = 50_000

// listFailed is the error of a list of packages. A classic Maven feed gives one, while a new one
// gives a list.
func (v *inventory) listFailed(err error) error {
	if e := cli.ClientError(err); e != nil && v.feed.Type == ecosystem.Maven && e.Status >= 400 && e.Kind != client.KindAuth {
		return unlistedType(v.feed)
	}
	return missingPart(v.options.server.WithCredentialHint(err), "the packages of "+v.feed.Name)
}

// noSuchPackage is the error of a package that was named and does not exist.
func (v *inventory) noSuchPackage(names []string) error {
	q := v.options.query
	q.pkg.Version, q.fromFeed, q.toFeed = "", nil, nil
	f := &cli.Failure{Kind: client.KindNotFound, Lines: []string{fmt.Sprintf("the feed %s has no %s", v.feed.Name, q)}}
	if q.pkg.Name == "" {
		return f
	}
	f.Hint = cli.DidYouMean(suggest.Nearest(ecosystem.JoinName(v.feed.Type, q.pkg.Group, q.pkg.Name), names), "")
	return f
}

// readVersions asks for the versions of every package, several at the same time. The first error
// ends it.
func (v *inventory) readVersions(ctx context.Context, bar *output.Bar) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var next atomic.Int64
	var group sync.WaitGroup
	var failed error
	var crash any // a panic in a goroutine would end the program with a misleading exit code
	var once sync.Once
	for range min(v.options.parallel, len(v.packages)) {
		group.Go(func() {
			defer func() {
				if r := recover(); r != nil {
					once.Do(func() { crash = r })
					cancel()
				}
			}()
			for i := next.Add(1) - 1; i < int64(len(v.packages)); i = next.Add(1) - 1 {
				if err := v.readPackage(ctx, v.packages[i]); err != nil {
					once.Do(func() { failed = err })
					cancel()
					return
				}
				bar.Add(1)
			}
		})
	}
	group.Wait()
	if crash != nil {
		panic(crash)
	}
	return failed
}

// readPackage asks for the versions of a package, by the names that the server gave.
func (v *inventory) readPackage(ctx context.Context, p *heldPackage) error {
	name := ecosystem.JoinName(v.feed.Type, p.group, p.name)
	found, strangers := false, 0
	for row, err := range v.options.server.Packages.Versions(ctx, v.feed.Name, ecosystem.Package{Group: p.group, Name: p.name}) {
		if err != nil {
			return missingPart(v.options.server.WithCredentialHint(err), "the versions of "+name)
		}
		if !ecosystem.SamePackage(v.feed.Type, row.Group, row.Name, p.group, p.name) {
			if strangers++; strangers > mostStrangers {
				return &cli.Failure{Kind: client.KindUnavailable, Lines: []string{"asked for the versions of " + name + ", the server lists those of other packages"}}
			}
			continue
		}
		found = true
		if err := v.addVersion(p, row); err != nil {
			return err
		}
	}
	if !found {
		return &cli.Failure{
			Kind: client.KindUnavailable, Lines: []string{fmt.Sprintf("the server lists %s in %s, but none of its versions", name, v.feed.Name)},
			Hint: "run it again: the package may have been deleted in the meantime",
		}
	}
	v.order(p)
	return nil
}

// mostStrangers is how many versions of other packages an answer may have. A few are fine: a server
// may ignore the group.
const mostStrangers = 100_000

// addVersion adds a version to a package, or one of its files.
func (v *inventory) addVersion(p *heldPackage, row client.PackageVersion) error {
	if row.Version == "" {
		return &cli.Failure{Kind: client.KindUnavailable, Lines: []string{
			fmt.Sprintf("the server lists %s in %s without a version", ecosystem.JoinName(v.feed.Type, p.group, p.name), v.feed.Name)}}
	}
	added := heldVersion{version: row.Version, published: undated}
	if !row.Published.IsZero() {
		added.published = row.Published.Unix()
	}
	v.mu.Lock()
	added.by = v.users.word(row.PublishedBy)
	v.users.held += heldVersionBytes + len(row.Version)
	full := v.users.held > heldLimit
	v.mu.Unlock()
	if full {
		return tooMuchToAudit("the versions of " + cli.Plural(len(v.packages), "package", "packages"))
	}
	p.versions = append(p.versions, added)
	return nil
}

// Estimates of what is held for each version and package beside their texts, in bytes.
const (
	heldVersionBytes = 60
	heldPackageBytes = 200
)

// order leaves one of each version, and puts the newest version first. Of several files of a
// version, the newest says when and by whom it was published.
func (v *inventory) order(p *heldPackage) {
	at := make(map[string]int, len(p.versions))
	kept := p.versions[:0]
	for _, version := range p.versions {
		key := ecosystem.VersionKey(v.feed.Type, version.version)
		if i, known := at[key]; !known {
			at[key] = len(kept)
			kept = append(kept, version)
		} else if version.published > kept[i].published {
			kept[i] = version
		}
	}
	p.versions = slices.Clip(kept)
	sort.Slice(p.versions, func(i, j int) bool {
		a, b := p.versions[i].version, p.versions[j].version
		return cmp.Or(ecosystem.CompareVersions(v.feed.Type, b, a), strings.Compare(b, a)) < 0
	})
}

// holds reports whether a version is asked about. One without a date is: it may have come at any
// time.
func (v *inventory) holds(version heldVersion) bool {
	o := v.options
	if named := o.query.pkg.Version; named != "" && !ecosystem.SameVersion(v.feed.Type, named, version.version) {
		return false
	}
	return o.since.IsZero() || version.published == undated || !time.Unix(version.published, 0).Before(o.since)
}

// checkNamed is an error if a version was named that the feed does not have.
func (v *inventory) checkNamed() error {
	named := v.options.query.pkg.Version
	if named == "" {
		return nil
	}
	for _, p := range v.packages {
		for _, version := range p.versions {
			if ecosystem.SameVersion(v.feed.Type, named, version.version) {
				return nil
			}
		}
	}
	q := v.options.query
	q.fromFeed, q.toFeed = nil, nil
	return &cli.Failure{Kind: client.KindNotFound, Lines: []string{fmt.Sprintf("the feed %s has no %s", v.feed.Name, q)}}
}
