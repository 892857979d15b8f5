package feedtype

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// TestKindsAndUnsupported: every type that the program has rules for is either a protocol here or
// refused with a reason.
func TestKindsAndUnsupported(t *testing.T) {
	t.Parallel()
	for _, typ := range ecosystem.KnownTypes() {
		_, located := protocols()[typ]
		why, refused := unsupported()[typ]
		if located == refused {
			t.Errorf("%s: protocol %v, refused %v (%s)", typ, located, refused, why)
		}
		if kind, err := For(typ); located && (err != nil || kind.Type != typ) {
			t.Errorf("%s: %+v, %v", typ, kind, err)
		}
	}
}

// folders is where each kind of feed lives below the server's address (Inedo docs, proget/feeds,
// one page for each).
var folders = map[ecosystem.Type][]string{
	ecosystem.Alpine:     {"apk/feed/"},
	ecosystem.Asset:      {"endpoints/feed/"},
	ecosystem.CRAN:       {"cran/feed/"},
	ecosystem.Cargo:      {"cargo/feed/"},
	ecosystem.Chocolatey: {"nuget/feed/", "feeds/feed/"},
	ecosystem.Composer:   {"composer/feed/"},
	ecosystem.Conda:      {"conda/feed/"},
	ecosystem.Debian:     {"debian/feed/"},
	ecosystem.Docker:     {"v2/feed/"},
	ecosystem.Gem:        {"rubygems/feed/"},
	ecosystem.Helm:       {"helm/feed/"},
	ecosystem.Maven:      {"maven2/feed/"},
	ecosystem.NPM:        {"npm/feed/"},
	ecosystem.NuGet:      {"nuget/feed/"},
	ecosystem.PowerShell: {"nuget/feed/"},
	ecosystem.Pub:        {"pub/feed/"},
	ecosystem.PyPI:       {"pypi/feed/"},
	ecosystem.RPM:        {"rpm/feed/"},
	ecosystem.Romp:       {"upack/feed/"},
	ecosystem.Terraform:  {".well-known/terraform.json"},
	ecosystem.Universal:  {"upack/feed/"},
	ecosystem.VSIX:       {"vsix/feed"},
}

// TestEachKindStaysInItsFolder: whatever a package is called, each kind asks its own feed only,
// with references that have no dot segment and no space, and an absent package is a package that is
// not found or an address in that feed.
func TestEachKindStaysInItsFolder(t *testing.T) {
	t.Parallel()
	for typ, locate := range protocols() {
		if folders[typ] == nil || locate == nil {
			t.Fatalf("%s has no folder here", typ)
		}
		t.Run(string(typ), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { stays(t, typ) })
		})
	}
}

func stays(t *rapid.T, typ ecosystem.Type) {
	word := rapid.StringMatching(`[a-zA-Z0-9 .+~_@:'%?#&=é-]{1,12}`)
	pkg := ecosystem.Package{Type: typ, Name: word.Draw(t, "name"), Qualifiers: map[string]string{}}
	pkg.Version = rapid.OneOf(word, rapid.SampledFrom([]string{Latest, LatestStable, "1.0-SNAPSHOT"})).Draw(t, "version")
	pkg.Group = rapid.OneOf(rapid.SampledFrom([]string{"", "g", "a/b"}), word).Draw(t, "group")
	for _, key := range []string{"arch", "distro", "component", "subdir", "build", "type", "platform", "path", "ext"} {
		pkg.Qualifiers[key] = word.Draw(t, key)
	}
	index := serve(nil)
	got, err := Protocol{Type: typ, locate: protocols()[typ]}.Locate(t.Context(), index, "feed", pkg)
	var name *NameError
	if err != nil && !errors.Is(err, ErrNotFound) && !errors.As(err, &name) {
		t.Fatal(err)
	}
	refs := index.asked
	if err == nil {
		refs = append(refs, got.Ref)
	}
	for _, ref := range refs {
		checkRef(t, ref, folders[typ])
	}
}

func checkRef(t *rapid.T, ref string, folders []string) {
	if !slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(ref, folder) }) {
		t.Errorf("%q is in none of %q", ref, folders)
	}
	path, _, _ := strings.Cut(ref, "?")
	if strings.Contains(path, "//") {
		t.Errorf("%q has an empty segment", ref)
	}
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." || strings.ContainsAny(segment, " #") {
			t.Errorf("segment %q of %q", segment, ref)
		}
	}
}

// TestLatestIsTheNewest: by the order of the ecosystem, and only from what counts.
func TestLatestIsTheNewest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		typ := rapid.SampledFrom(ecosystem.KnownTypes()).Draw(t, "type")
		versions := rapid.SliceOf(rapid.StringMatching(`[0-9]{1,2}\.[0-9]{1,2}(\.[0-9])?(-?(rc|beta)\.?[0-9])?`)).Draw(t, "versions")
		for _, word := range []string{Latest, LatestStable} {
			pick := newestOf(ecosystem.Package{Type: typ, Version: word})
			for _, v := range versions {
				pick.offer(v)
			}
			for _, v := range versions {
				counts := word == Latest || !ecosystem.IsPrerelease(typ, v)
				if counts && (pick.best == "" || ecosystem.CompareVersions(typ, v, pick.best) > 0) {
					t.Fatalf("%s of %q is %q, but %q is newer", word, versions, pick.best, v)
				}
			}
		}
	})
}
