package cli

import (
	"net/url"
	"strings"
	"testing"
)

// unusable is what typing errors make of a proxy's address.
const unusable = "http://jsmith:canary@pro%zzxy:3128"

// finderOf is the proxy that variables name.
func finderOf(t *testing.T, environ []string) func(*url.URL) (*url.URL, error) {
	c := connectionOf(t, environ)
	return proxyFinder(c.variable(c.globals.httpProxy), c.variable(c.globals.httpsProxy), c.variable(c.globals.noProxy))
}

func parsedURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestProxy: what httpproxy would pass over in silence is an error, but only for an address that it
// blocks.
func TestProxy(t *testing.T) {
	t.Parallel()
	const notURL = " is not the URL of a proxy such as http://proxy.corp.local:3128"
	tests := []struct {
		environ     []string
		url         string
		host, error string
	}{
		{nil, "https://proget.corp.local", "", ""},
		{[]string{"HTTPS_PROXY=proxy:3128"}, "https://proget.corp.local", "proxy:3128", ""},
		{[]string{"HTTPS_PROXY=http://u:p@proxy"}, "https://proget.corp.local", "proxy", ""},
		{[]string{"HTTPS_PROXY=u:p@proxy:1"}, "https://proget.corp.local", "proxy:1", ""},
		{[]string{"HTTPS_PROXY=socks5://[::1]:1080"}, "https://proget.corp.local", "[::1]:1080", ""},
		{[]string{"http_proxy=https://proxy"}, "http://proget.corp.local", "proxy", ""},
		{[]string{"HTTP_PROXY=first", "http_proxy=second"}, "http://proget.corp.local", "first", ""},

		{[]string{"HTTPS_PROXY=" + unusable}, "https://proget.corp.local", "", "HTTPS_PROXY" + notURL},
		{[]string{"https_proxy=" + unusable}, "https://proget.corp.local:8443/base", "", "https_proxy" + notURL},
		{[]string{"HTTP_PROXY=" + unusable}, "http://proget.corp.local", "", "HTTP_PROXY" + notURL},
		{[]string{"HTTP_PROXY=" + unusable, "http_proxy=second"}, "http://proget.corp.local", "", "HTTP_PROXY" + notURL},
		{[]string{"HTTPS_PROXY=http://"}, "https://proget.corp.local", "", "HTTPS_PROXY" + notURL},
		{[]string{"HTTPS_PROXY=:3128"}, "https://proget.corp.local", "", "HTTPS_PROXY" + notURL},
		{[]string{"HTTPS_PROXY= "}, "https://proget.corp.local", "", "HTTPS_PROXY" + notURL},
		{[]string{"HTTPS_PROXY=proxy:port"}, "https://proget.corp.local", "", "HTTPS_PROXY" + notURL},
		{[]string{"HTTPS_PROXY=http://proxy:3128?x"}, "https://proget.corp.local", "", "HTTPS_PROXY" + notURL},
		{[]string{"HTTPS_PROXY=http://u:12#34"}, "https://proget.corp.local", "", "HTTPS_PROXY" + notURL},
		{[]string{"HTTPS_PROXY=http://u:12345678"}, "https://proget.corp.local", "", "HTTPS_PROXY" + notURL},
		{[]string{"HTTPS_PROXY=http://u:p@ss/word"}, "https://proget.corp.local", "", "HTTPS_PROXY" + notURL},
		{[]string{"HTTPS_PROXY=http://u:p@ss$word"}, "https://proget.corp.local", "", "HTTPS_PROXY" + notURL},
		{[]string{"HTTPS_PROXY=http://u:p@"}, "https://proget.corp.local", "", "HTTPS_PROXY" + notURL},
		{[]string{"HTTPS_PROXY=http://pro xy"}, "https://proget.corp.local", "", "HTTPS_PROXY" + notURL},
		{[]string{"HTTPS_PROXY=\ufeff proxy:3128\u00a0"}, "https://proget.corp.local", "proxy:3128", ""},
		{[]string{"HTTPS_PROXY=http://proxy:3128/"}, "https://proget.corp.local", "proxy:3128", ""},
		{[]string{"HTTPS_PROXY=HTTP://proxy:3128/pac"}, "https://proget.corp.local", "proxy:3128", ""},
		{[]string{"HTTPS_PROXY=htp://proxy:3128"}, "https://proget.corp.local", "", "HTTPS_PROXY" + notURL},
		{[]string{"HTTPS_PROXY=${CORP_PROXY}"}, "https://proget.corp.local", "", "HTTPS_PROXY is an unexpanded variable"},
		{[]string{"HTTPS_PROXY=$(CorpProxy)"}, "https://proget.corp.local", "", "HTTPS_PROXY is an unexpanded variable"},

		{[]string{"HTTP_PROXY=" + unusable}, "https://proget.corp.local", "", ""},
		{[]string{"HTTP_PROXY=" + unusable, "HTTPS_PROXY=proxy"}, "https://proget.corp.local", "proxy", ""},
		{[]string{"HTTPS_PROXY=" + unusable, "NO_PROXY=.corp.local"}, "https://proget.corp.local", "", ""},
		{[]string{"HTTPS_PROXY=" + unusable, "no_proxy=10.0.0.0/8"}, "https://10.1.2.3", "", ""},
		{[]string{"HTTPS_PROXY=" + unusable, "NO_PROXY=*"}, "https://proget.corp.local", "", ""},
		{[]string{"HTTP_PROXY=" + unusable}, "http://localhost:8624", "", ""},
		{[]string{"HTTP_PROXY=" + unusable}, "http://127.0.0.1:8624", "", ""},
		{[]string{"HTTPS_PROXY="}, "https://proget.corp.local", "", ""},
		{[]string{"ALL_PROXY=" + unusable}, "https://proget.corp.local", "", ""},
	}
	for _, test := range tests {
		got, err := finderOf(t, test.environ)(parsedURL(t, test.url))
		host, problem := "", ""
		if got != nil {
			host = got.Host
		}
		if err != nil {
			problem = err.Error()
		}
		if host != test.host || problem != test.error {
			t.Errorf("%q, %s: %q, %q; want %q, %q", test.environ, test.url, host, problem, test.host, test.error)
		}
	}
}

