package sandbox

import (
	"encoding/base64"
	"fmt"
	"path"
	"strings"

	"github.com/progetctl/progetctl/internal/sandbox/archive"
)

// The packers make a sample's content: the package format of its ecosystem around the manifest that
// tools look for first, and a file that says what it is.

// packGem writes the specification in Ruby's YAML, with the tags by which RubyGems recognizes its
// own classes.
func packGem(p Package) ([]byte, error) {
	const anyVersion = " !ruby/object:Gem::Requirement\n  requirements:\n  - - \">=\"\n    - !ruby/object:Gem::Version\n      version: '0'\n"
	specification := fmt.Sprintf("--- !ruby/object:Gem::Specification\nname: %s\nversion: !ruby/object:Gem::Version\n"+
		"  version: %s\nplatform: %s\nsummary: A sample package.\nauthors:\n- Acme\nbindir: bin\ncert_chain: []\n"+
		"date: 2024-01-01 00:00:00.000000000 Z\ndependencies: []\nemail:\nexecutables: []\nextensions: []\n"+
		"extra_rdoc_files: []\nfiles:\n- README.md\nlicenses: []\nmetadata: {}\nrdoc_options: []\nrequire_paths:\n- lib\n"+
		"required_ruby_version:"+anyVersion+"required_rubygems_version:"+anyVersion+
		"requirements: []\nrubygems_version: 3.0.0\nspecification_version: 4\ntest_files: []\n",
		p.Name, p.Version, p.qualifier("platform"))
	return archive.Gem(specification, archive.File{Name: "README.md", Content: p.FileName + "\n"})
}

// packCrate puts everything into the one folder that cargo unpacks.
func packCrate(p Package) ([]byte, error) {
	folder := p.Name + "-" + p.Version + "/"
	return archive.TarGz(
		archive.File{Name: folder + "Cargo.toml", Content: fmt.Sprintf("[package]\nname = %q\nversion = %q\nedition = \"2021\"\n",
			p.Name, p.Version)},
		archive.File{Name: folder + "src/lib.rs", Content: "// " + p.FileName + "\n"},
	)
}

// packDeb has the fields without which dpkg refuses a package.
func packDeb(p Package) ([]byte, error) {
	control := fmt.Sprintf("Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: Acme <packages@acme.example>\n"+
		"Description: sample package\n", p.Name, p.Version, p.qualifier("arch"))
	return archive.Deb(control, archive.File{Name: "./usr/share/doc/" + p.Name + "/README", Content: p.FileName + "\n"})
}

// packRPM has no epoch, because no sample has one.
func packRPM(p Package) ([]byte, error) {
	version, release, _ := strings.Cut(p.Version, "-")
	return archive.RPM{
		Name: p.Name, Version: version, Release: release, Arch: p.qualifier("arch"), Summary: "A sample package.",
	}.Build(), nil
}

// packConda uses a stored .tar.bz2, because the standard library can't write bzip2.
func packConda(p Package) ([]byte, error) {
	if path.Ext(p.FileName) == ".bz2" {
		return base64.StdEncoding.DecodeString(condaTarBz2)
	}
	index := fmt.Sprintf(`{"name":%q,"version":%q,"build":%q,"subdir":%q,"depends":[]}`,
		p.Name, p.Version, p.qualifier("build"), p.qualifier("subdir"))
	return archive.Conda(strings.TrimSuffix(p.FileName, ".conda"), index,
		archive.File{Name: "share/" + p.Name + "/README", Content: p.FileName + "\n"})
}

// condaTarBz2 is acme-tool-1.0.0-0.tar.bz2 of the subdir noarch: a tar with info/index.json, packed
// by bzip2 -9.
const condaTarBz2 = "" +
	"QlpoOTFBWSZTWcKEwKMAAGRbgMwAUAf3kCAK//f/SggIMAC5A1GhTxGp6npqDagPUAD0ygwMgyAAxGgyGQGDESaJ6hoNAaDRoDQa" +
	"LZfkgL4AgZPKnETAgI6DiKSRdi/XhbSLKeUMYuaN6IEpVNxY4H2X3UQG5AT1wVU0wAsc608qGeLVzQsTPNpMY0AE7nJCZZYBFaEP" +
	"vA3rcEt9nWMqPUqyCX1NfnHy3dk4wiGCN6g5XQHIY0rgFvXi2TkoIxxDTaGi6p8Q8WVd+J4N/F3JFOFCQwoTAow="

// packAPK has the fields that identify a package; it is never installed.
func packAPK(p Package) ([]byte, error) {
	info := fmt.Sprintf("pkgname = %s\npkgver = %s\narch = %s\npkgdesc = A sample package.\nlicense = MIT\n",
		p.Name, p.Version, p.qualifier("arch"))
	return archive.APK(info, archive.File{Name: "usr/share/" + p.Name + "/README", Content: p.FileName + "\n"})
}

// packCRAN has a source package with only its description.
func packCRAN(p Package) ([]byte, error) {
	return archive.TarGz(archive.File{Name: p.Name + "/DESCRIPTION",
		Content: "Package: " + p.Name + "\nVersion: " + p.Version + "\nTitle: A Sample\nLicense: MIT\n"})
}

// packComposer has composer.json at the root; composer also looks in a single top folder, which is
// what code hosts make.
func packComposer(p Package) ([]byte, error) {
	return archive.Zip(archive.File{Name: "composer.json",
		Content: fmt.Sprintf(`{"name":%q,"version":%q,"type":"library"}`, p.Group+"/"+p.Name, p.Version)})
}

// packPub names an SDK, because dart refuses a package without one.
func packPub(p Package) ([]byte, error) {
	return archive.TarGz(archive.File{Name: "pubspec.yaml",
		Content: "name: " + p.Name + "\nversion: " + p.Version + "\nenvironment:\n  sdk: ^3.0.0\n"})
}

// packVSIX is an Open Packaging archive: a manifest, and the types of everything in it.
func packVSIX(p Package) ([]byte, error) {
	manifest := fmt.Sprintf(`<?xml version="1.0" encoding="utf-8"?><PackageManifest Version="2.0.0"`+
		` xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011"><Metadata><Identity Id=%q Version=%q`+
		` Language="en-US" Publisher="Acme"/><DisplayName>%s</DisplayName></Metadata></PackageManifest>`,
		p.Name, p.Version, p.Name)
	types := `<?xml version="1.0" encoding="utf-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="vsixmanifest" ContentType="text/xml"/></Types>`
	return archive.Zip(archive.File{Name: "extension.vsixmanifest", Content: manifest},
		archive.File{Name: "[Content_Types].xml", Content: types})
}

// packModule has its files at the root, as terraform expects them after unpacking.
func packModule(p Package) ([]byte, error) {
	return archive.Zip(archive.File{Name: "main.tf", Content: "# " + p.FileName + "\n"})
}
