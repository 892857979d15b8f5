package feedtype

import (
	"context"
	"encoding/xml"
	"io"
	"net/url"
	"strings"
)

// locatePowerShell: a PowerShell feed speaks v2 (Inedo docs, proget/feeds/powershell).
func locatePowerShell(ctx context.Context, q query) (Content, error) {
	return q.locateV2(ctx, "nuget/"+q.feed)
}

// locateChocolatey also speaks v2, at one of two addresses: Inedo's documentation names feeds/F today and nuget/F in its
// older pages (Inedo docs, proget/feeds/chocolatey).
func locateChocolatey(ctx context.Context, q query) (Content, error) {
	usual, other := "nuget/"+q.feed, "feeds/"+q.feed
	content, err := q.locateV2(ctx, usual)
	if optional(err) != nil || content.Checksums != nil {
		return content, err
	}
	// Either the package has no entry, or this is not the feed's address.
	if entry, otherErr := q.entryV2(ctx, other); otherErr != nil || !entry.found() {
		return content, err
	}
	return q.locateV2(ctx, other)
}

// locateV2 asks for the package's entry, which has its checksum and address. A version that is named can do without:
// the address then is the one that the protocol's clients use.
func (q query) locateV2(ctx context.Context, base string) (Content, error) {
	entry, err := q.entryV2(ctx, base)
	if q.refusable(err) != nil {
		return Content{}, err
	}
	version := q.pkg.Version
	if isLatest(version) {
		if version = entry.Properties.Version; version == "" {
			return Content{}, missing(q.pkg)
		}
	}
	content := q.nupkg(version)
	content.Ref = base + "/package/" + escape(q.pkg.Name) + "/" + escape(version)
	if entry.src != "" {
		content.Ref = entry.src
	}
	entry.describe(&content)
	return content, nil
}

// entryV2 finds the entry of a package; a zero one where the feed has none or does not speak v2.
func (q query) entryV2(ctx context.Context, base string) (entry atomEntry, err error) {
	err = q.read(ctx, base+"/"+entryQuery(q.pkg.Name, q.pkg.Version), "application/atom+xml, application/xml",
		func(doc *Document, r io.Reader) error {
			if isHTML(doc) {
				return nil
			}
			entry, err = readEntry(doc, r)
			return err
		})
	return entry, optional(err)
}

// entryQuery is the question for one version, or for the one that the feed marks as its latest
// (Inedo docs, proget/feeds/nuget/legacy-nuget).
func entryQuery(id, version string) string {
	switch version {
	case Latest:
		return "Packages()?$filter=" + queryEscape("Id eq "+quote(id)+" and IsAbsoluteLatestVersion") + "&$top=1"
	case LatestStable:
		return "Packages()?$filter=" + queryEscape("Id eq "+quote(id)+" and IsLatestVersion") + "&$top=1"
	}
	return "Packages(Id=" + escape(quote(id)) + ",Version=" + escape(quote(version)) + ")"
}

// quote writes an OData string.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// queryEscape escapes a blank as %20, which unlike a plus sign means the same everywhere.
func queryEscape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// atomEntry is one package in a v2 feed.
type atomEntry struct {
	Content struct {
		Src string `xml:"src,attr"`
	} `xml:"content"`
	Properties struct {
		Version              string
		PackageHash          string // base64
		PackageHashAlgorithm string // SHA512
		PackageSize          string // bytes; a string, since it may be empty
	} `xml:"properties"`
	src string // absolute; "" in an entry that names no address
}

// found tells an entry from the zero one, which stands for none.
func (e atomEntry) found() bool { return e.Properties.Version != "" || e.src != "" }

// describe adds the entry's checksum and size to content.
func (e atomEntry) describe(content *Content) {
	algorithm := e.Properties.PackageHashAlgorithm
	if algorithm == "" {
		algorithm = "sha512" // what NuGet's own clients take it for
	}
	content.Size = parseSize(e.Properties.PackageSize)
	content.publish("nuget v2 entry", map[string]string{algorithm: e.Properties.PackageHash})
}

// readEntry reads the first entry of a document that is an entry or a feed of them.
func readEntry(doc *Document, r io.Reader) (entry atomEntry, err error) {
	err = eachElement(r, func(dec *xml.Decoder, start xml.StartElement) error {
		if start.Name.Local != "entry" || entry.found() {
			return nil
		}
		if err := dec.DecodeElement(&entry, &start); err != nil {
			return err
		}
		if src := entry.Content.Src; src != "" {
			entry.src, err = resolve(doc, src)
		}
		return err
	})
	return entry, err
}
