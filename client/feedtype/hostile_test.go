package feedtype

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// document is all text that may be quoted.
func document(pages map[string]string) string {
	var all strings.Builder
	for _, page := range pages {
		all.WriteString(page)
	}
	return all.String()
}

// hostile locates pkg in documents that may say anything. Whatever they say, a success names a
// reference that is http or https or relative, a version that is not a word, and checksums of their
// algorithms' lengths.
func hostile(t *testing.T, pkg ecosystem.Package, pages map[string]string) {
	t.Helper()
	kind, err := For(pkg.Type)
	if err != nil {
		t.Fatal(err)
	}
	got, err := kind.Locate(t.Context(), serve(pages), "feed", pkg)
	if err != nil {
		for _, theirs := range []string{": yaml: ", ": json: ", ": xml: ", "XML syntax", "invalid character", "unmarshal", "gzip:", "flate:", "zlib:", "bzip2", "xz:", "lzma:", "archive/tar", "EOF"} {
			if strings.Contains(err.Error(), theirs) && !strings.Contains(document(pages), theirs) {
				t.Errorf("the text of a library: %v", err)
			}
		}
		return
	}
	u, err := url.Parse(got.Ref)
	if err != nil || u.User != nil || u.Fragment != "" || (u.IsAbs() && !strings.HasPrefix(u.Scheme, "http")) {
		t.Errorf("reference %q", got.Ref)
	}
	if got.Size < -1 || (got.Version == Latest || got.Version == LatestStable) {
		t.Errorf("content %+v", got)
	}
	for _, c := range got.Checksums {
		if slices.ContainsFunc(c.Or, func(or []byte) bool { return len(or) != len(c.Sum) }) || len(c.Sum) != sumSize(c.Algorithm) || len(c.Sum) == 0 {
			t.Errorf("checksum %+v", c)
		}
	}
}
