package cli

import (
	"errors"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/http/httpproxy"

	"github.com/progetctl/progetctl/client"
)

// proxyFinder reads the variables that curl and Go's own client read. The function that it returns
// answers with an error if a variable is to be used and cannot be: httpproxy passes over such a
// one in silence, and the request would go where it was not to go, around the proxy.
func proxyFinder(http, https, none Text) func(*url.URL) (*url.URL, error) {
	plain, secure := readProxy(http), readProxy(https)
	if plain.sample() == "" && secure.sample() == "" {
		return func(*url.URL) (*url.URL, error) { return nil, nil }
	}
	config := httpproxy.Config{
		HTTPProxy: plain.sample(), HTTPSProxy: secure.sample(), NoProxy: noProxy(none.Value),
	}
	find := config.ProxyFunc()
	return func(to *url.URL) (*url.URL, error) {
		found, err := find(forNoProxy(to))
		if found == nil || err != nil {
			return nil, err
		}
		if to.Scheme == "https" {
			return secure.url, secure.problem
		}
		return plain.url, plain.problem
	}
}

// proxySetting is a proxy's address, or why there is none in what was set.
type proxySetting struct {
	url     *url.URL
	problem error
}

// sample is an address for httpproxy, which decides whether this one is used: httpproxy reads a
// password that holds a slash as the name of a host.
func (p proxySetting) sample() string {
	if p.url == nil && p.problem == nil {
		return ""
	}
	return "http://proxy.invalid"
}

// readProxy reads a proxy's address. The problem does not repeat the text, because there may be a
// password in it.
func readProxy(s Text) proxySetting {
	if !s.Given() {
		return proxySetting{}
	}
	if placeholder(s.Value) {
		return proxySetting{problem: errors.New(s.From + " is an unexpanded variable")}
	}
	u, ok := parseProxy(client.TrimPasted(s.Value))
	if !ok {
		return proxySetting{problem: errors.New(s.From + " is not the URL of a proxy such as http://proxy.corp.local:3128")}
	}
	return proxySetting{url: u}
}

// parseProxy reads SCHEME://USER:PASSWORD@HOST:PORT, of which only HOST has to be there. The
// account ends at the last @, because people paste passwords that hold @, # and / as they are:
// url.Parse would take the beginning of such a password for the port, and the user's name for the
// host.
func parseProxy(text string) (*url.URL, bool) {
	scheme, rest := "http", text
	if before, after, found := strings.Cut(text, "://"); found && !strings.ContainsAny(before, ":@") {
		scheme, rest = strings.ToLower(before), after
	}
	switch scheme {
	case "http", "https", "socks5", "socks5h":
	default:
		return nil, false
	}
	at := strings.LastIndex(rest, "@")
	host := strings.TrimSuffix(rest[at+1:], "/")
	if !isProxyHost(host, at < 0) {
		return nil, false
	}
	u, err := url.Parse(scheme + "://" + host)
	if err != nil || u.Hostname() == "" {
		return nil, false
	}
	u.Path, u.RawPath = "", ""
	if at > 0 {
		u.User = readAccount(rest[:at])
	}
	return u, true
}

// isProxyHost reports whether host, with its port, holds only what the name or the address of a
// host can hold: the rest is more likely part of a password, which must not be looked up. Without
// an account there may be a path.
func isProxyHost(host string, path bool) bool {
	if path {
		host, _, _ = strings.Cut(host, "/")
	}
	for _, r := range host {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("-._[]:", r), r >= 0x80:
		default:
			return false
		}
	}
	port := host[strings.LastIndex(host, ":")+1:]
	return len(port) <= len("65535") || port == host || strings.HasSuffix(port, "]")
}

// readAccount reads USER:PASSWORD. Each is unescaped if it is escaped properly; a percent sign that
// begins no escape stands for itself.
func readAccount(account string) *url.Userinfo {
	plain := func(s string) string {
		if unescaped, err := url.PathUnescape(s); err == nil {
			return unescaped
		}
		return s
	}
	user, password, given := strings.Cut(account, ":")
	if !given {
		return url.User(plain(user))
	}
	return url.UserPassword(plain(user), plain(password))
}

// noProxy writes NO_PROXY as httpproxy reads it: entries apart by commas only, addresses without
// brackets unless a port follows, names without a final dot. An entry in another form would match
// nothing, in silence.
func noProxy(text string) string {
	entries := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) })
	for i, entry := range entries {
		entries[i] = noProxyEntry(client.TrimPasted(entry))
	}
	return strings.Join(entries, ",")
}

func noProxyEntry(entry string) string {
	if _, behind, found := strings.Cut(entry, "://"); found {
		entry = strings.TrimRight(behind, "/")
	}
	if inside, found := strings.CutPrefix(entry, "["); found {
		address, behind, _ := strings.Cut(inside, "]")
		address, _, _ = strings.Cut(address, "%") // the zone, which httpproxy does not compare
		if port := strings.TrimPrefix(behind, ":"); port != "" && port != behind {
			return "[" + address + "]:" + port
		}
		return address + strings.TrimSuffix(behind, ":")
	}
	if strings.Count(entry, ":") > 1 {
		return entry // an IPv6 address
	}
	name, port, found := strings.Cut(entry, ":")
	name = asciiPattern(strings.TrimSuffix(name, "."))
	if name == "" || !found {
		return name
	}
	return name + ":" + port
}

// asciiPattern writes a name in the form in which it is dialed, with the dot or the *. before it.
// httpproxy would lower its letters before that, and so make the i of another host's U+0130.
func asciiPattern(name string) string {
	bare := strings.TrimLeft(name, "*.")
	before := name[:len(name)-len(bare)]
	return before + client.DialedHost(bare)
}

// forNoProxy is an address as it is looked up in NO_PROXY: the name as it is dialed, without a
// final dot.
func forNoProxy(to *url.URL) *url.URL {
	plain := *to
	plain.Host = strings.TrimSuffix(client.DialedHost(to.Hostname()), ".")
	if strings.Contains(plain.Host, ":") {
		plain.Host = "[" + plain.Host + "]"
	}
	if port := to.Port(); port != "" {
		plain.Host += ":" + port
	}
	return &plain
}