// TestProxyAccount: an account ends at the last @, whatever its password holds, and no part of it
// is taken for a host.
func TestProxyAccount(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][3]string{
		"http://u:p@proxy:3128":                     {"proxy:3128", "u", "p"},
		"u:p@proxy:3128":                            {"proxy:3128", "u", "p"},
		"http://u:p@ss@proxy:3128":                  {"proxy:3128", "u", "p@ss"},
		"http://u:12#34@proxy:3128":                 {"proxy:3128", "u", "12#34"},
		"http://u:12/34@proxy:3128/":                {"proxy:3128", "u", "12/34"},
		"http://u:12?34@proxy:3128":                 {"proxy:3128", "u", "12?34"},
		"http://u:a:b://c@proxy":                    {"proxy", "u", "a:b://c"},
		"u:a://c@proxy":                             {"proxy", "u", "a://c"},
		"http://corp\\u:p\\@proxy":                  {"proxy", "corp\\u", "p\\"},
		"http://u:p%40ss%23@proxy":                  {"proxy", "u", "p@ss#"},
		"http://u:100%@proxy":                       {"proxy", "u", "100%"},
		"http://u:%zz%41@proxy":                     {"proxy", "u", "%zz%41"},
		"http://u: p@proxy":                         {"proxy", "u", " p"},
		"http://u@proxy":                            {"proxy", "u", ""},
		"http://@proxy":                             {"proxy", "", ""},
		"socks5h://u:p@[2001:db8::1]:1080":          {"[2001:db8::1]:1080", "u", "p"},
		"http://u:[::1]@[2001:db8::1]":              {"[2001:db8::1]", "u", "[::1]"},
		"http://u:p%40proxy.corp.local@m\u00fcller": {"m\u00fcller", "u", "p@proxy.corp.local"},
	} {
		u, ok := parseProxy(text)
		if !ok {
			t.Errorf("%q is refused", text)
			continue
		}
		password, _ := u.User.Password()
		if got := [3]string{u.Host, u.User.Username(), password}; got != want || u.Path != "" {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

// FuzzParseProxy: what is dialed comes after the last @, and is the name of a host and nothing
// else.
func FuzzParseProxy(f *testing.F) {
	for _, text := range []string{"http://u:p@ss@proxy:3128", "u:1#2@p", "socks5://[::1]:1080", "http://u:12/34", "https://\u0130@x/"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, ok := parseProxy(text)
		if !ok {
			return
		}
		behind := text[strings.LastIndex(text, "@")+1:]
		if u.Hostname() == "" || strings.ContainsAny(u.Host, "@#?/ ") || !strings.Contains(strings.ToLower(behind), strings.ToLower(u.Host)) {
			t.Errorf("%q leads to the host %q", text, u.Host)
		}
	})
}

// TestNoProxy: what people write into NO_PROXY is read as they mean it.
func TestNoProxy(t *testing.T) {
	t.Parallel()
	const direct, through = true, false
	for _, test := range []struct {
		none, url string
		want      bool
	}{
		{"[2001:db8::1]", "https://[2001:db8::1]", direct},
		{"2001:db8::1", "https://[2001:db8::1]", direct},
		{"[2001:DB8:0::1]", "https://[2001:db8::1]:8443", direct},
		{"[2001:db8::1]:8443", "https://[2001:db8::1]:8443", direct},
		{"[2001:db8::1]:8443", "https://[2001:db8::1]", through},
		{"[2001:db8::]/32", "https://[2001:db8::1]", direct},
		{"2001:db8::/32", "https://[2001:db8:1::1]", direct},
		{"[fe80::1%eth0]", "https://[fe80::1%25eth0]", direct},
		{"[2001:db8::2]", "https://[2001:db8::1]", through},
		{"a b  proget.corp.local", "https://proget.corp.local", direct},
		{" a ,\tproget.corp.local ", "https://proget.corp.local", direct},
		{"a;proget.corp.local", "https://proget.corp.local", direct},
		{"\ufeffproget.corp.local\u00a0", "https://proget.corp.local", direct},
		{"\u200bproget.corp.local\u200b,x", "https://proget.corp.local", direct},
		{"proget.corp.local.", "https://proget.corp.local", direct},
		{"proget.corp.local.", "https://proget.corp.local.", direct},
		{"proget.corp.local", "https://proget.corp.local.:8443", direct},
		{".corp.local.", "https://proget.corp.local", direct},
		{"*.corp.local.", "https://proget.corp.local", direct},
		{"proget.corp.local.:8443", "https://proget.corp.local:8443", direct},
		{"proget.corp.local.:8443", "https://proget.corp.local", through},
		{"https://proget.corp.local/", "https://proget.corp.local", direct},
		{"PROGET.corp.local", "https://proget.corp.local", direct},
		{"m\u00fcller.local", "https://xn--mller-kva.local", direct},
		{"*.M\u00dcLLER.local", "https://a.m\u00fcller.local", direct},
		{"\u0130nedo.local", "https://inedo.local", through},
		{"inedo.local", "https://\u0130nedo.local", through},
		{"10.0.0.0/8", "https://10.1.2.3", direct},
		{"*", "https://proget.corp.local", direct},
		{" * ", "https://proget.corp.local", direct},
		{"", "https://LOCALHOST", direct},
		{"", "https://localhost.", direct},
		{".", "https://proget.corp.local", through},
		{",;, [ ], [, ]", "https://proget.corp.local", through},
		{"corp", "https://proget.corp.local", through},
	} {
		got, err := finderOf(t, []string{"HTTPS_PROXY=proxy:3128", "NO_PROXY=" + test.none})(parsedURL(t, test.url))
		if err != nil || (got == nil) != test.want {
			t.Errorf("NO_PROXY=%q, %s: through %v (%v)", test.none, test.url, got, err)
		}
	}
}
