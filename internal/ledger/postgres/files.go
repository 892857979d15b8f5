package postgres

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/lib/pq"

	"github.com/progetctl/progetctl/internal/safefile"
)

// checkFiles refuses files of which the driver would make too much, or nothing.
func checkFiles(c pq.Config) error { return cmp.Or(checkPasswordFile(c), checkCertificates(c)) }

// checkPasswordFile refuses a password file that others may read, which the driver would ignore
// with a line of its own on stderr.
func checkPasswordFile(c pq.Config) error {
	path := c.Passfile
	if home, err := os.UserHomeDir(); path == "" && err == nil {
		path = filepath.Join(home, ".pgpass")
	}
	info, err := os.Stat(path)
	if c.Password != "" || runtime.GOOS == "windows" || err != nil || info.Mode().Perm()&^0o600 == 0 {
		return nil
	}
	return fmt.Errorf("others may read the password file %q; run chmod 600 %q", path, path)
}

// certificatesLimit is 16 MiB: all authorities that a system trusts take a few hundred KiB.
const certificatesLimit = 16 << 20

// checkCertificates refuses what is too large for certificates or a key, and devices, which may
// have no end: the driver would read all of it.
func checkCertificates(c pq.Config) error {
	if c.SSLInline {
		return nil
	}
	for _, path := range []string{c.SSLRootCert, c.SSLCert, c.SSLKey} {
		info, err := os.Stat(path)
		if err != nil { // the driver says so, if it is needed
			continue
		}
		device := info.Mode()&os.ModeDevice != 0 && path != os.DevNull
		if device || info.Size() > certificatesLimit {
			return fmt.Errorf("%s is too large for a certificate or a key", safefile.Quote(path))
		}
	}
	return nil
}
