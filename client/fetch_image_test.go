package client

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
	"github.com/progetctl/progetctl/internal/sandbox"
)

func imagePackage(version string, qualifiers map[string]string) ecosystem.Package {
	return ecosystem.Package{Type: ecosystem.Docker, Name: "acme/builder", Version: version, Qualifiers: qualifiers}
}

// fetchImage locates and fetches an image of the feed docker into a folder.
func fetchImage(t *testing.T, c *Client, pkg ecosystem.Package, a *Annotation) (Fetched, error) {
	t.Helper()
	content, err := c.Downloads.Locate(t.Context(), "docker", pkg)
	if err != nil {
		return Fetched{}, err
	}
	return c.Downloads.Fetch(t.Context(), FetchRequest{Content: content, Annotation: a, Destination: Destination{Folder: t.TempDir()}})
}

// readLayout reads a tar archive and checks that each blob is under its digest.
func readLayout(t *testing.T, path string) map[string][]byte {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for archive := tar.NewReader(bytes.NewReader(raw)); ; {
		header, err := archive.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(archive)
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := files[header.Name]; twice {
			t.Errorf("%s exists twice", header.Name)
		}
		files[header.Name] = content
		if digest, ok := strings.CutPrefix(header.Name, "blobs/sha256/"); ok && digest != fmt.Sprintf("%x", sha256.Sum256(content)) {
			t.Errorf("%s has other content", header.Name)
		}
	}
}

// wantLayout insists on an archive in which everything that is pointed to exists, and returns the
// digests of its images.
func wantLayout(t *testing.T, path, ref string) (images []string) {
	t.Helper()
	files := readLayout(t, path)
	if got := string(files["oci-layout"]); got != `{"imageLayoutVersion":"1.0.0"}` {
		t.Errorf("oci-layout: %s", got)
	}
	var index manifest
	if err := json.Unmarshal(files["index.json"], &index); err != nil || len(index.Manifests) != 1 {
		t.Fatalf("%v: %s", err, files["index.json"])
	}
	if got := index.Manifests[0].Annotations.RefName; got != ref {
		t.Errorf("the reference is %q", got)
	}
	expected := 2
	for pointed := index.Manifests; len(pointed) > 0; {
		d := pointed[0]
		content, ok := files[blobPath(d.Digest)]
		if !ok || int64(len(content)) != d.Size {
			t.Fatalf("%s: %v, %d bytes of %d", d.Digest, ok, len(content), d.Size)
		}
		parsed, err := parseManifest(content)
		if err != nil {
			t.Fatal(err)
		}
		if parsed.Config != nil {
			images = append(images, d.Digest)
		}
		for _, blob := range parsed.blobs() {
			if content, ok := files[blobPath(blob.Digest)]; !ok || int64(len(content)) != blob.Size {
				t.Errorf("%s: %v, %d bytes of %d", blob.Digest, ok, len(content), blob.Size)
			}
		}
		pointed = append(pointed[1:], parsed.Manifests...)
		expected++
	}
	if len(files) <= expected {
		t.Errorf("%d files", len(files))
	}
	return images
}

