package client

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
)

// leadsElsewhere is true for a successful answer that sends a browser elsewhere, regardless of its
// body.
func (o *opening) leadsElsewhere() bool {
	return o.isData() && strings.Contains(strings.ToLower(o.resp.Header.Get("Refresh")), "url")
}

// isData reports whether an answer is successful, and must not be a web page.
func (o *opening) isData() bool {
	return o.resp.StatusCode >= 200 && o.resp.StatusCode <= 299 && !o.request.takesPage()
}

// mayBePage reports whether the body decides whether the answer is a page. One that is known to be
// empty, as of most records, need not be looked at.
func (o *opening) mayBePage() bool {
	return o.resp.Body != http.NoBody && o.isData() && !o.leadsElsewhere()
}

// isPage reports whether a successful answer is a web page instead of data: a sign-in form, a
// licence notice, an error of a proxy. An empty body is not a page, whatever its type
// says: IIS labels those text/html. One that broke off, or goes on, after spaces alone is not
// empty.
func (o *opening) isPage() bool {
	if isHTMLType(o.resp.Header.Values("Content-Type")...) {
		return len(bytes.TrimSpace(o.head)) > 0 || !o.whole
	}
	if o.resp.StatusCode == http.StatusPartialContent && o.request.file {
		return false // the middle of a file may look like anything; nothing else is asked for in parts
	}
	return o.looksLikePage()
}

// takesPage reports whether a web page is a valid answer: to a request for an index that is written
// in HTML, or for a file that is a page itself. The file must have the same name where it was
// found: after a redirect, another page is a sign-in form more often than not.
func (r request) takesPage() bool {
	if r.page == "" {
		return r.pages
	}
	name := path.Base(r.url.Path)
	return isPageName(name) && strings.EqualFold(name, r.page)
}

// pageName is the name of the web page that u asks for, or "".
func pageName(u *url.URL) string {
	if name := path.Base(u.Path); isPageName(name) {
		return name
	}
	return ""
}

// isPageName recognizes the files that are web pages, as an asset directory may hold.
func isPageName(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".htm", ".xhtml", ".xht":
		return true
	}
	return false
}

func (o *opening) looksLikePage() bool {
	look, whole := o.decoded()
	switch beginning(look, whole) {
	case beginsPage:
		return true
	case beginsFragment:
		return !o.request.file || !takesFragments(path.Ext(o.request.url.Path))
	case beginsUnclear, beginsCustom:
		// Only spaces or comments in what is looked at, or a tag with a hyphen. A package may begin
		// so; an answer to a record does not.
		return o.request.body != nil && len(o.head) > 0
	}
	return o.request.body != nil && (isBinary(look) || o.isCoded())
}

// isCoded reports whether a body has a Content-Encoding that [opening.decoded] does not undo, so
// that it may hold a page.
func (o *opening) isCoded() bool {
	if len(o.head) == 0 {
		return false
	}
	for _, value := range o.resp.Header.Values("Content-Encoding") {
		for name := range strings.SplitSeq(strings.ToLower(value), ",") {
			switch name = strings.TrimSpace(name); name {
			case "", "identity", "gzip", "x-gzip", "deflate":
			default:
				if !isNoCoding(name) {
					return true
				}
			}
		}
	}
	return false
}

// isBinary reports whether text has a byte that no text has (whatwg.org, MIME sniffing, section 3):
// it may be compressed. The zeros of UTF-16 are none.
func isBinary(text []byte) bool {
	return bytes.ContainsFunc(withoutMarks(text), func(c rune) bool {
		return c < ' ' && c != '\t' && c != '\n' && c != '\f' && c != '\r' && c != '\x1b'
	})
}

// takesFragments recognizes files that may begin with a tag of HTML without being a page, such as a
// README that begins with a centred heading.
func takesFragments(ext string) bool {
	switch strings.ToLower(ext) {
	case ".md", ".mdx", ".markdown", ".txt", ".rst", ".adoc", ".xml", ".xsl", ".xslt", ".svg", ".vue", ".svelte", ".astro",
		".tmpl", ".tpl", ".hbs", ".mustache", ".ejs", ".erb", ".php", ".jsp", ".aspx", ".ascx", ".cshtml", ".razor", ".tsx", ".jsx", ".js":
		return true
	}
	return false
}

