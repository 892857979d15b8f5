package ledger

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// errNoServer does not quote the address, which may hold a password.
var errNoServer = errors.New("the server's address is not an http or https URL")

// Server is the normal form of a ProGet server's address in a ledger: scheme, host, port unless it
// is the scheme's own, and base path, without user, query and trailing slash
// ("https://proget.corp.local/base").
func Server(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", errNoServer
	}
	scheme, port := u.Scheme, u.Port() // the parser has put the scheme in lower case
	if scheme == "https" && port == "443" || scheme == "http" && port == "80" {
		port = ""
	}
	// Letters outside of ASCII stay: strings.ToLower makes the i of another host's U+0130.
	host := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, u.Hostname())
	switch {
	case port != "":
		host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"): // IPv6
		host = "[" + host + "]"
	}
	base := url.URL{Scheme: scheme, Host: host, Path: strings.TrimRight(u.Path, "/")}
	base.RawPath = strings.TrimRight(u.RawPath, "/")
	normal := base.String()
	// The zone of an IPv6 address can hold bytes that cannot be written in a URL.
	if _, err := url.Parse(normal); err != nil {
		return "", errNoServer
	}
	return normal, nil
}