// TestImages: an image comes whole, with one annotated request, however the registry expects to be
// asked.
func TestImages(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, version string
		options       sandbox.Options
		qualifiers    map[string]string
		images        int
		ref           string
	}{
		{name: "anonymous", version: "1.4.0", images: 1},
		{name: "basic", version: "1.4.0", options: sandbox.Options{APIKey: testKey}, images: 1},
		{name: "token", version: "1.4.0", options: sandbox.Options{APIKey: testKey, RegistryTokens: true}, images: 1},
		{name: "base path", version: "1.4.0", options: sandbox.Options{BasePath: "/pg"}, images: 1},
		{name: "index", version: "1.5.0", images: 2},
		{name: "index, one platform", version: "1.5.0", qualifiers: map[string]string{"arch": "arm64"}, images: 1},
		{name: "index, another", version: "1.5.0", qualifiers: map[string]string{"os": "linux", "arch": "amd64"}, images: 1},
		{name: "newest", version: "latest-stable", options: sandbox.Options{APIKey: testKey, RegistryTokens: true}, images: 2, ref: "1.5.0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server, url := startSandbox(t, test.options)
			c := newClient(t, url, WithAPIKey(NewSecret(testKey)))
			got, err := fetchImage(t, c, imagePackage(test.version, test.qualifiers), someAnnotation())
			if err != nil {
				t.Fatal(err)
			}
			ref := test.ref
			if ref == "" {
				ref = test.version
			}
			if images := wantLayout(t, got.File, ref); len(images) != test.images {
				t.Errorf("images %q", images)
			}
			if filepath.Base(got.File) != "builder-"+ref+".tar" || got.Deployment != DeploymentRecorded {
				t.Errorf("%+v", got)
			}
			if !slices.Equal(got.Verified, []string{"sha256 (registry digest)"}) {
				t.Errorf("verified %q", got.Verified)
			}
			requests, recorded := server.Requests(), server.Deployments()
			if n := annotatedRequests(requests); n != 1 || len(recorded) != 1 || recorded[0].Version != ref {
				t.Errorf("%d annotated, recorded %+v", n, recorded)
			}
		})
	}
}

