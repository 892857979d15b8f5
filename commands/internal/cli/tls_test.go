package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/config"
	"github.com/progetctl/progetctl/internal/safefile"
)

// TestTLSSettingsByLevel: flags and variables go before the source, and a certificate never goes
// with another level's key.
func TestTLSSettingsByLevel(t *testing.T) {
	t.Parallel()
	missing := filepath.Join(t.TempDir(), "missing.pem")
	source := config.Source{Name: "s", File: "config.json", CACert: missing + "-ca", ClientCert: missing + "-cert", ClientKey: missing + "-key"}
	tests := []struct {
		name     string
		flags    []string
		environ  []string
		source   *config.Source
		problems []string // what each begins with
	}{
		{"nothing", nil, nil, nil, nil},
		{"a source without settings", nil, nil, &config.Source{Name: "s"}, nil},
		{"the source's", nil, nil, &source, []string{`source "s" in config.json: file ` + safefile.Quote(missing+"-ca"), `source "s" in config.json: file ` + safefile.Quote(missing+"-cert")}},
		{"flags first", []string{"--ca-cert", missing}, []string{"PROGETCTL_CA_CERT=x"}, nil, []string{"--ca-cert: file " + safefile.Quote(missing)}},
		{"then variables", nil, []string{"PROGETCTL_CA_CERT=" + missing}, &config.Source{CACert: "x"}, []string{"PROGETCTL_CA_CERT: file " + safefile.Quote(missing)}},
		{"half a pair is none", []string{"--client-key", missing}, nil, &config.Source{ClientCert: "x"},
			[]string{"--client-key is given without a client certificate (--client-cert)"}},
	}
	for _, test := range tests {
		c := connectionOf(t, test.environ, test.flags...)
		c.source = test.source
		if c.tlsConfig(&Server{}) == nil {
			t.Errorf("%s: no configuration", test.name)
		}
		if len(c.problems.lines) != len(test.problems) {
			t.Errorf("%s: problems %q, want %q", test.name, c.problems.lines, test.problems)
			continue
		}
		for i, want := range test.problems {
			if !strings.HasPrefix(c.problems.lines[i], want) {
				t.Errorf("%s: %q, want %q", test.name, c.problems.lines[i], want)
			}
		}
	}
}

func TestInsecureByLevel(t *testing.T) {
	t.Parallel()
	loose := config.Source{Name: "s", File: "config.json", Insecure: true}
	tests := []struct {
		flags  []string
		source config.Source
		want   bool
		from   string
	}{
		{nil, config.Source{}, false, ""},
		{nil, loose, true, `source "s" in config.json: `},
		{[]string{"--insecure"}, config.Source{}, true, "--insecure: "},
		{[]string{"--insecure"}, loose, true, "--insecure: "},
		{[]string{"--insecure=false"}, loose, false, ""},
	}
	for _, test := range tests {
		c := connectionOf(t, nil, test.flags...)
		got := c.insecure(test.source)
		warned := strings.Join(c.problems.warnings, "; ")
		if got != test.want || !strings.HasPrefix(warned, test.from) || (warned != "") != test.want {
			t.Errorf("%q with %+v: %v, warned %q", test.flags, test.source, got, warned)
		}
	}
}
