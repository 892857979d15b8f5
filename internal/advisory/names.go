package advisory

import (
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// typeOf gives ProGet's type for an OSV ecosystem, without its suffix ("Debian:12",
// "Maven:https://repo.example.org"): a ledger doesn't know for which release of a distribution a
// package was built. known is false for an ecosystem that is not in the list of the schema; a known
// one without a type is one that ProGet has no feeds for. Source: OSV schema, defined ecosystems.
func typeOf(word string) (kind ecosystem.Type, known bool) {
	word, _, _ = strings.Cut(word, ":")
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "npm":
		return ecosystem.NPM, true
	case "nuget":
		return ecosystem.NuGet, true
	case "pypi":
		return ecosystem.PyPI, true
	case "maven":
		return ecosystem.Maven, true
	case "rubygems":
		return ecosystem.Gem, true
	case "crates.io":
		return ecosystem.Cargo, true
	case "packagist":
		return ecosystem.Composer, true
	case "pub":
		return ecosystem.Pub, true
	case "conancenter":
		return ecosystem.Conan, true
	case "cran":
		return ecosystem.CRAN, true
	case "vscode", "openvsx":
		return ecosystem.VSIX, true
	case "debian", "ubuntu", "echo":
		return ecosystem.Debian, true
	case "alpine", "alpaquita", "bellsoft hardened containers", "chainguard", "minimos", "wolfi":
		return ecosystem.Alpine, true
	case "almalinux", "azure linux", "mageia", "openeuler", "opensuse", "photon os", "red hat", "rocky linux", "suse":
		return ecosystem.RPM, true
	case "android", "bioconductor", "bitnami", "cleanstart", "docker hardened images", "ghc", "git", "github actions", "go", "hackage",
		"hex", "julia", "kubernetes", "linux", "oss-fuzz", "root", "swifturl":
		return "", true
	}
	return "", false
}

// packageKey is the same for two spellings of one package. Packages of a distribution are known by
// their names alone: what a ledger has as their group is the distribution, or a part of it.
func packageKey(t ecosystem.Type, group, name string) string {
	switch t {
	case ecosystem.Debian, ecosystem.RPM, ecosystem.Alpine:
		group = ""
	}
	return ecosystem.PackageKey(t, group, name)
}

// looseKey is the same for all spellings that any ecosystem sees as one package, for packages whose
// type is unknown.
func looseKey(group, name string) string {
	name = ecosystem.PackageKey("", group, name)
	return ecosystem.PackageKey(ecosystem.PyPI, "", name[strings.LastIndexByte(name, '/')+1:])
}
