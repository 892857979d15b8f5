package feedtype

import (
	"errors"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// TestSeveralFilesOfOneVersion learns the version of which there are several files, though not
// which file is meant.
func TestSeveralFilesOfOneVersion(t *testing.T) {
	t.Parallel()
	const simple = `<a href="/x/tool-1.0.tar.gz">a</a><a href="/x/tool-2.0-cp312-cp312-win32.whl">b</a><a href="/x/tool-2.0-cp312-cp312-win_amd64.whl">c</a>`
	conda := condaNamed("latest")
	conda.Name = "tool"
	for _, test := range []struct {
		pkg        ecosystem.Package
		ref, index string
		want       string
	}{
		{ecosystem.Package{Type: ecosystem.PyPI, Name: "tool", Version: "latest"}, "pypi/feed/simple/tool/", simple, "2.0"},
		{conda, "conda/feed/linux-64/repodata.json", `{"packages": {"tool-2.0-a.conda": {"name": "tool", "version": "2.0", "build": "a"},
			"tool-2.0-b.conda": {"name": "tool", "version": "2.0", "build": "b"}, "tool-1.0-a.conda": {"name": "tool", "version": "1.0", "build": "a"}}}`, "2.0"},
		{ecosystem.Package{Type: ecosystem.Conda, Name: "tool", Version: "latest"}, "", "", ""}, // nothing was looked at
	} {
		kind, err := For(test.pkg.Type)
		if err != nil {
			t.Fatal(err)
		}
		_, err = kind.Locate(t.Context(), serve(map[string]string{test.ref: test.index}), "feed", test.pkg)
		several, ok := errors.AsType[*QualifierError](err)
		if !ok || several.Version != test.want {
			t.Errorf("%s %v: %v, want version %q", test.pkg.Type, test.pkg.Qualifiers, err, test.want)
		}
	}
}
