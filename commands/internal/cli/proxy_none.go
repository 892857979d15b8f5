package cli

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/progetctl/progetctl/client"
)

// noProxy writes NO_PROXY as httpproxy reads it: entries apart by commas only,
// addresses without brackets unless a port follows, names without a final dot.
// An entry in another form would match nothing, in silence.
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

// asciiPattern writes a name in the form in which it is dialed, with the dot or
// the *. before it. httpproxy would lower its letters before that, and so make
// the i of another host's U+0130.
func asciiPattern(name string) string {
	bare := strings.TrimLeft(name, "*.")
	before := name[:len(name)-len(bare)]
	return before + client.DialedHost(bare)
}

// forNoProxy is an address as it is looked up in NO_PROXY: the name as it is
// dialed, without a final dot.
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
