package feedtype

import (
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// TestSafeFileName: a name that a server had a part in is a package's name.
func TestSafeFileName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind       ecosystem.Type
		name, want string
	}{
		{ecosystem.Composer, "acme-kit-1.0.zip", ""}, {ecosystem.Composer, "acme-kit-1.0.tar.gz", ""}, {ecosystem.Composer, "acme-kit-1.0.ZIP", ""},
		{ecosystem.Composer, "acme-kit-1.0.zip/../Makefile", "tool-1.0.zip"}, {ecosystem.Composer, "acme-kit-1.0.x/Makefile", "tool-1.0.zip"},
		{ecosystem.Composer, `acme-kit-1.0.\x.zip`, "tool-1.0.zip"}, {ecosystem.Composer, "acme-kit-1.0.", "tool-1.0.zip"}, {ecosystem.Composer, "acme-kit-1.0.sh", "tool-1.0.zip"},
		{ecosystem.Terraform, "a-b-c-1.0.tar.gz", ""}, {ecosystem.Terraform, "a-b-c-1.0.tf", "tool-1.0.zip"},
		{ecosystem.Conda, "tool-1.0-0.conda", ""}, {ecosystem.Conda, "tool-1.0-0.tar.bz2", ""}, {ecosystem.Conda, "Makefile", "tool-1.0.conda"}, {ecosystem.Conda, ".conda", "tool-1.0.conda"},
		{ecosystem.Debian, "tool_1.0_amd64.deb", ""}, {ecosystem.Debian, "authorized_keys", "tool-1.0.deb"}, {ecosystem.Debian, "tool_1.0.udeb", ""},
		{ecosystem.RPM, "tool-1.0-1.x86_64.rpm", ""}, {ecosystem.RPM, "go.mod", "tool-1.0.rpm"},
		{ecosystem.PyPI, "tool-1.0-py3-none-any.whl", ""}, {ecosystem.PyPI, "tool-1.0.tar.gz", ""}, {ecosystem.PyPI, "sitecustomize.py", "tool-1.0.tar.gz"},
		{ecosystem.CRAN, "tool_1.0.tar.gz", ""}, {ecosystem.CRAN, ".Rprofile", "tool-1.0.tar.gz"},
		{ecosystem.Helm, "tool-1.0.tgz", ""}, {ecosystem.NPM, "tool-1.0.tgz", ""}, {ecosystem.Gem, "tool-1.0-x64.gem", ""}, {ecosystem.Cargo, "tool-1.0.crate", ""},
		{ecosystem.NuGet, "tool.1.0.nupkg", ""}, {ecosystem.Universal, "tool-1.0.upack", ""}, {ecosystem.VSIX, "a.tool-1.0.vsix", ""}, {ecosystem.Pub, "tool-1.0.tar.gz", ""},
		{ecosystem.Alpine, "tool-1.0-r0.apk", ""}, {ecosystem.Docker, "tool-sha256-00.tar", ""},
		{ecosystem.Maven, "tool-1.0-sources.jar", ""}, {ecosystem.Maven, "tool-1.0/../x.jar", "tool-1.0-..-x.jar"}, {ecosystem.Asset, "Makefile", ""}, {ecosystem.Terraform, "", ""},
	} {
		want := test.want
		if want == "" {
			want = test.name
		}
		got := safeFileName(test.kind, ecosystem.Package{Name: "tool"}, Content{FileName: test.name, Version: "1.0"})
		if got != want {
			t.Errorf("%s %q: %q, want %q", test.kind, test.name, got, want)
		}
	}
}

// FuzzSafeFileName: whatever an index says, the name has no folder and ends as a package's does.
func FuzzSafeFileName(f *testing.F) {
	f.Add("zip/Makefile", "1.0/../x", byte(0))
	f.Add("conda", `\`, byte(7))
	f.Fuzz(func(t *testing.T, name, version string, kind byte) {
		types := ecosystem.KnownTypes()
		of := types[int(kind)%len(types)]
		got := safeFileName(of, ecosystem.Package{Name: "a/b"}, Content{FileName: name, Version: version})
		if strings.ContainsAny(got, `/\`) {
			t.Errorf("%q has a folder", got)
		}
		ends := endings(of) == nil || got == ""
		for _, ending := range endings(of) {
			ends = ends || len(got) > len(ending) && strings.EqualFold(got[len(got)-len(ending):], ending)
		}
		if !ends {
			t.Errorf("%s: %q", of, got)
		}
	})
}
