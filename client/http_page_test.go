package client

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"
)

// answered is an exchange whose answer has a type and a body.
func answered(r request, contentType, body string) exchange {
	if r.url == nil {
		r.url = &url.URL{Scheme: "http", Host: "proget.corp.local", Path: "/x"}
	}
	header := http.Header{}
	if contentType != "" {
		header.Set("Content-Type", contentType)
	}
	return exchange{request: r, phase: phaseAnswered, resp: &http.Response{
		StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(strings.NewReader(body)),
	}}
}

func wide(order binary.ByteOrder, text string) string {
	var b bytes.Buffer
	for _, unit := range utf16.Encode([]rune(text)) {
		_ = binary.Write(&b, order, unit)
	}
	return b.String()
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.String()
}

func TestIsPage(t *testing.T) {
	t.Parallel()
	const page = "<html><head><title>Sign in</title></head><body>x</body></html>"
	record := request{body: []byte("{}")}
	for _, c := range []struct {
		name, contentType, body string
		read, record            bool
	}{
		{"html by its type", "text/html; charset=utf-8", "Sign in", true, true},
		{"html by its type, in capitals", "TEXT/HTML", "hello", true, true},
		{"html twice", "text/html, text/html", "Sign in", true, true},
		{"html among others", "application/json, text/html", "Sign in", true, true},
		{"a type that begins with html", "text/htmlx", "Sign in", true, true},
		{"xhtml", "application/xhtml+xml", "<html/>", true, true},
		{"broken type", "text/html; charset", "x", true, true},
		{"empty, though called html", "text/html", "", false, false},
		{"blank, though called html", "text/html", " \r\n", false, false},
		{"by its content", "application/json", "  <!DOCTYPE html><html>", true, true},
		{"without a type", "", "<HTML><head>", true, true},
		{"spaces in the document type", "", "<!DOCTYPE  \n html>" + page, true, true},
		{"a legacy document type", "", `<!doctype HTML PUBLIC "-//W3C//DTD HTML 4.01//EN">`, true, true},
		{"behind a byte order mark", "", "\xef\xbb\xbf<!doctype HTML>", true, true},
		{"behind a mark and spaces", "", "\xef\xbb\xbf\n" + page, true, true},
		{"behind a comment", "", "<!-- x -->" + page, true, true},
		{"behind comments and spaces", "", " <!-- x --> \n<!-- <y> -->\n" + page, true, true},
		{"behind a long comment", "", "<!--" + strings.Repeat("licence ", 1000) + "-->" + page, true, true},
		{"behind blank lines", "", strings.Repeat("\n", 600) + page, true, true},
		{"behind many blank lines", "", strings.Repeat(" \r\n", 20000) + page, true, true},
		{"XHTML behind a declaration", "application/xml", `<?xml version="1.0"?><!DOCTYPE html PUBLIC "x" "y">` + page, true, true},
		{"XHTML without a document type", "text/xml", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">`, true, true},
		{"UTF-16, little-endian", "", "\xff\xfe" + wide(binary.LittleEndian, page), true, true},
		{"UTF-16, big-endian", "", "\xfe\xff" + wide(binary.BigEndian, "\n"+page), true, true},
		{"UTF-16 without a mark", "", wide(binary.LittleEndian, page), true, true},
		{"compressed without a word", "", gzipped(page), true, true},
		{"only a head", "", "<head><meta http-equiv=refresh content='0;url=/login'></head>", true, true},
		{"only a body", "", "<body>login</body>", true, true},
		{"a script", "", "<script>location='/login'</script>", true, true},
		{"a meta tag", "", "<meta http-equiv=refresh content=0>", true, true},
		{"a form", "", "<form action=/login>", true, true},
		{"a heading", "text/plain", "<h1>Sign in</h1>", true, true},
		{"a paragraph that ends there", "", "<p>", true, true},
		{"a field", "", "<input name=user>", true, true},
		{"a button", "text/plain", "<button type=submit>Sign in</button>", true, true},
		{"bold text", "", "<strong>Sign in</strong>", true, true},
		{"a list of choices", "", "<select><option>", true, true},
		{"an element of its own", "", "<app-root></app-root>", false, true},
		{"an element of its own behind a comment", "", "<!-- x -->\n<sign-in/>", false, true},
		{"compressed twice", "", gzipped(gzipped(page)), false, true},
		{"a picture", "image/gif", "GIF89a\x01\x00\x01\x00", false, true},
		{"behind a byte of no text", "", "\x01" + page, false, true},
		{"only a comment that goes on", "", "<!-- " + strings.Repeat("x", sniffLimit), false, true},
		{"only spaces that go on", "", strings.Repeat(" ", sniffLimit+1), false, true},

		{"json", "application/json", "[]", false, false},
		{"json behind spaces", "application/json", strings.Repeat(" ", 600) + "[]", false, false},
		{"text", "text/plain", "OK", false, false},
		{"xml", "application/xml", "<?xml version='1.0'?><feed/>", false, false},
		{"xml behind a comment", "", "<!-- licence --><project/>", false, false},
		{"an element that begins like a tag", "", "<metadata><groupId>", false, false},
		{"another document type", "", "<!DOCTYPE plist><plist/>", false, false},
		{"text that mentions html", "text/plain", "a <html> tag", false, false},
		{"compressed data", "", gzipped("{}"), false, false},
		{"text in Latin-1", "text/plain", "gespeichert f\xfcr web01\r\n\tok", false, false},
		{"json in UTF-16", "", wide(binary.LittleEndian, "[]"), false, false},
		{"coloured text", "", "\x1b[32mOK\x1b[0m", false, false},
		{"an element of XML", "", "<string>OK</string>", false, false},
		{"a comment that is no tag", "", "<-- x", false, false},
		{"half a declaration", "", "<?xml", false, false},
		{"a bare bracket", "", "<", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for r, want := range map[*request]bool{{}: c.read, &record: c.record} {
				x := answered(*r, c.contentType, c.body)
				x.look()
				if got := x.page; got != want {
					t.Errorf("isPage = %v, want %v (record: %v)", got, want, r.body != nil)
				}
				rest, err := io.ReadAll(x.resp.Body)
				if err != nil || string(rest) != c.body {
					t.Errorf("looking changed the body to %.40q of %d bytes, %v", rest, len(rest), err)
				}
			}
		})
	}
}

