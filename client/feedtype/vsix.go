package feedtype

import (
	"context"
	"encoding/xml"
	"io"
	"strings"
)

// vsixEntry is one extension in a private gallery (learn.microsoft.com,
// visualstudio/extensibility/private-galleries).
type vsixEntry struct {
	ID      string `xml:"id"`
	Content struct {
		Src string `xml:"src,attr"`
	} `xml:"content"`
	VSIX struct {
		ID      string `xml:"Id"`
		Version string `xml:"Version"`
	} `xml:"Vsix"`
}

// vsixQuery looks for an extension of Visual Studio Code.
type vsixQuery struct{ query }

// locateVSIX takes the extension's address from the gallery's Atom feed, which publishes no
// checksums.
func locateVSIX(ctx context.Context, of query) (content Content, err error) {
	q := vsixQuery{of}
	err = q.read(ctx, "vsix/"+q.feed, "application/atom+xml, application/xml", func(doc *Document, r io.Reader) error {
		found, err := q.findVSIX(r)
		if err != nil {
			return err
		}
		version := found.VSIX.Version
		content = Content{FileName: q.pkg.Name + "-" + version + ".vsix", Version: version, Size: -1}
		content.Ref, err = resolveContent(doc, version, found.Content.Src)
		return err
	})
	return content, err
}

// findVSIX looks through the gallery, which lists each version as an entry of its own.
func (q vsixQuery) findVSIX(r io.Reader) (found vsixEntry, err error) {
	pick := newestOf(q.pkg)
	err = eachElement(r, func(dec *xml.Decoder, start xml.StartElement) error {
		if start.Name.Local != "entry" {
			return nil
		}
		var e vsixEntry
		if err := dec.DecodeElement(&e, &start); err != nil {
			return err
		}
		e.trim()
		if q.isVSIX(e) && pick.wanted(q.pkg, e.VSIX.Version) {
			found = e
		}
		return nil
	})
	if err == nil && found.VSIX.Version == "" {
		err = missing(q.pkg)
	}
	return found, err
}

// trim removes the spaces that generators of galleries leave around their texts.
func (e *vsixEntry) trim() {
	for _, text := range []*string{&e.ID, &e.VSIX.ID, &e.VSIX.Version} {
		*text = strings.TrimSpace(*text)
	}
}

// isVSIX: an extension's id begins with its publisher, which a package URL may have as the group.
func (q vsixQuery) isVSIX(e vsixEntry) bool {
	id := q.pkg.Name
	if q.pkg.Group != "" {
		id = q.pkg.Group + "." + id
	}
	return strings.EqualFold(e.VSIX.ID, id) || strings.EqualFold(e.ID, id)
}
