package ecosystem

import (
	"slices"
	"strings"
)

// Type is ProGet's word for a kind of feed or package, in lower case: "nuget", "npm", "upack" and so on.
// Unknown words are allowed: a server newer than this program may have more of them.
type Type string

// The types that this package knows rules for.
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

// KnownTypes lists the types that this package has rules for, sorted; the slice is the caller's.
func KnownTypes() []Type {
	return []Type{
		Alpine, Asset, Bower, Cargo, Chocolatey, Composer, Conan, Conda, CRAN, Debian, Docker, Gem,
		Helm, Maven, NPM, NuGet, PowerShell, Pub, PyPI, Romp, RPM, Terraform, Universal, VSIX,
	}
}

// Known tells whether t is one of [KnownTypes].
func (t Type) Known() bool {
	return slices.Contains(KnownTypes(), t)
}

// ParseType gives the type that a word stands for, in any letter case: ProGet's feed and package types, the
// types of package URLs, and the tools' own names ("universal" and "upack", "rubygems" and "gem").
// A word that is not known comes back in lower case.
func ParseType(word string) Type {
	return Type(strings.ToLower(strings.TrimSpace(word)))
}
