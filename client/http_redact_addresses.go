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
			return cutBehind(word, strings.Index(word, "?"), strings.Index(word, "#"))
		}
		if lower := lowerASCII(word); strings.Contains(lower, "%3a%2f%2f") {
			return cutBehind(word, strings.Index(lower, "%3f"), strings.Index(lower, "%23"))
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
		behind = cutBehind(behind, strings.Index(behind, "?"), strings.Index(behind, "#"))
	}
	shown := address[:slashes-scheme] + "://" + host + behind
	if before+shown == plain {
		return word
	}
	return before + shown
}

// cutBehind redacts what comes after the first of two places, of which either may be -1.
func cutBehind(s string, one, other int) string {
	if one < 0 || other >= 0 && other < one {
		one = other
	}
	if one < 0 {
		return s
	}
	mark := 1
	if s[one] == '%' {
		mark = len("%3f")
	}
	return s[:one+mark] + redacted
}
