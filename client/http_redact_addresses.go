package client

import (
	"net/url"
	"strings"
)

// hideQueries removes from a text what may be secret in the addresses of other origins that are in
// it: user names and passwords, query strings, fragments.
func (r scrubber) hideQueries(text string) string {
	if !strings.Contains(text, "/") && !strings.Contains(strings.ToLower(text), "%2f") {
		return text
	}
	var out strings.Builder
	for text != "" {
		begin := strings.IndexFunc(text, func(c rune) bool { return !endsAddress(c) })
		if begin < 0 {
			break
		}
		out.WriteString(text[:begin])
		text = text[begin:]
		end := strings.IndexFunc(text, endsAddress)
		if end < 0 {
			end = len(text)
		}
		out.WriteString(r.hideQuery(text[:end]))
		text = text[end:]
	}
	return out.String() + text
}

// endsAddress recognizes what no address contains, and what surrounds one.
func endsAddress(c rune) bool { return c <= ' ' || c == '"' || c == '<' || c == '>' || c == '`' }

// hideQuery is hideQueries for a text without spaces. What comes before the address is kept, as the
// url= of a Refresh header is.
func (r scrubber) hideQuery(word string) string {
	// Slashes are escaped in JSON, and all of it if an address is part of another.
	plain := strings.ReplaceAll(word, `\/`, "/")
	slashes := strings.Index(plain, "://")
	if slashes < 0 {
		if strings.Contains(plain, "//") {
			return cutBehind(word)
		}
		if at := strings.Index(lowerASCII(word), "%3a%2f%2f"); at >= 0 {
			return word[:at] + cutBehind(word[at:])
		}
		return word
	}
	scheme := slashes
	for scheme > 0 && isAlphanumeric(rune(plain[scheme-1])) {
		scheme--
	}
	before, address := plain[:scheme], plain[scheme:]
	authority := address[slashes-scheme+len("://"):]
	host, behind := authority, ""
	if i := strings.IndexAny(authority, "/?#"); i >= 0 {
		host, behind = authority[:i], authority[i:]
	}
	if at := strings.LastIndex(host, "@"); at >= 0 {
		host = redacted + host[at:]
	}
	u, err := url.Parse(address[:slashes-scheme] + "://" + host[strings.LastIndex(host, "@")+1:])
	switch {
	case err != nil && scheme < slashes: // a password with a slash, perhaps
		host, behind = redacted, ""
	case err == nil && originOf(u) == r.home:
		behind = r.hideQuery(behind)
	default:
		behind = cutBehind(behind)
	}
	shown := address[:slashes-scheme] + "://" + host + behind
	if before+shown == plain {
		return word
	}
	return before + shown
}

// cutBehind redacts what comes after the first mark that begins a query string or a fragment. It
// may be escaped, as that of an address in the path of another is.
func cutBehind(s string) string {
	lower, end := lowerASCII(s), len(s)
	for _, mark := range []string{"?", "#", "%3f", "%23"} {
		if at := strings.Index(lower[:end], mark); at >= 0 {
			end, s = at, s[:at+len(mark)]+redacted
		}
	}
	return s
}
