package feedtype

import (
	"context"
	"encoding/xml"
	"io"
	"net/url"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// locatePowerShell: a PowerShell feed speaks v2 (Inedo docs, proget/feeds/powershell).
func locatePowerShell(ctx context.Context, of query) (Content, error) {
	q := nugetQuery{of}
	return q.locateV2(ctx, "nuget/"+q.feed)
}

// locateChocolatey also speaks v2, at one of two addresses: Inedo's documentation names feeds/F
// today and nuget/F in its older pages (Inedo docs, proget/feeds/chocolatey).
func locateChocolatey(ctx context.Context, of query) (Content, error) {
	q := nugetQuery{of}
	return q.locateV2(ctx, "nuget/"+q.feed, "feeds/"+q.feed)
}

// locateV2 asks for the package's entry, which has its checksum and address, at the feed's address
// and at others that it may have. A version that is given needs no entry: its address then is the
// one that the protocol's clients use.
func (q nugetQuery) locateV2(ctx context.Context, bases ...string) (Content, error) {
	var untagged atomEntry
	asked := func(ctx context.Context, base string) (found atomEntry, err error) {
		if !isLatest(q.pkg.Version) {
			return q.entryV2(ctx, base, q.pkg.Version)
		}
		var other atomEntry
		if found, other, err = q.taggedV2(ctx, base); !untagged.found() {
			untagged = other
		}
		return found, err
	}
	for _, find := range []func(context.Context, string) (atomEntry, error){asked, q.searchV2} {
		for i, base := range bases {
			entry, err := find(ctx, base)
			if i > 0 {
				err = extra(err) // it may not be an address of this server's
			} else {
				err = q.refusable(err)
			}
			if err != nil {
				return Content{}, err
			}
			if entry.found() {
				return q.contentV2(base, entry), nil
			}
		}
	}
	if isLatest(q.pkg.Version) {
		if !untagged.found() {
			return Content{}, missing(q.pkg)
		}
		return q.contentV2(bases[0], untagged), nil
	}
	content := q.contentV2(bases[0], atomEntry{})
	content.guessed = true
	return content, nil
}

// contentV2 makes the answer of an entry.
func (q nugetQuery) contentV2(base string, entry atomEntry) Content {
	version := entry.Properties.Version
	if version == "" {
		version = q.pkg.Version
	}
	content := q.nupkg(version)
	content.Ref = base + "/package/" + escape(q.pkg.Name) + "/" + escape(version)
	if entry.src != "" {
		content.Ref = entry.src
	}
	entry.describe(&content)
	return content
}

// searchV2 looks for the version in its normal form, and then in the list of all: the feed may have
// it in another spelling. The latest is the newest of those that are listed.
func (q nugetQuery) searchV2(ctx context.Context, base string) (best atomEntry, err error) {
	asked := q.pkg.Version
	normal := ecosystem.NormalizeVersion(ecosystem.NuGet, asked)
	if !isLatest(asked) && normal != asked {
		if entry, err := q.entryV2(ctx, base, normal); err != nil || entry.found() {
			return entry, err
		}
	}
	pick, rank := newestOf(q.pkg), 0
	err = q.eachV2(ctx, base, func(e atomEntry) {
		v := e.Properties.Version
		if isLatest(asked) {
			if !e.unlisted() && pick.offer(v) {
				best = e
			}
		} else if n := nugetRank(v, asked, normal); n > rank {
			best, rank = e, n
		}
	})
	return best, err
}

// taggedV2 finds the entry that the feed calls the latest (Inedo docs,
// proget/feeds/nuget/legacy-nuget). A server that ignores the filter answers with any packages, so
// the entry itself must say that it is the latest. untagged is the newest of those that say
// nothing, for a feed that has no other list. Both are zero if there is none.
func (q nugetQuery) taggedV2(ctx context.Context, base string) (tagged, untagged atomEntry, err error) {
	pick, other := newestOf(q.pkg), newestOf(q.pkg)
	_, err = q.readV2(ctx, base+"/"+latestQuery(q.pkg.Name, q.pkg.Version), func(e atomEntry) {
		tag := e.Properties.IsAbsoluteLatestVersion
		if q.pkg.Version == LatestStable {
			tag = e.Properties.IsLatestVersion
		}
		switch {
		case e.unlisted():
		case isTrue(tag) && pick.offer(e.Properties.Version):
			tagged = e
		case tag == "" && other.offer(e.Properties.Version):
			untagged = e
		}
	})
	return tagged, untagged, optional(err)
}

// entryV2 finds the entry of a version; a zero one if the feed has none or does not speak v2.
func (q nugetQuery) entryV2(ctx context.Context, base, version string) (found atomEntry, err error) {
	ref := base + "/Packages(Id=" + escape(quote(q.pkg.Name)) + ",Version=" + escape(quote(version)) + ")"
	_, err = q.readV2(ctx, ref, func(e atomEntry) {
		v := e.Properties.Version
		if !found.found() && (v == "" || likeness(ecosystem.NuGet, v, version) > 0) {
			found = e
		}
	})
	return found, optional(err)
}

// maxV2Pages bounds the requests for the versions of one package: a page has a hundred or so.
const maxV2Pages = 100

// eachV2 reads the entries of all versions, page by page.
func (q nugetQuery) eachV2(ctx context.Context, base string, f func(atomEntry)) error {
	next := base + "/FindPackagesById()?id=" + queryEscape(quote(q.pkg.Name)) + "&semVerLevel=2.0.0"
	seen := map[string]bool{}
	q.query = q.together(maxIndexBytes)
	for next != "" && !seen[next] {
		if len(seen) == maxV2Pages {
			return q.broken(next, errTooMany)
		}
		seen[next] = true
		var err error
		if next, err = q.readV2(ctx, next, f); err != nil {
			return optional(err)
		}
	}
	return nil
}

// readV2 reads the entries of a document that are of this package, and its link to the next page.
func (q nugetQuery) readV2(ctx context.Context, ref string, f func(atomEntry)) (next string, err error) {
	err = q.read(ctx, ref, "application/atom+xml, application/xml", func(doc *Document, r io.Reader) error {
		if isHTML(doc) {
			return nil
		}
		next, err = readEntries(doc, r, func(e atomEntry) {
			if e.isOf(q.pkg.Name) {
				f(e)
			}
		})
		return err
	})
	return next, err
}

// latestQuery is the question for the version that the feed marks as its latest.
func latestQuery(id, word string) string {
	property := "IsAbsoluteLatestVersion"
	if word == LatestStable {
		property = "IsLatestVersion"
	}
	return "Packages()?$filter=" + queryEscape("Id eq "+quote(id)+" and "+property) + "&$top=1"
}

// quote writes an OData string.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// queryEscape escapes a space as %20, which unlike a plus sign means the same everywhere.
func queryEscape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// atomEntry is one package in a v2 feed.
type atomEntry struct {
	ID      string `xml:"id"` // the entry's address
	Content struct {
		Src string `xml:"src,attr"`
	} `xml:"content"`
	Properties struct {
		ID                      string `xml:"Id"`
		Version                 string
		Listed                  string // true or false
		Published               string
		IsLatestVersion         string // true or false: the newest release
		IsAbsoluteLatestVersion string // true or false: the newest of all
		PackageHash             string // base64
		PackageHashAlgorithm    string // SHA512
		PackageSize             string // bytes; a string, since it may be empty
	} `xml:"properties"`
	src string // absolute; "" in an entry that names no address
}

// found is false for the zero entry, which means that there is none.
func (e atomEntry) found() bool { return e.Properties.Version != "" || e.src != "" }

// isOf reports whether the entry is of the package of that name, as far as it says: in a property
// or, in feeds that leave that out, in the entry's own address.
func (e atomEntry) isOf(name string) bool {
	id := e.Properties.ID
	if id == "" {
		_, key, _ := strings.Cut(e.ID, "Packages(Id='")
		id, _, _ = strings.Cut(key, "',")
		id = strings.ReplaceAll(id, "''", "'")
	}
	return id == "" || ecosystem.SameName(ecosystem.NuGet, id, name)
}

// listed is what the entry says, nil if it does not.
func (e atomEntry) listed() *flag {
	if e.Properties.Listed == "" {
		return nil
	}
	listed := flag(isTrue(e.Properties.Listed))
	return &listed
}

func (e atomEntry) unlisted() bool {
	var l listing
	l.mark(e.Properties.Version, e.listed(), e.Properties.Published)
	return len(l.unlisted) > 0
}

func isTrue(s string) bool { return strings.EqualFold(s, "true") || s == "1" }

// describe adds the entry's checksum and size to content.
func (e atomEntry) describe(content *Content) {
	algorithm := e.Properties.PackageHashAlgorithm
	if algorithm == "" {
		algorithm = "sha512" // what NuGet's own clients take it for
	}
	content.Size = parseSize(e.Properties.PackageSize)
	content.publish("nuget v2 entry", map[string]string{algorithm: e.Properties.PackageHash})
}

// readEntries reads a document that is an entry or a feed of them. next is the address of the
// feed's next page.
func readEntries(doc *Document, r io.Reader, f func(atomEntry)) (next string, err error) {
	err = eachElement(r, func(dec *xml.Decoder, start xml.StartElement) error {
		switch start.Name.Local {
		case "link":
			if attribute(start, "rel") == "next" {
				next, err = resolve(doc, attribute(start, "href"))
			}
			return err
		case "entry":
			var e atomEntry
			if err := dec.DecodeElement(&e, &start); err != nil {
				return err
			}
			e.trim()
			if src := e.Content.Src; src != "" {
				if e.src, err = resolve(doc, src); err != nil {
					return err
				}
			}
			f(e)
		}
		return nil
	})
	return next, err
}

// trim removes the spaces that a server's templates leave around its texts.
func (e *atomEntry) trim() {
	p := &e.Properties
	for _, text := range []*string{
		&p.ID, &p.Version, &p.Listed, &p.Published, &p.IsLatestVersion, &p.IsAbsoluteLatestVersion, &p.PackageHash, &p.PackageSize, &e.ID, &e.Content.Src,
	} {
		*text = strings.TrimSpace(*text)
	}
}

func attribute(start xml.StartElement, name string) string {
	for _, a := range start.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
