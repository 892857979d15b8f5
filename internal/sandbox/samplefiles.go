package sandbox

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/progetctl/progetctl/internal/sandbox/archive"
)

// sampleFile is a sample that is not a NuGet package. Its content is made from its name: see
// sampleContent.
type sampleFile struct {
	feed, group, name, version, file, qualifier string
	days                                        int
}

// sampleFiles are the samples of all feeds that are not NuGet's.
func sampleFiles() []sampleFile {
	const snapshot = "1.1-SNAPSHOT"
	return []sampleFile{
		{"npm-unapproved", "@angular", "animation", "12.3.1", "animation-12.3.1.tgz", "", 50},
		{"npm-unapproved", "@angular", "animation", "13.0.0-rc.1", "animation-13.0.0-rc.1.tgz", "", 9},
		{"npm-unapproved", "", "lodash", "4.17.21", "lodash-4.17.21.tgz", "", 130},
		{"npm-approved", "@angular", "animation", "12.3.1", "animation-12.3.1.tgz", "", 45},
		{"npm-approved", "", "lodash", "4.17.21", "lodash-4.17.21.tgz", "", 120},
		{"universal-dev", "acme/tools", "builder", "1.4.0", "builder-1.4.0.upack", "", 16},
		{"universal-dev", "acme/tools", "builder", "1.5.0-beta", "builder-1.5.0-beta.upack", "", 4},
		{"universal-dev", "", "installer", "2.0.0", "installer-2.0.0.upack", "", 70},
		{"universal-prod", "acme/tools", "builder", "1.4.0", "builder-1.4.0.upack", "", 14},
		{"pypi", "", "Acme_Tools", "1.0.0", "acme_tools-1.0.0.tar.gz", "file=acme_tools-1.0.0.tar.gz", 33},
		{"pypi", "", "Acme_Tools", "1.0.0", "acme_tools-1.0.0-py3-none-any.whl", "file=acme_tools-1.0.0-py3-none-any.whl", 33},
		{"maven", "org.acme", "tool", "1.0", "tool-1.0.jar", "type=jar", 100},
		{"maven", "org.acme", "tool", "1.0", "tool-1.0-sources.jar", "classifier=sources&type=jar", 100},
		{"maven", "org.acme", "tool", "1.0", "tool-1.0.pom", "type=pom", 100},
		{"maven", "org.acme", "tool", snapshot, "tool-1.1-20260101.100000-1.jar", "build=1&type=jar", 8},
		{"maven", "org.acme", "tool", snapshot, "tool-1.1-20260102.100000-2.jar", "build=2&type=jar", 7},
		{"assets", "", "setup/acme setup.exe", "", "acme setup.exe", "", 21},
		{"helm", "", "acme-web", "0.3.0", "acme-web-0.3.0.tgz", "", 19},
	}
}

func (s samples) addSampleFile(sample sampleFile, now time.Time) error {
	content, err := sampleContent(sample)
	if err != nil {
		return fmt.Errorf("sample %s: %w", sample.file, err)
	}
	return s.AddPackage(sample.feed, Package{
		Group: sample.group, Name: sample.name, Version: sample.version, FileName: sample.file,
		Qualifier: sample.qualifier, Content: content, Published: now.AddDate(0, 0, -sample.days),
	})
}

// sampleContent wraps the manifest that each ecosystem's tools look for first.
func sampleContent(sample sampleFile) ([]byte, error) {
	full, name, version := fullName(sample.group, sample.name), sample.name, sample.version
	switch path.Ext(sample.file) {
	case ".upack":
		manifest := fmt.Sprintf(`{"group":%q,"name":%q,"version":%q}`, sample.group, name, version)
		return archive.Zip(archive.File{Name: "upack.json", Content: manifest},
			archive.File{Name: "package/readme.txt", Content: full})
	case ".whl":
		return wheel(strings.ToLower(name), version, pythonMetadata(name, version))
	case ".jar":
		return archive.Zip(archive.File{Name: "META-INF/MANIFEST.MF", Content: "Manifest-Version: 1.0\r\nX-File: " +
			sample.file + "\r\n\r\n"})
	case ".gz":
		return sdist(strings.TrimSuffix(sample.file, ".tar.gz")+"/", name, version)
	case ".tgz":
		manifest := archive.File{Name: "package/package.json",
			Content: fmt.Sprintf(`{"name":%q,"version":%q}`, full, version)}
		if sample.feed == "helm" {
			manifest = archive.File{Name: name + "/Chart.yaml",
				Content: fmt.Sprintf("apiVersion: v2\nname: %s\nversion: %s\n", name, version)}
		}
		return archive.TarGz(manifest)
	}
	return []byte(sample.file + "\n"), nil
}

// wheel has the three files without which pip calls it invalid (packaging.python.org, binary
// distribution format).
func wheel(name, version, metadata string) ([]byte, error) {
	folder := name + "-" + version + ".dist-info/"
	return archive.Zip(
		archive.File{Name: folder + "METADATA", Content: metadata},
		archive.File{Name: folder + "WHEEL", Content: "Wheel-Version: 1.0\nGenerator: progetctl sandbox\n" +
			"Root-Is-Purelib: true\nTag: py3-none-any\n"},
		archive.File{Name: folder + "RECORD", Content: folder + "METADATA,,\n" + folder + "WHEEL,,\n" + folder + "RECORD,,\n"},
	)
}

// sdist has what setuptools builds a wheel from (packaging.python.org, source distribution format).
func sdist(folder, name, version string) ([]byte, error) {
	module := strings.ToLower(name)
	return archive.TarGz(
		archive.File{Name: folder + "PKG-INFO", Content: pythonMetadata(name, version)},
		archive.File{Name: folder + "pyproject.toml", Content: "[build-system]\nrequires = [\"setuptools\"]\n" +
			"build-backend = \"setuptools.build_meta\"\n"},
		archive.File{Name: folder + "setup.py", Content: fmt.Sprintf("from setuptools import setup\n\n"+
			"setup(name=%q, version=%q, py_modules=[%q])\n", name, version, module)},
		archive.File{Name: folder + module + ".py", Content: "VERSION = \"" + version + "\"\n"},
	)
}

// pythonMetadata is the core metadata that pip expects in wheel and sdist.
func pythonMetadata(name, version string) string {
	return "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n"
}
