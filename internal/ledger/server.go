package ledger

import (
	"errors"
	"net"
	"net/url"
	"strings"
)

// Server is the normal form of a ProGet server's address in a ledger: scheme, host, port unless it
// is the scheme's own, and base path, without user, query and trailing slash
// ("https://proget.corp.local/base").
func Server(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		// The address may hold a password, so it is not quoted.
		return "", errors.New("the server's address is not an http or https URL")
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
	return base.String(), nil
}
