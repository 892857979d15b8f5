package doctest

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// releaseFolder is the variable with the folder of a release that .ci/release has made.
const releaseFolder = "PROGETCTL_RELEASE"

// scoopManifest is what the schema of Scoop (ScoopInstaller/Scoop, schema.json) requires, and what
// we use of the rest.
type scoopManifest struct {
	Version, Homepage, License, Description string
	Architecture                            map[string]struct {
		URL, Hash string
		Bin       []string
	}
}

// wingetManifest is what winget's schemas (microsoft/winget-cli, schemas/JSON/manifests) require of
// the three files of a package, and what we use of the rest.
type wingetManifest struct {
	Identifier  string `yaml:"PackageIdentifier"`
	Version     string `yaml:"PackageVersion"`
	Type        string `yaml:"ManifestType"`
	Form        string `yaml:"ManifestVersion"`
	Default     string `yaml:"DefaultLocale"`
	Locale      string `yaml:"PackageLocale"`
	Publisher   string `yaml:"Publisher"`
	Name        string `yaml:"PackageName"`
	License     string `yaml:"License"`
	Short       string `yaml:"ShortDescription"`
	InstallType string `yaml:"InstallerType"`
	Installers  []struct {
		Architecture string `yaml:"Architecture"`
		Nested       string `yaml:"NestedInstallerType"`
		Files        []struct {
			Path string `yaml:"RelativeFilePath"`
		} `yaml:"NestedInstallerFiles"`
		URL string `yaml:"InstallerUrl"`
		Sum string `yaml:"InstallerSha256"`
	} `yaml:"Installers"`
}

// manifests reads the manifests in a folder of a release, and returns what is wrong with them.
type manifests struct {
	folder string
	wrong  []string
}

func (m *manifests) want(ok bool, format string, args ...any) {
	if !ok {
		m.wrong = append(m.wrong, fmt.Sprintf(format, args...))
	}
}

