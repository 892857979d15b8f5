package feedtype

import (
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// TestWanted: of several spellings of one version the nearest to what was asked for is kept, and
// another version never.
func TestWanted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		t           ecosystem.Type
		asked, want string
		has         []string
	}{
		{ecosystem.Debian, "1.0-1", "0:1.0-1", []string{"1:1.0-1", "0:1.0-1", "1.0-2"}},
		{ecosystem.Debian, "1.0-1", "1.0-1", []string{"1.0-1", "0:1.0-1"}},
		{ecosystem.Debian, "0:1.0-1", "1.0-1", []string{"1.0-1"}},
		{ecosystem.Debian, "1.0-1", "", []string{"1:1.0-1", "1.0-1.1", "1.0"}},
		{ecosystem.RPM, "0:1.0-1", "1.0-1", []string{"1.0-1", "1:1.0-1"}},
		{ecosystem.Maven, "1.0", "", []string{"1.0.0", "1"}},
		{ecosystem.Helm, "1.0.0", "v1.0.0", []string{"v1.0.0", "1.0.1"}},
		{ecosystem.Helm, "v1.0.0", "v1.0.0", []string{"1.0.0", "v1.0.0", "1.0.0"}},
		{ecosystem.Helm, "1.0.0", "1.0.0", []string{"1.0.0+b", "1.0.0", "1.0.0+c"}},
		{ecosystem.Cargo, "1.0.0", "1.0.0+b", []string{"1.0.0+b", "1.0.0-b", "1.0.1+b"}},
		{ecosystem.Cargo, "1.0.0+c", "", []string{"1.0.0+b", "1.0.0"}},
		{ecosystem.Pub, "1.0.0", "", []string{"1.0.0+b"}},
		{ecosystem.PyPI, "1.0", "1.0.0", []string{"1.0.0", "1.0.1"}},
		{ecosystem.Composer, "1.0", "1.0", []string{"v1.0", "1.0", "1.0.0.0"}},
		{ecosystem.Alpine, "1.0-r0", "", []string{"1.0-r1"}},
	} {
		pkg := ecosystem.Package{Type: test.t, Version: test.asked}
		pick, got := newestOf(pkg), ""
		for _, v := range test.has {
			if pick.wanted(pkg, v) {
				got = v
			}
		}
		if got != test.want {
			t.Errorf("%s: of %q %s is %q, want %q", test.t, test.has, test.asked, got, test.want)
		}
	}
}

// A word is one in any letter case: a feed that is asked for a version LATEST may answer with one.
func TestLatestInAnyCase(t *testing.T) {
	t.Parallel()
	index := serve(map[string]string{
		"npm/feed/a": `{"dist-tags": {"latest": "2.0.0-rc.1"}, "versions": {"1.0.0": {"dist": {"tarball": "x.tgz"}}, "2.0.0-rc.1": {"dist": {"tarball": "y.tgz"}}}}`,
	})
	for word, want := range map[string]string{"Latest": "2.0.0-rc.1", "LATEST-stable": "1.0.0", "latest": "2.0.0-rc.1"} {
		got, err := Protocol{ecosystem.NPM, locateNPM}.Locate(t.Context(), index, "feed", ecosystem.Package{Type: ecosystem.NPM, Name: "a", Version: word})
		if err != nil || got.Version != want {
			t.Errorf("%s is %q, want %q: %v", word, got.Version, want, err)
		}
	}
}