// decoded undoes the compression of the first bytes of a body; whole says that nothing follows
// them. A package may well be a compressed page: only what the server says it compressed is looked
// into.
func (o *opening) decoded() (text []byte, whole bool) {
	head := o.head
	encoding := strings.ToLower(strings.TrimSpace(o.resp.Header.Get("Content-Encoding")))
	var r io.Reader
	var err error
	switch {
	case o.request.file && hasExtension([]string{o.request.url.Path}, gzipExtensions()):
		return head, o.whole
	case encoding == "deflate":
		if r, err = zlib.NewReader(bytes.NewReader(head)); err != nil {
			r, err = flate.NewReader(bytes.NewReader(head)), nil
		}
	case strings.Contains(encoding, "gzip") || !o.request.file && bytes.HasPrefix(head, []byte("\x1f\x8b")):
		r, err = gzip.NewReader(bytes.NewReader(head))
	default:
		return head, o.whole
	}
	if err != nil {
		return head, o.whole
	}
	text, err = io.ReadAll(io.LimitReader(r, sniffLimit))
	return text, err == nil && len(text) < sniffLimit
}

func isHTMLType(contentTypes ...string) bool {
	for _, types := range contentTypes {
		for kind := range strings.SplitSeq(strings.ToLower(types), ",") {
			kind = strings.TrimSpace(kind)
			if strings.HasPrefix(kind, "text/html") || strings.HasPrefix(kind, "application/xhtml") {
				return true
			}
		}
	}
	return false
}

// start is what the first bytes of a document say it is.
type start int

const (
	beginsData     start = iota // no page
	beginsUnclear               // more must be read to say
	beginsPage                  // a whole page
	beginsFragment              // a tag of HTML, which other files have too
	beginsCustom                // a tag with a hyphen: an element of a page's own, or XML
)

// beginning looks for what browsers take for a page (whatwg.org, MIME sniffing, section 7.1), and
// for what they find behind comments, an XML declaration, a byte order mark or in UTF-16.
func beginning(text []byte, whole bool) start {
	text = withoutMarks(text)
	for {
		text = bytes.TrimLeft(text, " \t\r\n\f\v")
		rest, skipped := text, false
		switch {
		case bytes.HasPrefix(text, []byte("<!--")):
			_, rest, skipped = bytes.Cut(text, []byte("-->"))
		case bytes.HasPrefix(text, []byte("<?")):
			_, rest, skipped = bytes.Cut(text, []byte(">"))
		default:
			return beginningTag(text, whole)
		}
		if !skipped {
			return unlessWhole(whole)
		}
		text = rest
	}
}

// unlessWhole is the answer if a document ends before it says anything.
func unlessWhole(whole bool) start {
	if whole {
		return beginsData
	}
	return beginsUnclear
}

// beginningTag judges by the first tag, or the document type.
func beginningTag(text []byte, whole bool) start {
	// No tag or document type of a page is longer but for spaces.
	const longest = 32
	if len(text) == 0 {
		return unlessWhole(whole)
	}
	if text[0] != '<' {
		return beginsData
	}
	name, rest := tagName(text[1:])
	if len(rest) == 0 && len(text) < longest {
		return unlessWhole(whole)
	}
	if name == "!doctype" {
		kind := bytes.TrimLeft(rest, " \t\r\n\f\v")
		if len(kind) < len("html>") && !whole {
			return beginsUnclear
		}
		if name, _ = tagName(kind); name == "html" {
			return beginsPage
		}
		return beginsData
	}
	switch name {
	case "html", "head", "body", "frameset":
		return beginsPage
	case "title", "meta", "script", "noscript", "style", "link", "base", "iframe", "object", "div", "span", "form", "table", "font",
		"center", "main", "section", "article", "header", "nav", "a", "b", "p", "br", "hr", "img", "ul", "ol",
		"h1", "h2", "h3", "h4", "h5", "h6", "input", "button", "strong", "em", "small", "pre", "blockquote", "fieldset", "select",
		"textarea", "footer", "aside", "marquee", "embed", "basefont", "frame":
		return beginsFragment
	}
	if strings.Contains(name, "-") && isAlphanumeric(rune(name[0])) {
		return beginsCustom
	}
	return beginsData
}

// tagName cuts the name off the beginning of text, in lower case.
func tagName(text []byte) (name string, rest []byte) {
	end := bytes.IndexAny(text, " \t\r\n\f\v/>")
	if end < 0 {
		return strings.ToLower(string(text)), nil
	}
	return strings.ToLower(string(text[:end])), text[end:]
}

// withoutMarks drops a byte order mark, and the zeros of UTF-16 and UTF-32: what is left of a page
// reads as ASCII.
func withoutMarks(text []byte) []byte {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	wide := bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff"))
	if wide {
		text = text[2:]
	}
	text = bytes.TrimPrefix(text, []byte("\x00\x00\xfe\xff"))
	if wide || len(text) > 1 && (text[0] == 0) != (text[1] == 0) || bytes.HasPrefix(text, []byte("\x00\x00\x00")) {
		return bytes.ReplaceAll(text, []byte{0}, nil)
	}
	return text
}