// TestImageIsTheSameEachTime: the archive depends only on the image.
func TestImageIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	server, url := startSandbox(t, sandbox.Options{})
	c := newClient(t, url)
	first, err := fetchImage(t, c, imagePackage("1.5.0", nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	server.Fault("/v2/docker/acme/builder/blobs/", sandbox.Fault{Effect: sandbox.Cut, After: 10}, sandbox.Fault{Effect: sandbox.IgnoreRange})
	second, err := fetchImage(t, c, imagePackage("1.5.0", nil), nil)
	if err != nil || second.SHA256 != first.SHA256 || second.Bytes != first.Bytes {
		t.Errorf("%v: %+v, then %+v", err, first, second)
	}
	raw, err := os.ReadFile(second.File)
	if err != nil || fmt.Sprintf("%x", sha256.Sum256(raw)) != second.SHA256 {
		t.Errorf("%v: the checksum is not that of the file", err)
	}
}

func TestImageByDigest(t *testing.T) {
	t.Parallel()
	_, url := startSandbox(t, sandbox.Options{})
	c := newClient(t, url)
	tagged, err := fetchImage(t, c, imagePackage("1.4.0", nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	digest := wantLayout(t, tagged.File, "1.4.0")[0]
	got, err := fetchImage(t, c, imagePackage(digest, nil), nil)
	if err != nil || !slices.Contains(got.Verified, "sha256 (reference)") {
		t.Errorf("%v: %+v", err, got)
	}
	if want := "builder-" + strings.ReplaceAll(digest, ":", "-") + ".tar"; filepath.Base(got.File) != want {
		t.Errorf("file %q", got.File)
	}
}

// TestImageFailures: a part that is not what the manifest says is not an image, and no deployment
// is recorded for it.
func TestImageFailures(t *testing.T) {
	t.Parallel()
	json := func(body string) sandbox.Fault { return sandbox.Fault{Status: 200, Body: body} }
	const manifests, blobs = "/v2/docker/acme/builder/manifests/", "/v2/docker/acme/builder/blobs/"
	for _, test := range []struct {
		name, pattern string
		fault         sandbox.Fault
		kind          Kind
	}{
		{"no such image", manifests, sandbox.Fault{Status: 404}, KindNotFound},
		{"corrupt manifest", manifests, sandbox.Fault{Effect: sandbox.Corrupt}, KindIntegrity},
		{"corrupt blob", blobs, sandbox.Fault{Effect: sandbox.Corrupt}, KindIntegrity},
		{"missing blob", blobs, sandbox.Fault{Status: 404}, KindNotFound},
		{"short blob", blobs, json("x"), KindIntegrity},
		{"old schema", manifests, json(`{"schemaVersion":1}`), KindUnavailable},
		{"no JSON", manifests, json(`{"schemaVersion":`), KindUnavailable},
		{"a path for a digest", manifests, json(`{"schemaVersion":2,"config":{"digest":"../../etc/passwd","size":1}}`), KindUnavailable},
		{"huge manifest", manifests, sandbox.Fault{Status: 200, Body: " ", Fill: manifestLimit + 1}, KindUnavailable},
		{"registry without an answer", "/v2/$", sandbox.Fault{Status: 403}, KindAuth},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server, url := startSandbox(t, sandbox.Options{})
			server.Fault(test.pattern, test.fault)
			got, err := fetchImage(t, newClient(t, url), imagePackage("1.4.0", nil), someAnnotation())
			if KindOf(err) != test.kind || got.Deployment != DeploymentFailed {
				t.Errorf("kind %q, state %q: %v", KindOf(err), got.Deployment, err)
			}
			e, _ := errors.AsType[*Error](err)
			if looked := strings.Contains(e.Hint, "no index was looked in"); looked != (test.name == "no such image") {
				t.Errorf("hint %q", e.Hint)
			}
			if n := annotatedRequests(server.Requests()); n != 0 {
				t.Errorf("%d annotated requests", n)
			}
		})
	}
}

func TestImageForAnotherPlatform(t *testing.T) {
	t.Parallel()
	_, url := startSandbox(t, sandbox.Options{})
	_, err := fetchImage(t, newClient(t, url), imagePackage("1.5.0", map[string]string{"arch": "s390x"}), nil)
	if e := wantKind(t, err, KindNotFound); !strings.Contains(e.Message, `["linux/amd64" "linux/arm64"]`) {
		t.Errorf("%v", err)
	}
}

// TestImageFromStorage: blobs may lie elsewhere, where nothing of ours goes.
func TestImageFromStorage(t *testing.T) {
	t.Parallel()
	other, storage := startSandbox(t, sandbox.Options{})
	server, url := startSandbox(t, sandbox.Options{APIKey: testKey, RegistryTokens: true})
	for _, r := range storedBlobs(t, storage) {
		server.Fault("/v2/docker/acme/builder/blobs/"+r, sandbox.Redirect(307, storage+"/v2/docker/acme/builder/blobs/"+r+"?sig=secret"))
	}
	before := count(other)
	got, err := fetchImage(t, newClient(t, url, WithAPIKey(NewSecret(testKey))), imagePackage("1.4.0", nil), someAnnotation())
	if err != nil {
		t.Fatal(err)
	}
	wantLayout(t, got.File, "1.4.0")
	moved := other.Requests()[before:]
	if len(moved) != 2 || annotatedRequests(moved) != 0 {
		t.Errorf("%d requests to the storage", len(moved))
	}
	for _, r := range moved {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Referer") != "" {
			t.Errorf("the storage got %v", r.Header)
		}
	}
}

