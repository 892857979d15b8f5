package feedtype

import (
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

const mavenVersions = `<?xml version="1.0" encoding="UTF-8"?><metadata><groupId>org.acme</groupId><versioning>
<latest>2.0-SNAPSHOT</latest><release>1.10</release><versions><version>1.9</version><version>1.10</version><version>2.0-SNAPSHOT</version></versions>
</versioning></metadata>`

const mavenSnapshot = `<metadata><versioning><snapshot><timestamp>20260102.030405</timestamp><buildNumber>7</buildNumber></snapshot>
<snapshotVersions><snapshotVersion><extension>jar</extension><value>2.0-20260102.030405-6</value></snapshotVersion>
<snapshotVersion><classifier>sources</classifier><extension>jar</extension><value>2.0-20260102.030405-5</value></snapshotVersion>
</snapshotVersions></versioning></metadata>`

func TestMaven(t *testing.T) {
	t.Parallel()
	const base = "maven2/feed/org/acme/tool/"
	tool := func(version string, qualifiers map[string]string) ecosystem.Package {
		return ecosystem.Package{
			Type:       ecosystem.Maven,
			Group:      "org.acme",
			Name:       "tool",
			Version:    version,
			Qualifiers: qualifiers,
		}
	}
	content := func(version, file string) Content {
		return Content{Ref: base + version + "/" + file, FileName: file, Version: version, Size: -1}
	}
	jar := base + "1.0/tool-1.0.jar"
	ungrouped := tool("1.0", nil)
	ungrouped.Group = ""
	plus := content("1.0+b", "tool-1.0+b.jar")
	plus.Ref = base + "1.0%2Bb/tool-1.0%2Bb.jar"
	snapshot := map[string]string{base + "2.0-SNAPSHOT/maven-metadata.xml": mavenSnapshot}
	runLocate(t, []locateTest{
		{
			name:  "sha256",
			pkg:   tool("1.0", nil),
			pages: map[string]string{jar + ".sha256": fill(1, 32) + "  tool-1.0.jar\n", jar + ".sha1": fill(2, 20)},
			want:  content("1.0", "tool-1.0.jar"),
			sums:  "sha256:" + fill(1, 32) + " (maven checksum file)",
			asked: []string{jar + ".sha256"},
		},
		{
			name:  "page in place of the first",
			pkg:   tool("1.0", nil),
			pages: map[string]string{jar + ".sha256": "<html>not found", jar + ".sha1": "\n " + fill(2, 20) + " "},
			want:  content("1.0", "tool-1.0.jar"),
			sums:  "sha1:" + fill(2, 20) + " (maven checksum file)",
		},
		{
			name:  "no checksums",
			pkg:   tool("1.0", nil),
			want:  content("1.0", "tool-1.0.jar"),
			asked: []string{jar + ".sha256", jar + ".sha512", jar + ".sha1", jar + ".md5"},
		},
		{
			name: "classifier and type",
			pkg:  tool("1.0", map[string]string{"classifier": "dist", "type": "tar.gz"}),
			want: content("1.0", "tool-1.0-dist.tar.gz"),
		},
		{
			name: "type with another extension",
			pkg:  tool("1.0", map[string]string{"type": "test-jar"}),
			want: content("1.0", "tool-1.0-tests.jar"),
		},
		{name: "plus sign", pkg: tool("1.0+b", nil), want: plus},
		{
			name:  "latest",
			pkg:   tool("latest", nil),
			pages: map[string]string{base + "maven-metadata.xml": mavenVersions},
			want:  content("2.0-SNAPSHOT", "tool-2.0-SNAPSHOT.jar"),
		},
		{
			name:  "latest stable",
			pkg:   tool("latest-stable", nil),
			pages: map[string]string{base + "maven-metadata.xml": mavenVersions},
			want:  content("1.10", "tool-1.10.jar"),
		},
		{
			name:  "latest of nothing",
			pkg:   tool("latest", nil),
			pages: map[string]string{base + "maven-metadata.xml": "<metadata/>"},
			is:    ErrNotFound,
		},
		{name: "latest without an index", pkg: tool("latest", nil), is: ErrNotFound},
		{
			name:  "snapshot",
			pkg:   tool("2.0-SNAPSHOT", nil),
			pages: snapshot,
			want:  content("2.0-SNAPSHOT", "tool-2.0-20260102.030405-6.jar"),
		},
		{
			name:  "snapshot with a classifier",
			pkg:   tool("2.0-SNAPSHOT", map[string]string{"type": "java-source"}),
			pages: snapshot,
			want:  content("2.0-SNAPSHOT", "tool-2.0-20260102.030405-5-sources.jar"),
		},
		{
			name:  "snapshot of another file",
			pkg:   tool("2.0-SNAPSHOT", map[string]string{"type": "pom"}),
			pages: snapshot,
			want:  content("2.0-SNAPSHOT", "tool-2.0-20260102.030405-7.pom"),
		},
		{
			name: "snapshot without an index",
			pkg:  tool("2.0-SNAPSHOT", nil),
			want: content("2.0-SNAPSHOT", "tool-2.0-SNAPSHOT.jar"),
		},
		{
			name:  "snapshot that leads out",
			pkg:   tool("2.0-SNAPSHOT", nil),
			fails: "dot segment",
			pages: map[string]string{base + "2.0-SNAPSHOT/maven-metadata.xml": `<metadata><versioning><snapshotVersions><snapshotVersion>
				<extension>jar</extension><value>2.0-/../x</value></snapshotVersion></snapshotVersions></versioning></metadata>`},
		},
		{
			name: "snapshot whose build is of another version",
			pkg:  tool("2.0-SNAPSHOT", nil),
			want: content("2.0-SNAPSHOT", "tool-2.0-SNAPSHOT.jar"),
			pages: map[string]string{base + "2.0-SNAPSHOT/maven-metadata.xml": `<metadata><versioning><snapshotVersions><snapshotVersion>
				<extension>jar</extension><value>3.0-20260102.030405-6</value></snapshotVersion></snapshotVersions></versioning></metadata>`},
		},
		{
			name:  "index of another snapshot",
			pkg:   tool("2.0-SNAPSHOT", nil),
			pages: map[string]string{base + "2.0-SNAPSHOT/maven-metadata.xml": strings.Replace(mavenSnapshot, "<versioning>", "<version>3.0-SNAPSHOT</version><versioning>", 1)},
			want:  content("2.0-SNAPSHOT", "tool-2.0-SNAPSHOT.jar"),
		},
		{
			name:  "index of another artifact",
			pkg:   tool("latest", nil),
			pages: map[string]string{base + "maven-metadata.xml": strings.Replace(mavenVersions, "</groupId>", "</groupId><artifactId>tool-api</artifactId>", 1)},
			fails: `it is of "org.acme:tool-api"`,
		},
		{
			name:  "latest and release that are not among the versions",
			pkg:   tool("latest-stable", nil),
			pages: map[string]string{base + "maven-metadata.xml": strings.Replace(mavenVersions, "<release>1.10", "<release>3.0", 1)},
			want:  content("1.10", "tool-1.10.jar"),
		},
		{
			name:  "release without versions",
			pkg:   tool("latest-stable", nil),
			pages: map[string]string{base + "maven-metadata.xml": "<metadata><versioning><release>3.0</release></versioning></metadata>"},
			is:    ErrNotFound,
		},
		{
			name: "several builds of a file",
			pkg:  tool("2.0-SNAPSHOT", nil),
			pages: map[string]string{base + "2.0-SNAPSHOT/maven-metadata.xml": `<metadata><versioning><snapshot><timestamp>20260101.000000</timestamp><buildNumber>9</buildNumber></snapshot><snapshotVersions>
				<snapshotVersion><extension>jar</extension><value>2.0-20260102.030405-9</value></snapshotVersion>
				<snapshotVersion><extension>jar</extension><value>2.0-20260102.030405-10</value></snapshotVersion>
				<snapshotVersion><extension>pom</extension><value>2.0-20260103.030405-11</value></snapshotVersion>
				<snapshotVersion><extension>jar</extension><value>2.0-20260101.030405-8</value></snapshotVersion></snapshotVersions></versioning></metadata>`},
			want: Content{Ref: base + "2.0-SNAPSHOT/tool-2.0-20260102.030405-10.jar", FileName: "tool-2.0-20260102.030405-10.jar", Version: "2.0-SNAPSHOT", Size: -1},
		},
		{
			name:  "one build of a snapshot",
			pkg:   tool("2.0-20260102.030405-6", map[string]string{"classifier": "sources"}),
			pages: map[string]string{base + "2.0-SNAPSHOT/tool-2.0-20260102.030405-6-sources.jar.sha1": fill(2, 20)},
			want: Content{
				Ref: base + "2.0-SNAPSHOT/tool-2.0-20260102.030405-6-sources.jar", FileName: "tool-2.0-20260102.030405-6-sources.jar",
				Version: "2.0-20260102.030405-6", Size: -1,
			},
			sums: "sha1:" + fill(2, 20) + " (maven checksum file)",
		},
		{name: "no group", pkg: ungrouped, fails: "group"},
		{
			name:  "no index but a page",
			pkg:   tool("latest", nil),
			pages: map[string]string{base + "maven-metadata.xml": "<html><br></html>"},
			fails: `it is not valid XML in line 1; it begins with "<html>`,
		},
	})
}

func TestSnapshotFolder(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"1.0-20240101.120000-3":      "1.0-SNAPSHOT",
		"1.0-rc1-20240101.120000-12": "1.0-rc1-SNAPSHOT",
		"1.0":                        "1.0",
		"1.0-SNAPSHOT":               "1.0-SNAPSHOT",
		"1.0-20240101.120000":        "1.0-20240101.120000",
		"20240101.120000-3":          "20240101.120000-3",
		"-20240101.120000-3":         "-20240101.120000-3",
		"1.0-20240101-3":             "1.0-20240101-3",
		"1.0-2024010.1120000-3":      "1.0-2024010.1120000-3",
		"1.0-20240101.12000-3":       "1.0-20240101.12000-3",
		"1.0-20240101.120000-":       "1.0-20240101.120000-",
		"1.0-20240101.120000-a":      "1.0-20240101.120000-a",
		"1.0-2024010x.120000-3":      "1.0-2024010x.120000-3",
		"":                           "",
	} {
		if got := snapshotFolder(version); got != want {
			t.Errorf("%s is in %s, want %s", version, got, want)
		}
	}
}