// TestIsPageByHeaders: what an answer says of itself beside its type.
func TestIsPageByHeaders(t *testing.T) {
	t.Parallel()
	var flat bytes.Buffer
	w := zlib.NewWriter(&flat)
	_, _ = io.WriteString(w, "<html>")
	_ = w.Close()
	for _, c := range []struct {
		name, key, value, body string
		status                 int
		want                   bool
	}{
		{"the part that nobody asked for", "Content-Type", "application/json", "<html>", 206, true},
		{"gzip", "Content-Encoding", "gzip", gzipped("<html>"), 200, true},
		{"x-gzip", "Content-Encoding", "X-GZIP", gzipped("\n<html>"), 200, true},
		{"deflate", "Content-Encoding", "deflate", flat.String(), 200, true},
		{"gzip that is none", "Content-Encoding", "gzip", "{}", 200, false},
		{"sends a browser elsewhere", "Refresh", "0; URL=/login", "", 200, true},
		{"comes again", "Refresh", "30", "{}", 200, false},
		{"second type", "Content-Type", "text/html", "Sign in", 200, true},
		{"page of an error", "Content-Type", "text/html", "<html>", 404, false},
		{"the middle of a file", "Content-Type", "application/zip", "<html>", 206, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := answered(request{file: c.value == "application/zip"}, "application/octet-stream", c.body)
			x.resp.StatusCode = c.status
			x.resp.Header.Add(c.key, c.value)
			x.look()
			if got := x.page; got != c.want {
				t.Errorf("isPage = %v, want %v", got, c.want)
			}
		})
	}
}

// TestCodedAnswers: what cannot be read may be a page, so it does not show that a record was
// stored.
func TestCodedAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		coding, body string
		want         bool
	}{
		{"br", "coded", true},
		{"zstd", "coded", true},
		{"identity, BR", "coded", true},
		{"gzip, br", "coded", true},
		{"br", "", false},
		{"", "OK", false},
		{"identity", "OK", false},
		{"utf-8", "OK", false},
		{"none", "OK", false},
		{"gzip", gzipped("OK"), false},
	} {
		for r, want := range map[*request]bool{{}: false, {body: []byte("{}")}: c.want} {
			x := answered(*r, "", c.body)
			x.resp.Header.Set("Content-Encoding", c.coding)
			x.look()
			if x.page != want {
				t.Errorf("Content-Encoding %q with %q: isPage = %v, want %v (record: %v)", c.coding, c.body, x.page, want, r.body != nil)
			}
		}
	}
}

// TestPagesAsPackages: a page is a package only if it was asked for by its name, and found under
// it.
func TestPagesAsPackages(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		asked, answered, contentType, body string
		want                               bool
	}{
		{"/a/report.html", "/a/report.html", "text/html", "<html>", false},
		{"/a/report.HTM", "/blob/Report.htm", "text/html", "<html>", false},
		{"/a/report.html", "/login", "text/html", "<html>", true},
		{"/a/report.html", "/login.html", "text/html", "<html>", true},
		{"/a/tool.zip", "/login.html", "text/html", "<html>", true},
		{"/a/tool.zip", "/a/tool.zip", "", "<html>", true},
		{"/a/tool.zip", "/a/tool.zip", "application/octet-stream", "<script>", true},
		{"/a/tool.zip", "/a/tool.zip", "", gzipped("<html>"), false},
		{"/a/README.md", "/a/README.md", "", "<p align=center>", false},
		{"/a/README.md", "/a/README.md", "", "<html>", true},
		{"/a/README.md", "/a/README.md", "text/html", "<p>", true},
		{"/a/tool.pom", "/a/tool.pom", "", "<!-- licence --><project>", false},
		{"/a/blank.txt", "/a/blank.txt", "", strings.Repeat("\n", sniffLimit+1), false},
	} {
		r := request{file: true, url: &url.URL{Path: c.answered}, page: pageName(&url.URL{Path: c.asked})}
		x := answered(r, c.contentType, c.body)
		x.look()
		if got := x.page; got != c.want {
			t.Errorf("%s answered by %s as %q with %.20q: page = %v, want %v", c.asked, c.answered, c.contentType, c.body, got, c.want)
		}
	}
}

// FuzzBeginning: what is data stays data however much follows, and a page behind spaces, a mark or
// a comment is still a page.
func FuzzBeginning(f *testing.F) {
	for _, seed := range []string{"", "<", "<!", "<!-", "<!doctype", "<?xml?><html>", "<a", "{}", "\xff\xfe<\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got := beginning(text, false)
		if more := beginning(append(bytes.Clone(text), "x>"...), false); got == beginsPage && more != beginsPage {
			t.Errorf("%q is a page, and is %d once more has come", text, more)
		}
		if whole := beginning(text, true); whole == beginsUnclear {
			t.Errorf("%q stays unclear at its end", text)
		}
		if behind := beginning(append([]byte("\n<!-- x -->"), text...), false); got == beginsPage && !bytes.ContainsRune(text, 0) && text[0] == '<' && behind != beginsPage {
			t.Errorf("%q is a page, and behind a comment it is %d", text, behind)
		}
	})
}