// storedBlobs lists the digests of the blobs of an image.
func storedBlobs(t *testing.T, url string) (digests []string) {
	t.Helper()
	got, err := fetchImage(t, newClient(t, url), imagePackage("1.4.0", nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range readLayout(t, got.File) {
		if m, err := parseManifest(content); err == nil && strings.HasPrefix(name, "blobs/") {
			for _, d := range m.blobs() {
				digests = append(digests, d.Digest)
			}
		}
	}
	return digests
}

// TestTokenRunsOut: a token that ends in the middle of an image is renewed, for a part as for the
// annotated request at its end, which certainly left no record when it was refused.
func TestTokenRunsOut(t *testing.T) {
	t.Parallel()
	const manifest, blobs = "/v2/docker/acme/builder/manifests/1.4.0", "/v2/docker/acme/builder/blobs/"
	for _, test := range []struct {
		name      string
		faults    map[string]int // how often a token has run out, by the path
		kind      Kind
		tokens    int
		annotated int
	}{
		{"never", nil, "", 1, 1},
		{"at a part", map[string]int{blobs: 1}, "", 2, 1},
		{"immediately", map[string]int{manifest: 1}, "", 2, 1},
		{"at the end", map[string]int{"end": 1}, "", 2, 2},
		{"at a part and at the end", map[string]int{blobs: 1, "end": 1}, "", 3, 2},
		{"twice at a part", map[string]int{blobs: 2}, KindAuth, 2, 0},
		{"twice at the end", map[string]int{"end": 2}, KindAuth, 2, 2},
	} {
		server, url := startSandbox(t, sandbox.Options{APIKey: testKey, RegistryTokens: true})
		over := sandbox.Fault{Status: 401, Header: http.Header{"Www-Authenticate": {`Bearer realm="` + url + `/v2/_auth",service="x"`}}}
		server.Fault(manifest, slices.Repeat([]sandbox.Fault{over}, test.faults[manifest])...)
		server.Fault(blobs, slices.Repeat([]sandbox.Fault{over}, test.faults[blobs])...)
		if n := test.faults["end"]; n > 0 {
			server.Fault(manifest, append([]sandbox.Fault{{}}, slices.Repeat([]sandbox.Fault{over}, n)...)...)
		}
		got, err := fetchImage(t, newClient(t, url, WithAPIKey(NewSecret(testKey))), imagePackage("1.4.0", nil), someAnnotation())
		tokens := 0
		for _, r := range server.Requests() {
			if strings.HasPrefix(r.Target, "/v2/_auth?scope=repository%3Adocker%2Facme%2Fbuilder%3Apull&service=") {
				tokens++
			}
		}
		if n := annotatedRequests(server.Requests()); KindOf(err) != test.kind || tokens != test.tokens || n != test.annotated {
			t.Errorf("%s: %d tokens, %d annotated requests, %v", test.name, tokens, n, err)
		}
		if err == nil {
			wantLayout(t, got.File, "1.4.0")
		} else if got.Deployment != DeploymentFailed {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

// TestChallengeOfStorage: where the blobs are may not choose what our server is asked for.
func TestChallengeOfStorage(t *testing.T) {
	t.Parallel()
	server, url := startSandbox(t, sandbox.Options{APIKey: testKey, RegistryTokens: true})
	storage := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="`+url+`/api/chosen",service="x"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	away := sandbox.Redirect(307, storage+"/blob")
	away.Times = -1
	server.Fault("/v2/docker/acme/builder/blobs/", away)
	_, err := fetchImage(t, newClient(t, url, WithAPIKey(NewSecret(testKey))), imagePackage("1.4.0", nil), nil)
	wantKind(t, err, KindAuth)
	for _, r := range server.Requests() {
		if strings.HasPrefix(r.Target, "/api/chosen") {
			t.Errorf("our server was asked for %s", r.Target)
		}
	}
}

// TestImageToStream: a stream takes the same archive; what broke off on it can only be continued.
func TestImageToStream(t *testing.T) {
	t.Parallel()
	server, url := startSandbox(t, sandbox.Options{})
	c := newClient(t, url)
	file, err := fetchImage(t, c, imagePackage("1.4.0", nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	content, err := c.Downloads.Locate(t.Context(), "docker", imagePackage("1.4.0", nil))
	if err != nil {
		t.Fatal(err)
	}
	const blobs = "/v2/docker/acme/builder/blobs/"
	cut := sandbox.Fault{Effect: sandbox.Cut, After: 10}
	for _, test := range []struct {
		name   string
		faults []sandbox.Fault
		kind   Kind
	}{
		{"whole", nil, ""},
		{"continued", []sandbox.Fault{cut}, ""},
		{"cannot be continued", []sandbox.Fault{cut, {Effect: sandbox.IgnoreRange}}, KindUnavailable},
	} {
		server.Fault(blobs, test.faults...)
		var out bytes.Buffer
		var total int64
		got, err := c.Downloads.Fetch(t.Context(), FetchRequest{
			Content: content, Destination: Destination{Stream: &out},
			Progress: func(done, size int64) {
				if total = size; done > size {
					t.Errorf("%d of %d bytes", done, size)
				}
			},
		})
		if KindOf(err) != test.kind || total == 0 {
			t.Errorf("%s: %v, %d bytes of blobs", test.name, err, total)
		}
		if sum := fmt.Sprintf("%x", sha256.Sum256(out.Bytes())); err == nil && (sum != file.SHA256 || got.SHA256 != file.SHA256) {
			t.Errorf("%s: another archive than the file", test.name)
		}
	}
}

// TestImageChecksum: the caller's own checksum is that of the archive.
func TestImageChecksum(t *testing.T) {
	t.Parallel()
	_, url := startSandbox(t, sandbox.Options{})
	c := newClient(t, url)
	content, err := c.Downloads.Locate(t.Context(), "docker", imagePackage("1.4.0", nil))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	wrong, err := ParseChecksum("sha256", strings.Repeat("0", 64))
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Downloads.Fetch(t.Context(), FetchRequest{
		Content: content, Checksums: []feedtype.Checksum{wrong}, Destination: Destination{Folder: folder},
	})
	wantKind(t, err, KindIntegrity)
	wantFolder(t, folder, false, nil)
}

// TestBadRealm: a realm at another origin gets nothing, and one that cannot be asked is the
// server's fault.
func TestBadRealm(t *testing.T) {
	t.Parallel()
	asked := false
	thief := startServer(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	server, url := startSandbox(t, sandbox.Options{})
	for _, realm := range []string{thief + "/token", url + "/%2e%2e/token"} {
		server.Fault("/v2/", sandbox.Fault{Status: 401, Header: http.Header{"Www-Authenticate": {`Bearer realm="` + realm + `",service="x"`}}})
		_, err := fetchImage(t, newClient(t, url, WithAPIKey(NewSecret(testKey))), imagePackage("1.4.0", nil), nil)
		if wantKind(t, err, KindUnavailable); asked {
			t.Error("the other origin was asked")
		}
	}
}

// TestBadToken is the registry's fault.
func TestBadToken(t *testing.T) {
	t.Parallel()
	for _, token := range []string{`a\r\nX-Other: b`, `a\u0000`, `\u007f`, strings.Repeat("a", longestToken+1)} {
		server, url := startSandbox(t, sandbox.Options{})
		server.Fault("/v2/", sandbox.Fault{Status: 401, Header: http.Header{"Www-Authenticate": {`Bearer realm="/token"`}}})
		server.Fault("/token", sandbox.Fault{Status: 200, Body: `{"token":"` + token + `"}`})
		_, err := fetchImage(t, newClient(t, url), imagePackage("1.4.0", nil), nil)
		if e := wantKind(t, err, KindUnavailable); !strings.Contains(e.Message, "token") || count(server) != 2 {
			t.Errorf("%.20q: %v after %d requests", token, e, count(server))
		}
	}
}

// FuzzParseManifest: whatever a registry sends, what is used of it is safe to name a file by.
func FuzzParseManifest(f *testing.F) {
	f.Add([]byte(`{"schemaVersion":2,"config":{"digest":"sha256:` + strings.Repeat("a", 64) + `","size":3},"layers":[]}`))
	f.Add([]byte(`{"schemaVersion":2,"manifests":[{"digest":"sha256:../x","size":-1}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := parseManifest(raw)
		if err != nil {
			return
		}
		for _, d := range append(m.blobs(), m.Manifests...) {
			if path := blobPath(d.Digest); d.Size < 0 || strings.Count(path, "/") != 2 || strings.Contains(path, ".") {
				t.Errorf("%+v", d)
			}
		}
	})
}
