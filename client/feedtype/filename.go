package feedtype

import (
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// endings lists how the names of an ecosystem's packages end, the usual one first; nil takes any,
// because the user names the whole file.
func endings(t ecosystem.Type) []string {
	switch t {
	case ecosystem.Alpine:
		return []string{".apk"}
	case ecosystem.Cargo:
		return []string{".crate"}
	case ecosystem.Composer, ecosystem.Terraform:
		return []string{".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".gzip", ".gz", ".bz2", ".xz", ".7z", ".rar", ".phar"}
	case ecosystem.Conda:
		return []string{".conda", ".tar.bz2"}
	case ecosystem.CRAN:
		return []string{".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar.xz"}
	case ecosystem.Debian:
		return []string{".deb", ".udeb", ".ddeb"}
	case ecosystem.Docker:
		return []string{".tar"}
	case ecosystem.Gem:
		return []string{".gem"}
	case ecosystem.Helm, ecosystem.NPM:
		return []string{".tgz", ".tar.gz"}
	case ecosystem.NuGet, ecosystem.Chocolatey, ecosystem.PowerShell:
		return []string{".nupkg", ".snupkg"}
	case ecosystem.Pub:
		return []string{".tar.gz", ".tgz"}
	case ecosystem.PyPI:
		return []string{".tar.gz", ".whl", ".zip", ".egg", ".tgz", ".tar.bz2", ".tar.xz", ".tar.z", ".tar", ".exe", ".msi", ".dmg", ".deb", ".rpm"}
	case ecosystem.Romp, ecosystem.Universal:
		return []string{".upack", ".zip", ".tgz"}
	case ecosystem.RPM:
		return []string{".rpm"}
	case ecosystem.VSIX:
		return []string{".vsix"}
	}
	return nil
}

// safeFileName gives the name of a package's file, of which an index may have written a part or
// all. A server must not be able to choose a file such as Makefile: a name that contains a folder,
// or does not end as packages of its type do, is replaced.
func safeFileName(t ecosystem.Type, pkg ecosystem.Package, content Content) string {
	name, known := content.FileName, endings(t)
	if name == "" {
		return "" // the answer may have one, or the URL
	}
	folder := strings.ContainsAny(name, `/\`)
	for _, ending := range known {
		// There must be something before the ending.
		if at := len(name) - len(ending); !folder && at > 0 && strings.EqualFold(name[at:], ending) {
			return name
		}
	}
	if known != nil {
		name = pkg.Name + "-" + content.Version + known[0]
	}
	return strings.NewReplacer("/", "-", `\`, "-").Replace(name)
}
