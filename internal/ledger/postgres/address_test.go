package postgres

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// A connection that others on the network could read is warned of, unless it stays on this machine.
func TestWarnings(t *testing.T) {
	t.Parallel()
	for place, warned := range map[string]bool{
		"postgres://a:p@db.corp.local/d?sslmode=disable":                true,
		"postgres://a@db.corp.local/d?sslmode=disable":                  true, // the records can be read
		"postgres://a:p@192.0.2.1/d?sslmode=allow":                      true,
		"postgres://a:p@192.0.2.1/d?sslmode=prefer":                     true,
		"postgres://a:p@localhost/d?hostaddr=192.0.2.1&sslmode=disable": true,
		"postgres://a:p@db.corp.local/d?sslmode=require":                false,
		"postgres://a:p@db.corp.local/d?sslmode=verify-full":            false,
		"postgres://a:p@127.0.0.1/d?sslmode=disable":                    false,
		"postgres://a:p@[::1]/d?sslmode=disable":                        false,
		"postgres://a:p@localhost/d?sslmode=disable":                    false,
		"postgres://a:p@/d?sslmode=disable&host=" + sockets(t):          false,
	} {
		a, err := parseAddress(place, nil)
		if err != nil {
			t.Errorf("%s: %v", place, err)
			continue
		}
		got := strings.Join(a.warnings(), "\n")
		if strings.Contains(got, "lets others on the network read the password and the records") != warned || !warned && got != "" {
			t.Errorf("%s: warned with %q", place, got)
		}
	}
}

// sockets is an absolute folder, as a parameter of an address.
func sockets(t *testing.T) string {
	folder, err := filepath.Abs("sockets")
	if err != nil {
		t.Fatal(err)
	}
	return url.QueryEscape(folder)
}

// What stands for an address in commands and in a dry run has no password, wherever it was.
func TestAddressesWithoutPasswords(t *testing.T) {
	t.Parallel()
	for place, want := range map[string][2]string{
		"postgres://a:canary@db/d?sslmode=require":                      {"postgres://a@db/d?sslmode=require", "postgres://db/d"},
		"postgres://a@db:6432/d?password=canary&sslmode=require":        {"postgres://a@db:6432/d?sslmode=require", "postgres://db:6432/d"},
		"postgres://a@db/d?sslkey=k&sslpassword=canary&Password=canary": {"postgres://a@db/d?sslkey=k", ""},
		"postgres:///d?host=" + sockets(t):                              {"postgres:///d?host=" + sockets(t), "postgres://localhost/d"},
		"postgres://a:canary@[fd00::1]/d":                               {"postgres://a@[fd00::1]/d", "postgres://[fd00::1]/d"},
		"postgres://a:canary@[fd00::1]:6432/d":                          {"postgres://a@[fd00::1]:6432/d", "postgres://[fd00::1]:6432/d"},
		"postgres://a:can#ary@db/d":                                     {"", unknownName},
		"postgres://a:can/ary@db/d":                                     {"", unknownName},
	} {
		if got := WithoutPassword(place); got != want[0] {
			t.Errorf("%s: in a command it is %q, want %q", place, got, want[0])
		}
		if want[1] == "" {
			continue
		}
		if got := NameOf(t.Context(), engine.Options{Place: place}); got != want[1] {
			t.Errorf("%s is called %q, want %q", place, got, want[1])
		}
	}
}