// archive checks that a URL names an archive of the release, with this checksum and with the
// programs in it.
func (m *manifests) archive(url, sum string, programs ...string) {
	name := path.Base(url)
	raw, err := os.ReadFile(filepath.Join(m.folder, name))
	if m.want(err == nil && strings.HasPrefix(url, "https://"), "%s: %v", url, err); err != nil {
		return
	}
	digest := sha256.Sum256(raw)
	m.want(strings.EqualFold(sum, hex.EncodeToString(digest[:])), "%s has another checksum than %s", name, sum)
	m.want(len(programs) > 0, "%s: no program is named", name)
	files, err := zip.OpenReader(filepath.Join(m.folder, name))
	if m.want(err == nil, "%s: %v", name, err); err != nil {
		return
	}
	defer files.Close()
	for _, program := range programs {
		m.want(slices.ContainsFunc(files.File, func(f *zip.File) bool { return f.Name == strings.ReplaceAll(program, `\`, "/") }), "%s has no %s", name, program)
	}
}

func (m *manifests) scoop() {
	raw, err := os.ReadFile(filepath.Join(m.folder, "scoop", "progetctl.json"))
	var s scoopManifest
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	m.want(err == nil, "Scoop: %v", err)
	m.want(s.Version != "" && strings.HasPrefix(s.Homepage, "https://") && s.License != "", "Scoop: version %q, homepage %q, license %q", s.Version, s.Homepage, s.License)
	_, usual := s.Architecture["64bit"]
	m.want(usual, "Scoop: nothing for 64bit")
	for name, a := range s.Architecture {
		m.want(name == "64bit" || name == "arm64", "Scoop has no architecture %q", name)
		m.archive(a.URL, strings.TrimPrefix(a.Hash, "sha256:"), a.Bin...)
	}
}

func (m *manifests) winget() {
	files, err := filepath.Glob(filepath.Join(m.folder, "winget", "manifests", "*", "*", "*", "*", "*.yaml"))
	m.want(err == nil && len(files) == 3, "winget has the files %q", files)
	identifier := regexp.MustCompile(`^[^\s\\/:*?"<>|.]{1,32}(\.[^\s\\/:*?"<>|.]{1,32}){1,7}$`)
	types := map[string]bool{}
	for _, file := range files {
		var w wingetManifest
		raw, err := os.ReadFile(file)
		if err == nil {
			err = yaml.Unmarshal(raw, &w)
		}
		name := filepath.Base(file)
		m.want(err == nil, "%s: %v", name, err)
		m.want(identifier.MatchString(w.Identifier) && strings.HasPrefix(name, w.Identifier+"."), "%s: identifier %q", name, w.Identifier)
		m.want(w.Version != "" && filepath.Base(filepath.Dir(file)) == w.Version, "%s: version %q", name, w.Version)
		m.want(regexp.MustCompile(`^1\.\d+\.0$`).MatchString(w.Form), "%s: form %q", name, w.Form)
		types[w.Type] = true
		switch w.Type {
		case "version":
			m.want(w.Default != "", "%s: no locale", name)
		case "defaultLocale":
			m.want(w.Locale != "" && len(w.Publisher) >= 2 && len(w.Name) >= 2 && len(w.License) >= 3, "%s: %+v", name, w)
			m.want(len(w.Short) >= 3 && len(w.Short) <= 256, "%s: description %q", name, w.Short)
		case "installer":
			m.installers(w)
		}
	}
	m.want(len(types) == 3, "winget has files of the types %v", types)
}

func (m *manifests) installers(w wingetManifest) {
	m.want(len(w.Installers) > 0 && w.InstallType == "zip", "winget: %d installers of type %q", len(w.Installers), w.InstallType)
	for _, i := range w.Installers {
		m.want((i.Architecture == "x64" || i.Architecture == "arm64") && i.Nested == "portable", "winget: %q, %q", i.Architecture, i.Nested)
		var programs []string
		for _, file := range i.Files {
			programs = append(programs, file.Path)
		}
		m.archive(i.URL, i.Sum, programs...)
	}
}

// manifestProblems is what is wrong with the manifests in a folder.
func manifestProblems(folder string) []string {
	m := &manifests{folder: folder}
	m.scoop()
	m.winget()
	return m.wrong
}

// TestReleaseManifests checks the manifests for Scoop and winget of the release that .ci/release
// has just made.
func TestReleaseManifests(t *testing.T) {
	t.Parallel()
	folder := os.Getenv(releaseFolder)
	if folder == "" {
		t.Skip(".ci/release runs this with a release")
	}
	for _, problem := range manifestProblems(folder) {
		t.Error(problem)
	}
}

// TestManifestChecks: manifests as goreleaser makes them pass, and none with a fault does.
func TestManifestChecks(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"good":                   {},
		"no licence":             {`"license": "MIT",`, ``},
		"no version":             {`"version": "1.2.3",`, ``},
		"another architecture":   {`"arm64": {`, `"arm": {`},
		"another program":        {`progetctl.exe`, `bin\progetctl.exe`},
		"another checksum":       {`SUM`, strings.Repeat("0", 64)},
		"an archive elsewhere":   {`progetctl_1.2.3_windows_arm64.zip`, `progetctl_1.2.4_windows_arm64.zip`},
		"no word about it":       {"ShortDescription: Record deployments in ProGet, query promotions, download packages", "ShortDescription: R"},
		"no publisher":           {"Publisher: progetctl\n", ""},
		"an identifier in one":   {"PackageIdentifier: progetctl.progetctl", "PackageIdentifier: progetctl"},
		"a type twice":           {"ManifestType: version", "ManifestType: installer"},
		"an installer of a kind": {"NestedInstallerType: portable", "NestedInstallerType: exe"},
	} {
		problems := manifestProblems(madeManifests(t, change))
		if (len(problems) == 0) != (name == "good") {
			t.Errorf("%s: problems %q", name, problems)
		}
	}
}

// madeManifests is a folder as goreleaser 2.16 leaves it, with one change of the manifests' text.
// They are its own, but for version, date and sums; winget's 1.12.0 and Scoop's schemas hold for
// them.
func madeManifests(t *testing.T, change [2]string) string {
	t.Helper()
	folder := t.TempDir()
	save := func(name string, text []byte) {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	scoop, installers := map[string]string{}, ""
	for _, arch := range []string{"arm64", "amd64"} {
		archive := "progetctl_1.2.3_windows_" + arch + ".zip"
		content, err := packed(archive)
		if err != nil {
			t.Fatal(err)
		}
		save(archive, content)
		url := "https://github.com/progetctl/progetctl/releases/download/v1.2.3/" + archive
		digest := sha256.Sum256(content)
		sum := hex.EncodeToString(digest[:])
		if change[0] == "SUM" {
			sum = change[1]
		}
		scoop[arch] = fmt.Sprintf("{\n            \"url\": %q,\n            \"bin\": [\n                \"progetctl.exe\"\n            ],\n            \"hash\": %q\n        }", url, sum)
		installers += fmt.Sprintf("  - Architecture: %s\n    NestedInstallerType: portable\n    NestedInstallerFiles:\n"+
			"      - RelativeFilePath: progetctl.exe\n        PortableCommandAlias: progetctl\n"+
			"    InstallerUrl: %s\n    InstallerSha256: %s\n    UpgradeBehavior: uninstallPrevious\n",
			map[string]string{"amd64": "x64", "arm64": "arm64"}[arch], url, sum)
	}
	head := func(kind string) string {
		return "# This file was generated by GoReleaser. DO NOT EDIT.\n" +
			"# yaml-language-server: $schema=https://aka.ms/winget-manifest." + kind + ".1.12.0.schema.json\n" +
			"PackageIdentifier: progetctl.progetctl\nPackageVersion: 1.2.3\n"
	}
	foot := func(kind string) string { return "ManifestType: " + kind + "\nManifestVersion: 1.12.0\n" }
	const winget = "winget/manifests/p/progetctl/progetctl/1.2.3/progetctl.progetctl"
	for name, text := range map[string]string{
		"scoop/progetctl.json": "{\n    \"version\": \"1.2.3\",\n    \"architecture\": {\n        \"64bit\": " + scoop["amd64"] +
			",\n        \"arm64\": " + scoop["arm64"] + "\n    },\n    \"homepage\": \"https://github.com/progetctl/progetctl\",\n" +
			"    \"license\": \"MIT\",\n    \"description\": \"Record deployments in ProGet, query promotions, download packages\"\n}\n",
		winget + ".yaml": head("version") + "DefaultLocale: en-US\n" + foot("version"),
		winget + ".installer.yaml": head("installer") + "InstallerLocale: en-US\nInstallerType: zip\nReleaseDate: \"2026-11-27\"\nInstallers:\n" +
			installers + foot("installer"),
		winget + ".locale.en-US.yaml": head("defaultLocale") + "PackageLocale: en-US\nPublisher: progetctl\nPackageName: progetctl\n" +
			"PackageUrl: https://github.com/progetctl/progetctl\nLicense: MIT\n" +
			"LicenseUrl: https://github.com/progetctl/progetctl/blob/main/LICENSE\n" +
			"ShortDescription: Record deployments in ProGet, query promotions, download packages\nMoniker: progetctl\n" + foot("defaultLocale"),
	} {
		if change[0] != "" {
			text = strings.ReplaceAll(text, change[0], change[1])
		}
		save(name, []byte(text))
	}
	return folder
}
