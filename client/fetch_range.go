package client

import (
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// continues reports whether a partial answer has what comes next of the content, of the same
// version as before, and up to which size in all. If nobody says how much there is in all, the end
// of an answer is not known to be that of the content.
func (t *transfer) continues(h http.Header) (total int64, ok bool) {
	start, total, ok := contentRange(h.Values("Content-Range"))
	if !ok || start != t.offset || t.offset == 0 || severalParts(h) || otherVersion(h, t.began) {
		return 0, false
	}
	if total < 0 {
		total = t.size
	}
	return total, total >= 0 && (t.size < 0 || total == t.size)
}

// severalParts recognizes an answer of several ranges, each of which has a header of its own (RFC
// 9110 section 14.6).
func severalParts(h http.Header) bool {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	return kind == "multipart/byteranges"
}

// dateGap is how long after its last change a document must be answered for the date to distinguish
// versions: a change within the same second has the same.
const dateGap = time.Minute

// validator returns what can be in If-Range: the ETag, unless it is a weak one, or if there is none
// the date of the last change (RFC 9110 section 13.1.5). ProGet's asset endpoint sends its tags
// without quotes; they go back as they came, but for the asterisk, which means any version.
func validator(h http.Header) string {
	if etag := h.Get("ETag"); etag != "" {
		if strings.HasPrefix(etag, "W/") || etag == "*" || len(h.Values("ETag")) > 1 {
			return ""
		}
		return etag
	}
	modified := h.Get("Last-Modified")
	changed, err := http.ParseTime(modified)
	// Both by the server's clock.
	answered, dateErr := http.ParseTime(h.Get("Date"))
	if err != nil || dateErr != nil || answered.Sub(changed) < dateGap {
		return ""
	}
	return modified
}

// otherVersion reports whether an answer is of another version than the one with the headers
// before: by the tags if both have one, else by the dates. One that says nothing is assumed to meet
// the condition of the request.
func otherVersion(h, before http.Header) bool {
	for _, name := range []string{"ETag", "Last-Modified"} {
		if h.Get(name) != "" && before.Get(name) != "" {
			return !slices.Equal(h.Values(name), before.Values(name))
		}
	}
	return false
}

// contentRange reads "bytes START-END/TOTAL"; total is -1 if it is "*". Two of them contradict each
// other.
func contentRange(headers []string) (start, total int64, ok bool) {
	if len(headers) != 1 {
		return 0, 0, false
	}
	spec, found := strings.CutPrefix(headers[0], "bytes ")
	if !found {
		return 0, 0, false
	}
	span, all, found := strings.Cut(spec, "/")
	first, _, dashed := strings.Cut(span, "-")
	if !found || !dashed {
		return 0, 0, false
	}
	start, err := strconv.ParseInt(first, 10, 64)
	if err != nil || start < 0 {
		return 0, 0, false
	}
	if all == "*" {
		return start, -1, true
	}
	total, err = strconv.ParseInt(all, 10, 64)
	return start, total, err == nil && total >= start
}
