package advisory_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
	. "github.com/progetctl/progetctl/internal/advisory"
	"github.com/progetctl/progetctl/internal/records"
)

// Whatever is read: no panic, each error has its type, and what comes out of it can be matched.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{npm, pypi, debian, "[" + npm + "]", `{"vulns": [` + pypi + `]}`, npm + "\n" + debian, one, `{"id": 1}`, "[", "\xff\xfe["} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var all Packages
		for _, p := range []ecosystem.Package{
			{Type: ecosystem.NPM, Group: "@acme", Name: "tool", Version: "1.0.0"},
			{Type: ecosystem.PyPI, Name: "my-package", Version: "1.9"},
			{Type: ecosystem.Debian, Name: "zlib", Version: "1:1"},
			{Name: "tool", Version: "x"},
		} {
			all.Add(p)
		}
		for a, err := range Read(bytes.NewReader(text)) {
			if problem, ok := errors.AsType[*records.Problem](err); err != nil && (!ok || problem.Error() == "") {
				t.Fatalf("an error without a place: %v", err)
			}
			if err != nil {
				continue
			}
			for _, found := range all.Match(a) {
				if found.ID == "" {
					t.Fatal("a finding without an id")
				}
			}
		}
		all.Notes()
	})
}
