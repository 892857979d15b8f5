package sandbox

import (
	"encoding/xml"
	"net/http"
	"net/url"
)

// galleryNamespace is that of the Vsix element
// (learn.microsoft.com/visualstudio/extensibility/private-galleries).
const galleryNamespace = "http://schemas.microsoft.com/developer/vsx-syndication-schema/2010"

// gallery is the Atom feed of a private extension gallery.
type gallery struct {
	XMLName xml.Name       `xml:"feed"`
	Atom    string         `xml:"xmlns,attr"`
	Title   string         `xml:"title"`
	ID      string         `xml:"id"`
	Entries []galleryEntry `xml:"entry"`
}

// galleryEntry is one extension.
type galleryEntry struct {
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Content atomContent `xml:"content"`
	Vsix    vsixElement `xml:"Vsix"`
}

// vsixElement identifies the extension as its manifest does.
type vsixElement struct {
	Namespace string `xml:"xmlns,attr"`
	ID        string `xml:"Id"`
	Version   string `xml:"Version"`
}

// vsixFeeds answers for VSIX feeds.
type vsixFeeds struct{ *Server }

// answer serves the gallery at the feed's own address and the files that it links to. Visual Studio
// sends no credentials, other clients do (Inedo docs, proget/feeds/vsix).
func (s vsixFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	rest = dropEmptyTail(rest)
	switch {
	case len(rest) == 0:
		sendAtom(x, s.gallery(x.r, f))
	case len(rest) == 2 && rest[0] == "files":
		x.sendNamed(f, rest[1], "application/octet-stream")
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// gallery has an entry for each version, because clients find a certain version only there.
func (s vsixFeeds) gallery(r *http.Request, f *feed) gallery {
	base := s.base(r) + "/vsix/" + url.PathEscape(f.Name) + "/"
	list := gallery{Atom: atomNamespace, Title: f.Name, ID: base}
	for _, p := range s.list(f, func(*stored) bool { return true }) {
		list.Entries = append(list.Entries, galleryEntry{
			ID: p.Name, Title: p.Name, Updated: p.Published.Format("2006-01-02T15:04:05Z"),
			Content: atomContent{Type: "application/octet-stream", Source: base + "files/" + url.PathEscape(p.FileName)},
			Vsix:    vsixElement{Namespace: galleryNamespace, ID: p.Name, Version: p.Version},
		})
	}
	return list
}
