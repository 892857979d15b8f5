package ledger

import (
	"fmt"
	"net"
	"net/url"
	"strings"
)

// Server is the one way in which a ProGet server's address is written here: scheme, host, port unless it is the
// scheme's own, and base path, without user, query and trailing slash ("https://proget.corp.local/base").
func Server(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		// The address itself may hold a password, so it is not quoted.
		return "", fmt.Errorf("the server's address is not a URL")
	}
	scheme, port := strings.ToLower(u.Scheme), u.Port()
	if scheme == "https" && port == "443" || scheme == "http" && port == "80" {
		port = ""
	}
	host := strings.ToLower(u.Hostname())
	switch {
	case port != "":
		host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"): // IPv6
		host = "[" + host + "]"
	}
	return scheme + "://" + host + strings.TrimRight(u.EscapedPath(), "/"), nil
}
