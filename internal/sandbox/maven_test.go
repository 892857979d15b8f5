package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestMavenRelease(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	folder := base + "/maven2/maven/org/acme/tool/1.0/"
	for _, file := range []string{"tool-1.0.jar", "tool-1.0-sources.jar", "tool-1.0.pom"} {
		got := get(t, folder+file, deploymentHeaders()...)
		sum := sha256.Sum256([]byte(got.body))
		if published := get(t, folder+file+".sha256", deploymentHeaders()...); published.body != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: %d, checksum %q", file, got.status, published.body)
		}
		for suffix, length := range map[string]int{".md5": 32, ".sha1": 40, ".sha512": 128} {
			if published := get(t, folder+file+suffix); len(published.body) != length {
				t.Errorf("%s%s: %q", file, suffix, published.body)
			}
		}
	}
	list := s.Deployments()
	if len(list) != 3 || list[0].GroupName != "org.acme" || list[0].PackageName != "tool" || list[0].Version != "1.0" {
		t.Errorf("recorded %+v", list)
	}
	if got := get(t, folder); got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		t.Errorf("folder: %d %v", got.status, got.header)
	}
}

func TestMavenRefusals(t *testing.T) {
	t.Parallel()
	_, base := start(t, locked())
	for path, status := range map[string]int{
		"org/acme/tool/1.0/tool-1.0.war":      404,
		"org/acme/tool/2.0/tool-2.0.jar":      404,
		"org/other/tool/1.0/tool-1.0.jar":     404,
		"org/acme/nothing/maven-metadata.xml": 404,
		"tool-1.0.jar":                        404,
		"org/acme/tool/1.0/tool-1.0.jar":      200,
	} {
		if got := get(t, base+"/maven2/maven/"+path, "X-ApiKey", testKey); got.status != status {
			t.Errorf("%s: %d, want %d", path, got.status, status)
		}
	}
	if got := get(t, base+"/maven2/maven/org/acme/tool/1.0/tool-1.0.jar"); got.status != http.StatusUnauthorized {
		t.Errorf("without a key: %d", got.status)
	}
}

func mavenDocumentAt(t *testing.T, address string) mavenDocument {
	t.Helper()
	got := get(t, address)
	var document mavenDocument
	if err := xml.Unmarshal([]byte(got.body), &document); err != nil {
		t.Fatalf("%s: %d %q %v", address, got.status, got.body, err)
	}
	return document
}

func TestMavenMetadata(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	document := mavenDocumentAt(t, base+"/maven2/maven/org/acme/tool/maven-metadata.xml")
	if document.Group != "org.acme" || document.Artifact != "tool" || document.Release != "1.0" ||
		document.Latest != "1.1-SNAPSHOT" || !slices.Equal(document.Versions, []string{"1.0", "1.1-SNAPSHOT"}) {
		t.Errorf("artifact: %+v", document)
	}
	document = mavenDocumentAt(t, base+"/maven2/maven/org/acme/tool/1.1-SNAPSHOT/maven-metadata.xml")
	if len(document.Snapshots) != 1 || document.Snapshots[0].Value != "1.1-20260102.100000-2" ||
		document.Snapshots[0].Extension != "jar" || document.Snapshots[0].Classifier != "" {
		t.Errorf("snapshot: %+v", document)
	}
}

func TestMavenSnapshotFiles(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	folder := base + "/maven2/maven/org/acme/tool/1.1-SNAPSHOT/"
	first, second := get(t, folder+"tool-1.1-20260101.100000-1.jar"), get(t, folder+"tool-1.1-20260102.100000-2.jar")
	literal := get(t, folder+"tool-1.1-SNAPSHOT.jar")
	if first.status != http.StatusOK || second.status != http.StatusOK || first.body == second.body {
		t.Errorf("builds: %d %d", first.status, second.status)
	}
	if literal.body != second.body {
		t.Errorf("literal SNAPSHOT: %d, not the latest build", literal.status)
	}
}

func TestSnapshotBuild(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ version, file, build, rest string }{
		{"1.1-SNAPSHOT", "tool-1.1-20260101.100000-1.jar", "1.1-20260101.100000-1", ".jar"},
		{"1.1-SNAPSHOT", "tool-1.1-20260101.100000-12-sources.jar", "1.1-20260101.100000-12", "-sources.jar"},
		{"1.1-SNAPSHOT", "tool-1.1-SNAPSHOT.jar", "1.1-SNAPSHOT", ".jar"},
		{"1.0", "tool-1.0-sources.jar", "1.0", "-sources.jar"},
		{"1.0", "tool-1.0.pom", "1.0", ".pom"},
	} {
		p := &stored{Package: Package{Name: "tool", Version: test.version, FileName: test.file}}
		if build, rest := snapshotBuild(p); build != test.build || rest != test.rest {
			t.Errorf("%+v: %q %q", test, build, rest)
		}
	}
}