func TestMavenFile(t *testing.T) {
	t.Parallel()
	tests := []struct{ kind, classifier, wantClassifier, wantExtension string }{
		{"", "", "", "jar"},
		{"pom", "", "", "pom"},
		{"tar.gz", "dist", "dist", "tar.gz"},
		{"maven-plugin", "", "", "jar"},
		{"bundle", "", "", "jar"},
		{"test-jar", "", "tests", "jar"},
		{"test-jar", "mine", "mine", "jar"},
		{"ejb-client", "", "client", "jar"},
		{"java-source", "", "sources", "jar"},
		{"javadoc", "", "javadoc", "jar"},
	}
	for _, test := range tests {
		classifier, extension := mavenFile(map[string]string{"type": test.kind, "classifier": test.classifier})
		if classifier != test.wantClassifier || extension != test.wantExtension {
			t.Errorf("type %q, classifier %q: %q, %q", test.kind, test.classifier, classifier, extension)
		}
	}
}

func TestReadSumForms(t *testing.T) {
	t.Parallel()
	sum := fill(1, 20)
	for text, want := range map[string]bool{
		sum:                         true,
		strings.ToUpper(sum) + "\n": true,
		sum + "  tool-1.0.jar":      true,
		"tool-1.0.jar: " + sum:      true,
		"SHA1(tool.jar)= " + sum:    true,
		"":                          false,
		sum[:38]:                    false,
		"<html>" + sum + "</html>":  false,
	} {
		if got := readSum("sha1", strings.NewReader(text)); (got != nil) != want {
			t.Errorf("readSum(%q) = %v", text, got)
		}
	}
}

func TestReadSum(t *testing.T) {
	t.Parallel()
	// Filled only as far as a checksum file goes: the rest of a large body is not read.
	if sums := readSum("md5", &endless{}); sums != nil {
		t.Errorf("%v", sums)
	}
}

// endless is a body without an end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	e.read += len(p)
	return len(p), nil
}

func FuzzMaven(f *testing.F) {
	f.Add(mavenVersions, fill(1, 32))
	f.Add(mavenSnapshot, "x")
	f.Fuzz(func(t *testing.T, metadata, sum string) {
		pages := map[string]string{
			"maven2/feed/g/tool/maven-metadata.xml":              metadata,
			"maven2/feed/g/tool/2.0-SNAPSHOT/maven-metadata.xml": metadata,
			"maven2/feed/g/tool/1/tool-1.jar.sha256":             sum,
		}
		for _, version := range []string{"1", "2.0-SNAPSHOT", "latest"} {
			hostile(t, ecosystem.Package{Type: ecosystem.Maven, Group: "g", Name: "tool", Version: version}, pages)
		}
	})
}
