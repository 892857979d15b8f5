package ecosystem

import (
	"slices"
	"strings"
)

// Type is ProGet's word for a kind of feed or package, in lower case: "nuget", "npm", "upack" and
// so on. Words that are not listed below are allowed: a newer server may have more of them.
type Type string

// The known types. Source: Inedo docs, proget/feeds, and the types of package URLs.
const (
	Alpine     Type = "apk"
	Asset      Type = "asset"
	Bower      Type = "bower"
	Cargo      Type = "cargo"
	Chocolatey Type = "chocolatey"
	Composer   Type = "composer"
	Conan      Type = "conan"
	Conda      Type = "conda"
	CRAN       Type = "cran"
	Debian     Type = "deb"
	Docker     Type = "docker"
	Gem        Type = "gem"
	Helm       Type = "helm"
	Maven      Type = "maven"
	NPM        Type = "npm"
	NuGet      Type = "nuget"
	PowerShell Type = "powershell"
	Pub        Type = "pub"
	PyPI       Type = "pypi"
	Romp       Type = "romp"
	RPM        Type = "rpm"
	Terraform  Type = "terraform"
	Universal  Type = "upack"
	VSIX       Type = "vsix"
)

// KnownTypes lists the known types, sorted by word. The caller may change the slice.
func KnownTypes() []Type {
	return []Type{
		Alpine, Asset, Bower, Cargo, Chocolatey, Composer, Conan, Conda, CRAN, Debian, Docker, Gem,
		Helm, Maven, NPM, NuGet, PowerShell, Pub, PyPI, Romp, RPM, Terraform, Universal, VSIX,
	}
}

// Known reports whether t is one of [KnownTypes].
func (t Type) Known() bool {
	return slices.Contains(KnownTypes(), t)
}

// ParseType gives the type that a word stands for, in any letter case: ProGet's feed types
// ("universal", "rubygems") and package types ("upack", "gem"), the types of package URLs, and the
// names that people use ("pip"). An unknown word is returned in lower case, without surrounding
// spaces.
func ParseType(word string) Type {
	word = strings.ToLower(strings.TrimSpace(word))
	switch word {
	case "alpine":
		return Alpine
	case "assets":
		return Asset
	case "choco":
		return Chocolatey
	case "debian":
		return Debian
	case "oci", "container":
		return Docker
	case "rubygem", "rubygems":
		return Gem
	case "pip", "python":
		return PyPI
	case "universal":
		return Universal
	case "vscode-extension":
		return VSIX
	}
	return Type(word)
}

// nugetFamily reports whether versions follow NuGet's rules: Chocolatey and PowerShell packages are
// NuGet packages.
func (t Type) nugetFamily() bool {
	return t == NuGet || t == Chocolatey || t == PowerShell
}
