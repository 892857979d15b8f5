package advisory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
	. "github.com/progetctl/progetctl/internal/advisory"
)

// find matches one package, given as a package URL, with OSV text. Findings are "ID severity
// fixed,fixed", with "?" in front if there is a doubt.
func find(t *testing.T, purl, osv string) (found, notes []string) {
	t.Helper()
	p, err := ecosystem.ParsePURL(purl)
	if err != nil {
		t.Fatal(err)
	}
	if p.Type == "unknown" {
		p.Type = ""
	}
	var all Packages
	all.Add(p)
	for a, err := range Read(strings.NewReader(osv)) {
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all.Match(a) {
			line := strings.TrimSpace(fmt.Sprintf("%s %s %s", f.ID, f.Severity, strings.Join(f.Fixed, ",")))
			if f.Doubt != "" {
				line = "?" + line
			}
			found = append(found, line)
		}
	}
	slices.Sort(found)
	return found, all.Notes()
}

// npm is GitHub's form: SEMVER ranges, several affected entries of one package, a severity of the
// database's own.
const npm = `{
  "schema_version": "1.6.0", "id": "GHSA-aaaa-bbbb-cccc", "modified": "2026-03-01T00:00:00Z",
  "database_specific": {"severity": "MODERATE"},
  "affected": [
    {"package": {"ecosystem": "npm", "name": "@acme/Tool"},
     "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.4.2"}]}]},
    {"package": {"ecosystem": "npm", "name": "@acme/Tool"},
     "ranges": [{"type": "SEMVER", "events": [{"fixed": "2.1.0"}, {"introduced": "2.0.0-rc.1"}]}]}
  ]}`

// pypi is the form of PyPA's database: commits, versions by range and by name for the same thing.
const pypi = `{
  "id": "PYSEC-2026-1", "modified": "2026-03-01T00:00:00Z",
  "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
  "affected": [{
    "package": {"ecosystem": "PyPI", "name": "my-package", "purl": "pkg:pypi/my-package"},
    "ranges": [
      {"type": "GIT", "repo": "https://git.example.org/my-package", "events": [{"introduced": "0"}, {"fixed": "d0ad"}]},
      {"type": "ECOSYSTEM", "events": [{"introduced": "1.2"}, {"fixed": "1.10"}, {"introduced": "2.0rc1"}, {"fixed": "2.0.1"}]}],
    "versions": ["0.9.post1"]}]}`

// debian has one entry for each release of the distribution.
const debian = `{"id": "DSA-1", "modified": "2026-03-01T00:00:00Z", "affected": [
  {"package": {"ecosystem": "Debian:11", "name": "zlib"},
   "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1:1.2.11.dfsg-2+deb11u2"}]}]},
  {"package": {"ecosystem": "Debian:12", "name": "zlib"},
   "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1:1.2.13.dfsg-1"}]}]}]}`

// affected makes a document of one package and the rest of its affected entry.
func affected(kind, name, rest string) string {
	return fmt.Sprintf(`{"id": "X-1", "affected": [{"package": {"ecosystem": %q, "name": %q}, %s}]}`, kind, name, rest)
}

