package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestAddressComesFromOnePlace tries what names the server, in its order.
func TestAddressComesFromOnePlace(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	own := filepath.Join(home, "progetctl", "config.json")
	if err := os.MkdirAll(filepath.Dir(own), 0o700); err != nil {
		t.Fatal(err)
	}
	const content = `{"sources": [{"name": "Default", "url": "https://d.example", "feed": "F"}, {"name": "lab", "url": "https://l.example"}]}`
	if err := os.WriteFile(own, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		flags, environ []string
		want, from     string
		feed           string
		problem        string
	}{
		{nil, nil, "https://d.example", `source "Default" in ` + own, "F", ""},
		{[]string{"--source", "LAB"}, nil, "https://l.example", `source "lab" in ` + own, "", ""},
		{[]string{"--source", "https://u.example"}, []string{"PROGET_SOURCE=a", "PROGET_URL=b"}, "https://u.example", "--source", "", ""},
		{nil, []string{"PROGET_URL=https://u.example"}, "https://u.example", "PROGET_URL", "", ""},
		{nil, []string{"PROGET_SOURCE=https://u.example"}, "https://u.example", "PROGET_SOURCE", "", ""},
		{nil, []string{"PROGET_SOURCE=lab"}, "https://l.example", `source "lab" in ` + own, "", ""},
		{nil, []string{"PROGET_SOURCE=", "PROGET_URL="}, "https://d.example", `source "Default" in ` + own, "F", ""},
		{nil, []string{"PROGET_SOURCE=lab", "PROGET_URL=https://u"}, "", "", "", "PROGET_SOURCE and PROGET_URL are both set; unset one of them"},
		{nil, []string{"PROGET_URL=lab"}, "", "", "", `PROGET_URL "lab" is not a URL such as https://proget.corp.local`},
		{[]string{"--source", "x"}, nil, "", "", "", `--source "x" is neither a URL such as https://proget.corp.local nor a saved source; saved sources: "Default", "lab"`},
		{[]string{"--source", "localhost:8624/base"}, nil, "", "", "", `--source "localhost:8624/base" is neither a URL nor a saved source; did you mean http://localhost:8624/base?`},
		{nil, []string{"PROGET_URL=proget.corp.local"}, "", "", "", `PROGET_URL "proget.corp.local" is not a URL such as https://proget.corp.local; did you mean https://proget.corp.local?`},
		{nil, []string{"PROGET_SOURCE=$SOURCE"}, "", "", "", `PROGET_SOURCE is "$SOURCE": an unexpanded variable`},
	}
	for _, test := range tests {
		c := connectionOf(t, append(slices.Clone(test.environ), "XDG_CONFIG_HOME="+home, "APPDATA="+home), test.flags...)
		c.findAddress()
		if got := c.address; got.Value != test.want || got.From != test.from || strings.Join(c.problems.lines, "; ") != test.problem {
			t.Errorf("%v %v: %q from %q, problems %q", test.flags, test.environ, c.address.Value, c.address.From, c.problems.lines)
		}
		feed := ""
		if c.source != nil {
			feed = c.source.Feed
		}
		if feed != test.feed {
			t.Errorf("%v %v: feed %v", test.flags, test.environ, feed)
		}
	}
}

// TestMeantURL: a host without a scheme is asked about, but nothing that may hold a password, and
// no word alone.
func TestMeantURL(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"localhost": "http://localhost", "localhost:8624": "http://localhost:8624", "127.0.0.1:8624": "http://127.0.0.1:8624",
		"[::1]:8624": "http://[::1]:8624", "proget.corp.local": "https://proget.corp.local", "proget:8443/base": "https://proget:8443/base",
		"10.0.0.7": "https://10.0.0.7", "": "", "lab": "", "a b.c": "", "u:p@host": "", "host:port": "", "ftp://x.y": "", ":": "", "x.y?key=secret": "",
	} {
		if want != "" {
			want = "; did you mean " + want + "?"
		}
		if got := meantURL(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
