package feedtype

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// A publisher withdraws a version of a NuGet package by unlisting it. It can still be fetched by
// its number, so the flat container has it, but no client chooses it as the latest one.

// listing has the versions of a package, and whether they are listed, as documents say.
type listing struct {
	pick     *newest // of the registration's versions, as far as it was read
	versions []string
	unlisted map[string]bool // by the canonical spelling of a version
	stated   bool            // some document says it of some version
}

// mark notes what a document says about a version, and reports whether it is listed. Feeds without
// a property for it give an unlisted version the date 1900.
func (l *listing) mark(version string, listed *flag, published string) bool {
	unlisted := strings.HasPrefix(published, "1900-") && (listed == nil || !bool(*listed))
	if listed != nil {
		unlisted = !bool(*listed)
	}
	l.stated = l.stated || listed != nil || unlisted
	if unlisted {
		if l.unlisted == nil {
			l.unlisted = map[string]bool{}
		}
		l.unlisted[ecosystem.VersionKey(ecosystem.NuGet, version)] = true
	}
	return !unlisted
}

// add adds a version.
func (l *listing) add(version string) error {
	if len(l.versions) == maxVersions {
		return errTooMany
	}
	l.versions = append(l.versions, version)
	return nil
}

// newest is the version that a word means; "" if there is none.
func (l *listing) newest(pkg ecosystem.Package) string {
	pick := newestOf(pkg)
	for _, v := range l.versions {
		if !l.unlisted[ecosystem.VersionKey(ecosystem.NuGet, v)] {
			pick.offer(v)
		}
	}
	return pick.best
}

// latestV3 is the newest version that is listed. The registration has it; if there is none, or it
// leaves the property out, ProGet's own list of versions and the v2 feed do. What no document calls
// unlisted is listed, as the protocol says; but if the registration is refused and no other
// document says it, the answer could be wrong.
//
// flat is the same version as the flat container's list writes it, "" if that was not read.
func (q nugetQuery) latestV3(ctx context.Context, service nugetService) (version, flat string, err error) {
	all := &listing{pick: newestOf(q.pkg)}
	var refused error
	if service.registration != "" {
		refused = q.registration(ctx, service.registration, all)
		if err := extra(refused); err != nil {
			return "", "", err
		}
	}
	if !all.stated {
		if err := q.askOthers(ctx, all); err != nil {
			return "", "", err
		}
	}
	if err := optional(refused); err != nil && !all.stated {
		return "", "", err
	}
	inFlat := len(all.versions) == 0
	if inFlat {
		if err := q.eachFlat(ctx, service.flat, all.add); err != nil {
			return "", "", err
		}
	}
	if version = all.newest(q.pkg); version == "" {
		return "", "", missing(q.pkg)
	}
	if inFlat {
		flat = version
	}
	return version, flat, nil
}

// askOthers reads the documents besides the v3 feed until one says which versions are unlisted.
func (q nugetQuery) askOthers(ctx context.Context, all *listing) error {
	if err := extra(q.storedVersions(ctx, all)); err != nil || all.stated {
		return err
	}
	return extra(q.eachV2(ctx, "nuget/"+q.feed, func(e atomEntry) { all.mark(e.Properties.Version, e.listed(), e.Properties.Published) }))
}

// storedVersions reads ProGet's list of the versions that the feed holds (Inedo docs,
// proget/api/packages/list-versions).
func (q nugetQuery) storedVersions(ctx context.Context, all *listing) error {
	ref := "api/packages/" + q.feed + "/versions?name=" + queryEscape(q.pkg.Name)
	return q.read(ctx, ref, "application/json", func(_ *Document, r io.Reader) error {
		return oneOrMany(r, func(row struct {
			Name, Version, Published text
			Listed                   *flag
		}) {
			if ecosystem.SameName(ecosystem.NuGet, string(row.Name), q.pkg.Name) {
				all.mark(string(row.Version), row.Listed, string(row.Published))
			}
		})
	})
}

const (
	// maxRegistrationPages bounds the requests for one package: a page has 64 versions.
	maxRegistrationPages = 100
	// maxPageLinks bounds the pages that are known, of which those with old versions are not
	// requested.
	maxPageLinks = maxVersions / 64
)

// registrationPage is a part of a registration that is a document of its own.
type registrationPage struct{ id, upper string }

// registration reads all of a package's registration, the newest page first: pages without anything
// newer than what was found are not requested.
func (q nugetQuery) registration(ctx context.Context, base string, all *listing) error {
	var pages []registrationPage
	q.query = q.together(maxIndexBytes)
	err := q.read(ctx, base+escape(strings.ToLower(q.pkg.Name))+"/index.json", "application/json", func(doc *Document, r io.Reader) error {
		return readJSON(r, func(j *jsonReader, key string) error {
			if key != "items" {
				return j.skip()
			}
			return j.items(func() error {
				page, err := q.readRegistrationPage(j, all)
				if len(pages) == maxPageLinks {
					return errTooMany
				}
				if err == nil && page.id != "" {
					page.id, err = resolve(doc, page.id)
					pages = append(pages, page)
				}
				return err
			})
		})
	})
	if err != nil {
		return err
	}
	asked := 0
	for _, page := range slices.Backward(pages) {
		if newest := all.pick.best; newest != "" && page.upper != "" && isComparable(page.upper) && ecosystem.CompareVersions(ecosystem.NuGet, page.upper, newest) <= 0 {
			continue
		}
		if asked++; asked > maxRegistrationPages {
			return q.broken(page.id, errTooMany)
		}
		err := q.read(ctx, page.id, "application/json", func(_ *Document, r io.Reader) error {
			j := newJSON(r)
			if _, err := q.readRegistrationPage(j, all); err != nil {
				return err
			}
			return j.end()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readRegistrationPage reads a page. Its id is "" if it has its versions in it.
func (q nugetQuery) readRegistrationPage(j *jsonReader, all *listing) (page registrationPage, err error) {
	inline := false
	err = j.members(func(key string) error {
		var value text
		var err error
		switch key {
		case "@id":
			_, err = j.decode(&value)
			page.id = string(value)
		case "upper":
			_, err = j.decode(&value)
			page.upper = string(value)
		case "items":
			err = j.items(func() error {
				inline = true
				return q.readLeaf(j, all)
			})
		default:
			err = j.skip()
		}
		return err
	})
	if inline {
		page.id = ""
	}
	return page, ifThere(err)
}

// readLeaf reads one version of a registration. One that is of another package does not count.
func (q nugetQuery) readLeaf(j *jsonReader, all *listing) error {
	var leaf struct {
		CatalogEntry struct {
			ID, Version, Published text
			Listed                 *flag
		} `json:"catalogEntry"`
	}
	_, err := j.decode(&leaf)
	entry := leaf.CatalogEntry
	if entry.Version == "" || entry.ID != "" && !ecosystem.SameName(ecosystem.NuGet, string(entry.ID), q.pkg.Name) {
		return err
	}
	if err := all.add(string(entry.Version)); err != nil {
		return err
	}
	if all.mark(string(entry.Version), entry.Listed, string(entry.Published)) {
		all.pick.offer(string(entry.Version))
	}
	return err
}
