package postgres

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/lib/pq"
)

func TestCheckCertificates(t *testing.T) {
	t.Parallel()
	large := filepath.Join(t.TempDir(), "large.pem")
	if err := os.WriteFile(large, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(large, certificatesLimit+1); err != nil {
		t.Fatal(err)
	}
	small := filepath.Join(t.TempDir(), "small.pem")
	if err := os.WriteFile(small, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	checks := []struct {
		path string
		good bool
	}{
		{"", true}, {"system", true}, {small, true}, {small + "-missing", true}, {os.DevNull, true}, {t.TempDir(), true},
		{large, false}, {"/dev/zero", false}, {"/dev/urandom", false},
	}
	if runtime.GOOS == "windows" {
		checks = checks[:len(checks)-2]
	}
	for _, c := range checks {
		for name, config := range map[string]pq.Config{
			"sslrootcert": {SSLRootCert: c.path}, "sslcert": {SSLCert: c.path}, "sslkey": {SSLKey: c.path},
		} {
			err := checkCertificates(config)
			if (err == nil) != c.good || err != nil && !strings.Contains(err.Error(), c.path) {
				t.Errorf("%s %q: %v", name, c.path, err)
			}
		}
	}
	if err := checkCertificates(pq.Config{SSLInline: true, SSLRootCert: large}); err != nil {
		t.Errorf("a certificate in the address: %v", err)
	}
}