func TestMatch(t *testing.T) {
	t.Parallel()
	last := affected("NuGet", "Acme.Web", `"ranges": [{"type": "ECOSYSTEM", "events": [{"last_affected": "13.0.1"}, {"introduced": "12.0"}]}]`)
	limit := affected("crates.io", "tool", `"ranges": [{"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"limit": "1.5.0"}, {"limit": "1.2.0"}, {"fixed": "1.6.0"}]}]`)
	anyLimit := affected("crates.io", "tool", `"ranges": [{"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"limit": "*"}]}]`)
	again := affected("crates.io", "tool", `"ranges": [{"type": "SEMVER", "events": [{"introduced": "1.0.0"}, {"fixed": "2.0.0"}, {"introduced": "2.0.0"}, {"fixed": "3.0.0"}]}]`)
	nowhere := affected("RubyGems", "rails", `"ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "5.2.4.3"}]}]`)
	git := affected("NuGet", "Acme.Web", `"ranges": [{"type": "GIT", "repo": "https://git.example.org/x", "events": [{"introduced": "0"}]}]`)
	listed := affected("Maven", "org.acme:tool", `"versions": ["1.0", "1.1-rc1"]`)
	nothing := affected("Maven", "org.acme:tool", `"database_specific": {}`)
	newer := affected("NuGet", "Acme.Web", `"ranges": [{"type": "CALENDAR", "events": [{"introduced": "2020"}]}]`)
	unreadable := affected("NuGet", "Acme.Web", `"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.x"}]}]`)
	purl := `{"id": "X-2", "affected": [{"package": {"purl": "pkg:composer/acme/tools"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}`
	semver := affected("PyPI", "django", `"ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "4.2.0"}]}]`)
	for _, c := range []struct{ name, purl, osv, want string }{
		{"before the fix", "pkg:npm/%40acme/tool@1.4.1", npm, "GHSA-aaaa-bbbb-cccc medium 1.4.2"},
		{"a scope without its @", "pkg:npm/acme/tool@1.4.1", npm, "GHSA-aaaa-bbbb-cccc medium 1.4.2"},
		{"the fixed one", "pkg:npm/%40acme/tool@1.4.2", npm, ""},
		{"events in another order", "pkg:npm/%40acme/tool@2.0.0", npm, "GHSA-aaaa-bbbb-cccc medium 2.1.0"},
		{"a pre-release that introduces", "pkg:npm/%40acme/tool@2.0.0-rc.1", npm, "GHSA-aaaa-bbbb-cccc medium 2.1.0"},
		{"before that pre-release", "pkg:npm/%40acme/tool@2.0.0-beta", npm, ""},
		{"another type of that name", "pkg:nuget/tool@1.4.1", npm, ""},
		{"another scope", "pkg:npm/%40other/tool@1.4.1", npm, ""},
		{"a version that npm has not", "pkg:npm/%40acme/tool@next", npm, "?GHSA-aaaa-bbbb-cccc medium 1.4.2,2.1.0"},
		{"PyPI's names", "pkg:pypi/My_Package@1.9", pypi, "PYSEC-2026-1 critical 1.10,2.0.1"},
		{"PyPI's order", "pkg:pypi/my.package@2.0", pypi, "PYSEC-2026-1 critical 2.0.1"},
		{"by name of the version", "pkg:pypi/my-package@0.9-1", pypi, "PYSEC-2026-1 critical 1.10,2.0.1"},
		{"in no range", "pkg:pypi/my-package@1.10", pypi, ""},
		{"a suffix and an epoch", "pkg:deb/debian/zlib@1:1.2.11.dfsg-2+deb11u1", debian, "DSA-1  1:1.2.11.dfsg-2+deb11u2,1:1.2.13.dfsg-1"},
		{"fixed in one release of the distribution only", "pkg:deb/zlib@1:1.2.12", debian, "DSA-1  1:1.2.13.dfsg-1"},
		{"fixed in both", "pkg:deb/zlib@1:1.2.13.dfsg-1", debian, ""},
		{"the last affected", "pkg:nuget/acme.web@13.0.1", last, "X-1"},
		{"behind the last affected", "pkg:nuget/acme.web@13.0.1.1", last, ""},
		{"below a limit", "pkg:cargo/tool@1.4.9", limit, "X-1  1.6.0"},
		{"at every limit", "pkg:cargo/tool@1.5.0", limit, ""},
		{"no limit", "pkg:cargo/tool@99.0.0", anyLimit, "X-1"},
		{"fixed and introduced in one version", "pkg:cargo/tool@2.0.0", again, "X-1  3.0.0"},
		{"a range without a beginning", "pkg:gem/rails@0.1", nowhere, "X-1  5.2.4.3"},
		{"Git alone", "pkg:nuget/Acme.Web@1.0", git, "?X-1"},
		{"listed", "pkg:maven/org.acme/tool@1.1-rc1", listed, "X-1"},
		{"listed in another spelling", "pkg:maven/org.acme/tool@1.0.0", listed, "X-1"},
		{"not listed", "pkg:maven/org.acme/tool@1.1", listed, ""},
		{"nothing said of versions", "pkg:maven/org.acme/tool@1.1", nothing, "?X-1"},
		{"a type of range from the future", "pkg:nuget/Acme.Web@1.0", newer, "?X-1"},
		{"an event that NuGet cannot read", "pkg:nuget/Acme.Web@1.0", unreadable, "?X-1  1.x"},
		{"by package URL", "pkg:composer/Acme/Tools@1.0", purl, "X-2"},
		{"SEMVER for PyPI", "pkg:pypi/Django@4.1.9", semver, "X-1  4.2.0"},
		{"SEMVER cannot read PyPI's pre-release", "pkg:pypi/Django@4.2rc1", semver, "?X-1  4.2.0"},
		{"an unknown type", "pkg:unknown/my_package@0.1", pypi, "?PYSEC-2026-1 critical 1.10,2.0.1"},
		{"an unknown ecosystem", "pkg:maven/org.acme/My.Package@0.1", affected("Ravens", "my-package", `"versions": ["1"]`), "?X-1"},
		{"no ecosystem", "pkg:npm/%40acme/tool@0.1", affected("", "tool", `"versions": ["1"]`), "?X-1"},
		{"an unknown ecosystem, another name", "pkg:npm/tools@0.1", affected("Ravens", "tool", `"versions": ["1"]`), ""},
		{"an ecosystem that ProGet has no feeds for", "pkg:npm/tool@0.1", affected("Hackage", "tool", `"versions": ["1"]`), ""},
		{"an unknown type, another name", "pkg:unknown/your_package@0.1", pypi, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			found, _ := find(t, c.purl, c.osv)
			if got := strings.Join(found, "; "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestManyFixedVersions: a finding has the nearest, each once, however many ranges name them.
func TestManyFixedVersions(t *testing.T) {
	t.Parallel()
	var ranges []string
	for i := 999; i >= 0; i-- {
		one := fmt.Sprintf(`{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.%d"}]}`, i)
		ranges = append(ranges, one, one)
	}
	found, _ := find(t, "pkg:nuget/Acme.Web@1.9", affected("NuGet", "Acme.Web", `"ranges": [`+strings.Join(ranges, ",")+`]`))
	if len(found) != 1 || !strings.HasPrefix(found[0], "X-1  1.10,1.11,1.12,") || !strings.HasSuffix(found[0], ",1.109") {
		t.Errorf("%.80q", found)
	}
}

func TestNotesAreGivenOnce(t *testing.T) {
	t.Parallel()
	git := affected("npm", "x", `"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]`)
	strange := affected("Ravens", "x", `"versions": ["1"]`)
	none := affected("Go", "example.org/x", `"versions": ["1"]`)
	commits := `{"id": "CVE-1", "affected": [{"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}]}`
	pointer := `{"id": "CVE-2", "modified": "2026-01-01T00:00:00Z"}` // as OSV's answer to a batch of questions
	for _, c := range []struct{ osv, want string }{
		{pypi + npm + none, ""},
		{git, "advisory X-1 names affected Git commits only, which cannot be compared with versions"},
		{git + git + commits, "3 advisories (the first is X-1) name affected Git commits only, which cannot be compared with versions"},
		{strange + strange, `unknown ecosystem "Ravens" in an advisory: its packages were matched by name alone`},
		{affected("", "x", `"versions": ["1"]`), "a package in an advisory has no ecosystem, so it was looked for by name alone"},
		{pointer, "advisory CVE-2 names no packages, so nothing was looked for"},
		{pointer + npm + pointer, "2 advisories (the first is CVE-2) name no packages, so nothing was looked for"},
	} {
		if _, notes := find(t, "pkg:npm/y@1", c.osv); strings.Join(notes, "\n") != c.want {
			t.Errorf("got %q, want %q", notes, c.want)
		}
	}
}

func TestAddGivesOneNumberForOneVersion(t *testing.T) {
	t.Parallel()
	var all Packages
	a := ecosystem.Package{Type: ecosystem.NPM, Name: "a", Version: "1"}
	b := ecosystem.Package{Type: ecosystem.NPM, Name: "a", Version: "2"}
	if got := []int{all.Add(a), all.Add(b), all.Add(a)}; !slices.Equal(got, []int{0, 1, 0}) {
		t.Errorf("got %v", got)
	}
}
