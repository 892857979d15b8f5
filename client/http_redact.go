package client

import (
	"net/url"
	"strings"
)

// shownParameters are the query parameters whose values may be shown: the ones that name packages
// and feeds. All others are redacted, because a proxy or a storage service may put a signature
// anywhere.
var shownParameters = map[string]bool{
	"fromfeed": true, "tofeed": true, "group": true, "groupname": true, "package": true, "packagename": true,
	"name": true, "version": true, "qualifier": true, "purl": true, "id": true, "latest": true, "count": true,
	"contentonly": true, "includefilelist": true, "stableonly": true, "recursive": true, "path": true,
	"format": true, "$format": true, "$filter": true, "$top": true, "$skip": true, "$orderby": true, "semverlevel": true,
}

// scrubber removes from text that came from outside the client's secrets, and the query strings of
// addresses that are not the client's own.
type scrubber struct {
	home    origin
	secrets *Redactor
}

// text returns s without secrets, and without the query strings of other origins.
func (r scrubber) text(s string) string { return r.hideQueries(r.secrets.Text(s)) }

// words returns what the server at u says, without secrets: storage that refuses a signed address
// likes to repeat the signature. cut says that there was more of it, so that it may end in the
// middle of a secret.
func (r scrubber) words(u *url.URL, said string, cut bool) string {
	said = r.secrets.redact(said, cut)
	if originOf(u) != r.home {
		var signed Redactor
		for _, value := range queryValues(u.RawQuery) {
			signed.Add(NewSecret(value))
		}
		said = signed.redact(said, cut)
	}
	return r.hideQueries(said)
}

// queryValues are the values in a query string, in each way to read it: some addresses are signed
// by a word without a name, or have semicolons in between.
func queryValues(raw string) []string {
	var all []string
	for _, separators := range []string{"&", "&;"} {
		for part := range strings.FieldsFuncSeq(raw, func(r rune) bool { return strings.ContainsRune(separators, r) }) {
			name, value, named := strings.Cut(part, "=")
			if !named {
				value = name
			}
			if plain, err := url.QueryUnescape(value); err == nil {
				value = plain
			}
			all = append(all, value)
		}
	}
	return all
}

// url returns u as it may be shown: without user information, with unknown query values of the
// client's own origin redacted, and without anything of another origin's query.
func (r scrubber) url(u *url.URL) string {
	c := *u
	c.User, c.Fragment, c.RawFragment = nil, "", ""
	c.RawQuery = r.query(u, c.RawQuery)
	return r.secrets.Text(c.String())
}

// query returns the query string of an address of u's origin as it may be shown.
func (r scrubber) query(u *url.URL, raw string) string {
	switch {
	case raw == "":
		return ""
	case originOf(u) != r.home:
		return redacted
	}
	return redactQuery(raw)
}

func redactQuery(raw string) string {
	parts := strings.Split(raw, "&")
	for i, part := range parts {
		name, value, found := strings.Cut(part, "=")
		plain, err := url.QueryUnescape(name)
		address := strings.Contains(value, "?") || strings.Contains(strings.ToLower(value), "%3f")
		if found && (err != nil || address || !shownParameters[strings.ToLower(plain)]) {
			parts[i] = name + "=" + redacted
		}
	}
	return strings.Join(parts, "&")
}
