package client

import (
	"net"
	"net/url"
	"strings"

	"golang.org/x/net/idna"
)

// origin is scheme, host and port: the boundary that credentials, deployment headers, the client's
// certificate and referrers never cross (RFC 6454 section 4). Everything that asks whether an
// address is ours compares origins.
type origin struct{ scheme, host, port string }

func originOf(u *url.URL) origin {
	scheme := lowerASCII(u.Scheme)
	port := u.Port()
	if port == "" {
		port = defaultPort(scheme)
	}
	return origin{scheme, DialedHost(u.Hostname()), port}
}

func sameOrigin(a, b *url.URL) bool { return originOf(a) == originOf(b) }

// upgradeOf reports whether o is the https twin of an http origin p.
func (o origin) upgradeOf(p origin) bool {
	return p.scheme == "http" && o.scheme == "https" && o.host == p.host
}

func defaultPort(scheme string) string {
	switch scheme {
	case "http":
		return "80"
	case "https":
		return "443"
	}
	return ""
}

// DialedHost is host as net/http dials it: its IDNA ASCII form. Letters outside of ASCII are left
// to IDNA, because strings.ToLower makes the i of another host's İ (U+0130). The final dot stays,
// because "host." is not looked up as "host" is. A host that has no ASCII form is returned as it
// is, and so is never that of a [Client]: see parseBase.
func DialedHost(host string) string {
	// The zone of an IPv6 address is a name in which case counts.
	address, zone, zoned := strings.Cut(host, "%")
	if zoned {
		return lowerASCII(address) + "%" + zone
	}
	if isASCII(host) {
		return lowerASCII(host)
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return host
	}
	return lowerASCII(ascii)
}

// dialable returns u with its host in the form that is dialed, so that no later reading of the same
// name can lead elsewhere; false if it has no such form.
func dialable(u *url.URL) (*url.URL, bool) {
	if isASCII(u.Host) {
		return u, true
	}
	host := DialedHost(u.Hostname())
	if host == "" || !isASCII(host) {
		return u, false
	}
	if port := u.Port(); port != "" {
		host = net.JoinHostPort(host, port)
	}
	moved := *u
	moved.Host = host
	return &moved, true
}

// nameOf is how messages and ledgers name the server at base: scheme and host in lower case, no
// default port, no slash at the end. A name that was given in its own script keeps it, if that is
// the script of the host that is dialed.
func nameOf(base *url.URL) string {
	u := *base
	home := originOf(base)
	host := strings.ToLower(u.Hostname())
	if script, err := idna.Lookup.ToUnicode(home.host); err != nil || script != host {
		host = home.host
	}
	u.Scheme, u.Host = home.scheme, host
	switch {
	case home.port != defaultPort(home.scheme):
		u.Host = net.JoinHostPort(host, home.port)
	case strings.Contains(host, ":"):
		u.Host = "[" + host + "]"
	}
	return strings.TrimSuffix(u.String(), "/")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// lowerASCII is s with A to Z in lower case and everything else as it is, also its length.
func lowerASCII(s string) string {
	var lower []byte
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'Z' {
			if lower == nil {
				lower = []byte(s)
			}
			lower[i] = c + 'a' - 'A'
		}
	}
	if lower == nil {
		return s
	}
	return string(lower)
}
