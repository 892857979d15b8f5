package client

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
)

// tracer writes the line and the headers of each request and response, nearest to the wire, so that
// it shows what is really sent: credentials redacted, no body. One write for each message keeps
// parallel requests apart.
type tracer struct {
	next  http.RoundTripper
	w     io.Writer
	scrub scrubber
}

var _ http.RoundTripper = (*tracer)(nil)

// messageWriter lets one message after the other through. It is shared by the tracers of a client,
// which has one for each kind of connection.
type messageWriter struct {
	mu sync.Mutex
	w  io.Writer
}

// Write writes one message.
func (m *messageWriter) Write(message []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.w.Write(message)
}

func newTracer(next http.RoundTripper, w io.Writer, scrub scrubber) *tracer {
	return &tracer{next: next, w: w, scrub: scrub}
}

// RoundTrip traces req, sends it and traces the answer.
func (t *tracer) RoundTrip(req *http.Request) (*http.Response, error) {
	t.write("> ", fmt.Sprintf("%s %s HTTP/1.1", req.Method, t.scrub.url(req.URL)), req.URL, req.Header)
	resp, err := t.next.RoundTrip(req)
	if err != nil {
		t.write("< ", "no answer: "+t.scrub.words(req.URL, networkWords(err, time.Now()), false), req.URL, nil)
		return nil, err
	}
	t.write("< ", resp.Proto+" "+t.scrub.words(req.URL, resp.Status, false), req.URL, resp.Header)
	return resp, nil
}

// traceLimit is 32 KiB, what a trace shows of one message. net/http takes 1 MiB of headers, and to
// look for secrets in all of it would take seconds.
const traceLimit = 32 << 10

func (t *tracer) write(prefix, line string, asked *url.URL, headers http.Header) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s%s\n", prefix, visible(line))
	t.writeHeaders(&b, prefix, asked, headers)
	// A trace that cannot be written must not fail the request it describes.
	_, _ = t.w.Write(b.Bytes())
}

func (t *tracer) writeHeaders(b *bytes.Buffer, prefix string, asked *url.URL, headers http.Header) {
	begun := 0
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		for _, value := range headers[name] {
			// What is shown may be much shorter, after it took just as long.
			if begun += len(name) + min(len(value), textLimit); begun > traceLimit {
				fmt.Fprintf(b, "%s%s\n", prefix, ellipsis)
				return
			}
			fmt.Fprintf(b, "%s%s: %s\n", prefix, visible(t.scrub.secrets.Text(name)), visible(t.header(asked, name, value)))
		}
	}
}

// visible escapes what a terminal would interpret instead of show: a trace is read as it comes, and
// half of it is a server's.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// header returns a header's value as it may be shown, in a message to or from the server at asked.
func (t *tracer) header(asked *url.URL, name, value string) string {
	if len(value) > textLimit {
		value = strings.ToValidUTF8(value[:textLimit], "") + ellipsis
	}
	switch name = strings.ToLower(name); {
	case isSecretHeader(name):
		return redacted
	case name == "location", name == "content-location", name == "referer", name == "x-terraform-get":
		return t.address(asked, value)
	case name == "refresh":
		if at := strings.Index(lowerASCII(value), "url="); at >= 0 {
			at += len("url=")
			return t.scrub.words(asked, value[:at], false) + t.address(asked, strings.Trim(value[at:], `"' `))
		}
	case name == "link":
		return t.links(asked, value)
	case strings.HasSuffix(name, "-authenticate"):
		return t.challenge(asked, value)
	}
	return t.scrub.words(asked, value, false)
}

// isSecretHeader recognizes the headers that hold credentials, ours and those of other products.
func isSecretHeader(name string) bool {
	for _, word := range []string{
		"authorization", "authentication-info", "cookie", "token", "secret", "password", "credential", "signature", "session", "apikey", "api-key",
	} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// address returns an address in a header, absolute or relative to the one that was asked, as it may
// be shown.
func (t *tracer) address(asked *url.URL, value string) string {
	u, err := url.Parse(value)
	if err != nil || strings.HasSuffix(value, ellipsis) { // which an address would escape
		return redacted
	}
	whole := asked.ResolveReference(u)
	if u.IsAbs() {
		return t.scrub.url(whole)
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	u.RawQuery = t.scrub.query(whole, u.RawQuery)
	return t.scrub.secrets.Text(u.String())
}

// challenge returns a challenge as it may be shown. A realm may be an address.
func (t *tracer) challenge(asked *url.URL, value string) string {
	parts := strings.Split(value, `"`)
	for i, part := range parts {
		if i%2 == 1 && strings.Contains(part, "?") {
			parts[i] = t.address(asked, part)
		}
	}
	return t.scrub.words(asked, strings.Join(parts, `"`), false)
}

// links returns the addresses and parameters of a Link header as they may be shown (RFC 8288
// section 3).
func (t *tracer) links(asked *url.URL, value string) string {
	var b strings.Builder
	for value != "" {
		before, behind, found := strings.Cut(value, "<")
		b.WriteString(t.scrub.words(asked, before, false))
		if !found {
			break
		}
		link, rest, _ := strings.Cut(behind, ">")
		b.WriteString("<" + t.address(asked, link) + ">")
		value = rest
	}
	return b.String()
}
