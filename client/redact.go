package client

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/url"
	"slices"
	"strings"
)

// shownParameters are the query parameters whose values may be shown: the ones
// that name packages and feeds. All others are redacted, because a proxy or a
// storage service may put a signature anywhere.
var shownParameters = map[string]bool{
	"fromfeed": true, "tofeed": true, "group": true, "groupname": true, "package": true, "packagename": true,
	"name": true, "version": true, "qualifier": true, "purl": true, "id": true, "latest": true, "count": true,
	"contentonly": true, "includefilelist": true, "stableonly": true, "recursive": true, "path": true,
	"format": true, "$format": true, "$filter": true, "$top": true, "$skip": true, "$orderby": true, "semverlevel": true,
}

// shortestScrubbed is the length below which a secret is not searched for in
// a server's words: replacing every "a" would destroy the message.
const shortestScrubbed = 4

// scrubber removes the client's secrets, in each form in which they travel,
// from text that came from outside.
type scrubber struct {
	home     origin
	replacer *strings.Replacer
}

func newScrubber(home origin, secrets ...string) scrubber {
	var forms []string
	for _, s := range secrets {
		if len(s) >= shortestScrubbed {
			forms = append(forms, secretForms(s)...)
		}
	}
	// The longest first: one form may be the beginning of another.
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, form := range forms {
		pairs = append(pairs, form, redacted)
	}
	return scrubber{home, strings.NewReplacer(pairs...)}
}

// secretForms are the forms in which s travels, and in which a server that
// gives back what it got may write it into a URL, a page or a JSON text.
func secretForms(s string) []string {
	query, path := url.QueryEscape(s), url.PathEscape(s)
	quoted, _ := json.Marshal(s)
	var plain strings.Builder
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s)
	return []string{
		s, query, path, lowerHex(query), lowerHex(path), base64.StdEncoding.EncodeToString([]byte(s)), html.EscapeString(s),
		strings.Trim(string(quoted), `"`), strings.Trim(strings.TrimSpace(plain.String()), `"`),
	}
}

// lowerHex writes percent escapes as .NET's UrlEncode does: %2b, not %2B.
func lowerHex(escaped string) string {
	b := []byte(escaped)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i:], bytes.ToLower(b[i:i+3]))
		}
	}
	return string(b)
}

// text returns s without secrets.
func (r scrubber) text(s string) string { return r.replacer.Replace(s) }

// words returns what the server at u says, without secrets: storage that
// refuses a signed address likes to repeat the signature.
func (r scrubber) words(u *url.URL, said string) string {
	said = r.text(said)
	if originOf(u) == r.home {
		return said
	}
	var values []string
	for _, given := range u.Query() {
		values = append(values, given...)
	}
	return newScrubber(r.home, values...).text(said)
}

// url returns u as it may be shown: without user information, with unknown
// query values of the client's own origin redacted, and without anything of
// another origin's query.
func (r scrubber) url(u *url.URL) string {
	c := *u
	c.User, c.Fragment, c.RawFragment = nil, "", ""
	switch {
	case c.RawQuery == "":
	case originOf(u) != r.home:
		c.RawQuery = redacted
	default:
		c.RawQuery = redactQuery(c.RawQuery)
	}
	return r.text(c.String())
}

func redactQuery(raw string) string {
	parts := strings.Split(raw, "&")
	for i, part := range parts {
		name, _, found := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(name)
		if found && (err != nil || !shownParameters[strings.ToLower(plain)]) {
			parts[i] = name + "=" + redacted
		}
	}
	return strings.Join(parts, "&")
}
