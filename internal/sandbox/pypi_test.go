package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestPyPI(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	page := get(t, base+"/pypi/pypi/simple/acme-tools/", "Accept", simpleJSON)
	if !strings.HasPrefix(page.header.Get("Content-Type"), "text/html") {
		t.Errorf("content type %q", page.header.Get("Content-Type"))
	}
	links := regexp.MustCompile(`<a href="\.\./\.\./(packages/[^"#]+)#sha256=([0-9a-f]{64})">([^<]+)</a>`).
		FindAllStringSubmatch(page.body, -1)
	if len(links) != 2 {
		t.Fatalf("page %s", page.body)
	}
	for _, link := range links {
		got := get(t, base+"/pypi/pypi/"+link[1], deploymentHeaders()...)
		sum := sha256.Sum256([]byte(got.body))
		if got.status != http.StatusOK || hex.EncodeToString(sum[:]) != link[2] || !strings.HasSuffix(link[1], link[3]) {
			t.Errorf("%s: %d", link[1], got.status)
		}
	}
	if n := len(s.Deployments()); n != 2 {
		t.Errorf("recorded %d", n)
	}
	for _, path := range []string{"simple/nothing/", "packages/nothing.whl", "simple/", "x", ""} {
		if got := get(t, base+"/pypi/pypi/"+path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestPyPIAsJSON(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{SimpleJSON: true})
	got := get(t, base+"/pypi/pypi/simple/Acme.Tools/", "Accept", simpleJSON+", text/html;q=0.1")
	document := decode[struct {
		Name  string
		Files []struct {
			Filename, URL string
			Hashes        map[string]string
		}
	}](t, got)
	if got.header.Get("Content-Type") != simpleJSON || document.Name != "acme-tools" || len(document.Files) != 2 {
		t.Fatalf("%v %+v", got.header, document)
	}
	for _, file := range document.Files {
		content := get(t, base+"/pypi/pypi/simple/acme-tools/../../"+file.URL[len("../../"):])
		if content.status != http.StatusBadRequest {
			t.Error("dot segments are the client's to resolve")
		}
		content = get(t, base+"/pypi/pypi/"+strings.TrimPrefix(file.URL, "../../"))
		sum := sha256.Sum256([]byte(content.body))
		if hex.EncodeToString(sum[:]) != file.Hashes["sha256"] {
			t.Errorf("%s: the digest does not match", file.Filename)
		}
	}
	if got := get(t, base+"/pypi/pypi/simple/acme_tools/"); !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
		t.Errorf("without Accept: %q", got.header.Get("Content-Type"))
	}
}

func TestNormalizePyPI(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Acme_Tools", "acme.tools", "ACME--tools", "acme-._tools"} {
		if got := normalizePyPI(name); got != "acme-tools" {
			t.Errorf("%q: %q", name, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		once := normalizePyPI(rapid.StringMatching(`[A-Za-z0-9._-]{1,12}`).Draw(t, "name"))
		if normalizePyPI(once) != once || strings.ContainsAny(once, "_.") {
			t.Fatalf("%q", once)
		}
	})
}
