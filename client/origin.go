package client

import (
	"net/url"
	"strings"
)

// origin is scheme, host and port: the boundary that credentials, deployment
// headers and referrers never cross (RFC 6454 section 4).
type origin struct{ scheme, host, port string }

func originOf(u *url.URL) origin {
	scheme := strings.ToLower(u.Scheme)
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[scheme]
	}
	return origin{scheme, strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), port}
}

// upgradeOf reports whether o is the https twin of an http origin p.
func (o origin) upgradeOf(p origin) bool {
	return p.scheme == "http" && o.scheme == "https" && o.host == p.host
}
