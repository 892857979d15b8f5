package client

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

const (
	indexType    = "application/vnd.oci.image.index.v1+json"
	manifestType = "application/vnd.oci.image.manifest.v1+json"
)

// registry is a registry whose documents a test makes by hand.
type registry struct {
	mutex     sync.Mutex
	content   map[string][]byte              // by digest, or by tag
	statuses  map[string]int                 // of what is refused
	asked     []string                       // last elements of paths, annotated ones with a *
	annotated func(http.ResponseWriter) bool // answers an annotated request, unless it gives true
	moved     []byte                         // what the tag 1 is from the annotated request on
}

func newRegistry() *registry {
	return &registry{content: map[string][]byte{}, statuses: map[string]int{}}
}

// add adds a document and gives what points to it.
func (r *registry) add(content []byte, more map[string]any) map[string]any {
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(content))
	r.content[digest] = content
	d := map[string]any{"mediaType": manifestType, "digest": digest, "size": len(content)}
	for key, value := range more {
		d[key] = value
	}
	return d
}

func (r *registry) addJSON(v any, more map[string]any) map[string]any {
	content, _ := json.Marshal(v)
	return r.add(content, more)
}

// image adds an image for a platform.
func (r *registry) image(os, arch, variant string) map[string]any {
	is := map[string]string{"os": os, "architecture": arch, "variant": variant}
	config := r.addJSON(is, map[string]any{"mediaType": "application/vnd.oci.image.config.v1+json"})
	layer := r.add([]byte("layer of "+os+arch+variant), nil)
	return r.addJSON(map[string]any{"schemaVersion": 2, "config": config, "layers": []any{layer}}, map[string]any{"platform": is})
}

// index makes the tag 1 an index of the images.
func (r *registry) index(images ...map[string]any) {
	r.content["1"], _ = json.Marshal(map[string]any{"schemaVersion": 2, "mediaType": indexType, "manifests": images})
}

func (r *registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	name := path.Base(req.URL.Path)
	annotated := req.Header.Get("X-ProGet-Deployment-Application") != ""
	r.mutex.Lock()
	if name != "v2" {
		r.asked = append(r.asked, name+map[bool]string{true: "*"}[annotated])
	}
	if annotated && r.moved != nil {
		r.content["1"] = r.moved
	}
	content, found := r.content[name]
	status := r.statuses[name]
	r.mutex.Unlock()
	switch {
	case name == "v2":
	case annotated && r.annotated != nil && !r.annotated(w):
	case status != 0:
		w.WriteHeader(status)
	case !found:
		w.WriteHeader(http.StatusNotFound)
	default:
		w.Header().Set("Content-Type", indexType)
		_, _ = w.Write(content)
	}
}

func (r *registry) annotations() (n int) {
	for _, name := range r.asked {
		if strings.HasSuffix(name, "*") {
			n++
		}
	}
	return n
}

// TestImagePartsThatAreMissing: nothing is recorded for an image that cannot be had, and the error
// says what can.
func TestImagePartsThatAreMissing(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		qualifiers map[string]string
		status     int
		gone       []int // of amd64, arm64, the attestation
		kind       Kind
		says, hint string
	}{
		{name: "whole"},
		{name: "one of two", gone: []int{1}, kind: KindNotFound, says: "does not have: linux/arm64", hint: "arch=amd64"},
		{name: "the first", gone: []int{0}, kind: KindNotFound, says: "does not have: linux/amd64", hint: "arch=arm64"},
		{name: "both", gone: []int{0, 1}, kind: KindNotFound, says: "linux/amd64, linux/arm64/v8", hint: "its connector"},
		{name: "the attestation", gone: []int{2}},
		{name: "another than the wanted", qualifiers: map[string]string{"arch": "amd64"}, gone: []int{1, 2}},
		{name: "the wanted", qualifiers: map[string]string{"arch": "arm64"}, gone: []int{1}, kind: KindNotFound, says: "does not have: linux/arm64"},
		{name: "refused", status: http.StatusForbidden, gone: []int{1}, kind: KindAuth},
		{name: "gone for good", status: http.StatusGone, gone: []int{2}, kind: KindRejected},
		{name: "a server that fails", status: http.StatusInternalServerError, gone: []int{2}, kind: KindUnavailable},
	} {
		r := newRegistry()
		attestation := map[string]any{"platform": map[string]string{"os": "unknown", "architecture": "unknown"}}
		parts := []map[string]any{r.image("linux", "amd64", ""), r.image("linux", "arm64", "v8"), r.addJSON(map[string]any{
			"schemaVersion": 2, "config": r.add([]byte("{}"), nil), "layers": []any{}}, attestation)}
		r.index(parts...)
		for _, i := range test.gone {
			if r.statuses[parts[i]["digest"].(string)] = test.status; test.status == 0 {
				delete(r.content, parts[i]["digest"].(string))
			}
		}
		c := newClient(t, startServer(t, r), WithRetries(0))
		got, err := fetchImage(t, c, imagePackage("1", test.qualifiers), someAnnotation())
		if KindOf(err) != test.kind {
			t.Errorf("%s: %v", test.name, err)
		}
		if err != nil {
			e := wantKind(t, err, test.kind)
			if r.annotations() != 0 || got.Deployment != DeploymentFailed || !strings.Contains(e.Message, test.says) || !strings.Contains(e.Hint+" "+strings.Join(e.Choices, " "), test.hint) {
				t.Errorf("%s: %+v, asked %q", test.name, e, r.asked)
			}
			continue
		}
		// The annotated request is the last one.
		if r.annotations() != 1 || r.asked[len(r.asked)-1] != "1*" || got.Deployment != DeploymentRecorded {
			t.Errorf("%s: asked %q, %+v", test.name, r.asked, got)
		}
	}
}

// TestImagePlatforms: whatever the spelling of a platform, it is the right one or none.
func TestImagePlatforms(t *testing.T) {
	t.Parallel()
	r := newRegistry()
	r.index(r.image("linux", "amd64", ""), r.image("linux", "amd64", "v3"), r.image("windows", "amd64", ""), r.image("linux", "arm", "v6"),
		r.image("linux", "arm", "v7"), r.image("linux", "arm64", "v8"), r.image("linux", "386", ""), r.image("linux", "ppc64le", ""))
	url := startServer(t, r)
	for want, spellings := range map[string][]string{
		"linuxamd64":   {"amd64", "x86_64", "x86-64", "X86_64", "AMD64", "x64", "linux/amd64", "amd64/v1", "linux/x86_64"},
		"linuxamd64v3": {"amd64/v3", "x86_64/v3", "linux/amd64/v3", "amd64 v3"},
		"linuxarm64v8": {"arm64", "aarch64", "arm64/v8", "arm64/8", "linux/arm64/v8", "AArch64"},
		"linuxarmv7":   {"arm", "armhf", "armv7l", "arm/v7", "arm/7", "arm v7"},
		"linuxarmv6":   {"armel", "armv6l", "arm/v6", "linux/arm/v6"},
		"linux386":     {"386", "i386", "i686", "x86"},
		"linuxppc64le": {"ppc64le", "ppc64el"},
		"windowsamd64": {"windows/amd64", "windows/x86_64"},
		"":             {"amd64/v2", "s390x", "arm64/v9", "mips", "darwin/arm64", "unknown", "linux/amd64/v3/x"},
	} {
		for _, spelling := range spellings {
			qualifiers := map[string]string{"arch": spelling}
			if arch, variant, both := strings.Cut(spelling, " "); both {
				qualifiers = map[string]string{"arch": arch, "variant": variant}
			}
			got, err := fetchImage(t, newClient(t, url), imagePackage("1", qualifiers), nil)
			if want == "" {
				wantKind(t, err, KindNotFound)
				continue
			}
			if err != nil {
				t.Errorf("%s: %v", spelling, err)
				continue
			}
			if !slices.Contains(contents(readLayout(t, got.File)), "layer of "+want) {
				t.Errorf("%s is not %s", spelling, want)
			}
		}
	}
}

func contents(files map[string][]byte) (all []string) {
	for _, content := range files {
		all = append(all, string(content))
	}
	return all
}

// TestSingleImageForAnotherPlatform: an image without an index has its platform in its
// configuration.
func TestSingleImageForAnotherPlatform(t *testing.T) {
	t.Parallel()
	r := newRegistry()
	r.content["1"] = r.content[r.image("linux", "arm64", "")["digest"].(string)]
	c := newClient(t, startServer(t, r))
	for arch, kind := range map[string]Kind{"arm64": "", "aarch64": "", "linux/arm64": "", "amd64": KindNotFound} {
		got, err := fetchImage(t, c, imagePackage("1", map[string]string{"arch": arch}), nil)
		if KindOf(err) != kind {
			t.Errorf("%s: %v", arch, err)
		}
		if err == nil {
			wantLayout(t, got.File, "1")
		}
	}
}

// TestImagesWithoutPlatforms: an index that does not say what its images are for is read as the
// only image says, and not guessed of several.
func TestImagesWithoutPlatforms(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		images int // without a platform
		named  bool
		arch   string
		kind   Kind
		says   string
	}{
		{name: "the only one", images: 1, arch: "x86_64"},
		{name: "the only one, for another", images: 1, arch: "arm64", kind: KindNotFound, says: "linux/amd64"},
		{name: "any", images: 1},
		{name: "several", images: 2, arch: "amd64", kind: KindNotFound, says: "does not say which platforms"},
		{name: "none", images: 0, arch: "amd64", kind: KindNotFound, says: "does not say which platforms"},
		{name: "beside one that is named", images: 1, named: true, arch: "s390x", kind: KindNotFound, says: "linux/arm64"},
	} {
		r := newRegistry()
		all := []map[string]any{}
		for i := range test.images {
			image := r.image("linux", "amd64", strings.Repeat("x", i))
			delete(image, "platform")
			all = append(all, image)
		}
		if test.named {
			all = append(all, r.image("linux", "arm64", ""))
		}
		r.index(all...)
		qualifiers := map[string]string{}
		if test.arch != "" {
			qualifiers["arch"] = test.arch
		}
		got, err := fetchImage(t, newClient(t, startServer(t, r), WithRetries(0)), imagePackage("1", qualifiers), someAnnotation())
		if KindOf(err) != test.kind || err != nil && (!strings.Contains(err.Error(), test.says) || r.annotations() > 0) {
			t.Errorf("%s: %v, asked %q", test.name, err, r.asked)
		}
		if err == nil && (!slices.Contains(contents(readLayout(t, got.File)), "layer of linuxamd64") || r.annotations() != 1) {
			t.Errorf("%s: asked %q", test.name, r.asked)
		}
	}
}

// TestDigestOfTheRegistry: the registry's digest of a manifest counts in any case of letters, and
// what is none does not.
func TestDigestOfTheRegistry(t *testing.T) {
	t.Parallel()
	r := newRegistry()
	image := r.image("linux", "amd64", "")
	digest := image["digest"].(string)
	r.content["1"] = r.content[digest]
	hexSum := strings.TrimPrefix(digest, "sha256:")
	long := fmt.Sprintf("sha512:%x", sha512.Sum512(r.content["1"]))
	other := "sha256:" + strings.Repeat("0", 64)
	for said, want := range map[string]struct {
		kind     Kind
		verified bool
	}{
		digest:                              {"", true},
		"sha256:" + strings.ToUpper(hexSum): {"", true},
		"SHA256:" + hexSum:                  {"", true},
		" " + digest + " ":                  {"", true},
		other:                               {KindIntegrity, false},
		long:                                {"", true},
		digest + ", " + long:                {"", true},
		digest + "|" + other:                {KindIntegrity, false},
		other + "|" + digest:                {KindIntegrity, false},
		digest + ", " + other:               {KindIntegrity, false},
		digest + "|none":                    {"", true},
		fmt.Sprintf("md5:%x", md5.Sum(r.content["1"])): {"", false},
		"SHA256:" + strings.Repeat("0", 64):            {KindIntegrity, false},
		"sha256:" + hexSum[:62]:                        {"", false},
		"sha512:" + strings.Repeat("0", 128):           {KindIntegrity, false},
		"none":                                         {"", false},
		"sha256:" + strings.Repeat("zz", 32):           {"", false},
		"sha256:" + strings.Repeat("0", 64)[1:]:        {"", false},
	} {
		url := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if path.Base(req.URL.Path) == "1" {
				w.Header()["Docker-Content-Digest"] = strings.Split(said, "|")
			}
			r.ServeHTTP(w, req)
		}))
		got, err := fetchImage(t, newClient(t, url, WithRetries(0)), imagePackage("1", nil), nil)
		if KindOf(err) != want.kind || strings.Contains(strings.Join(got.Verified, " "), "(registry digest)") != want.verified {
			t.Errorf("%s: %v, verified %q", said, err, got.Verified)
		}
	}
}

// TestLayerThatIsCalledEncoded: storage may name the compression of a layer itself, whose digest
// then shows that the bytes are the layer.
func TestLayerThatIsCalledEncoded(t *testing.T) {
	t.Parallel()
	const gzipped = "\x1f\x8b\x08\x00layer"
	for _, test := range []struct {
		mediaType, layer, coding string
		kind                     Kind
	}{
		{"application/vnd.oci.image.layer.v1.tar+gzip", gzipped, "gzip", ""},
		{"application/vnd.oci.image.layer.v1.tar+gzip", gzipped, "x-gzip", ""},
		{"application/vnd.docker.image.rootfs.diff.tar.gzip", gzipped, "gzip", ""},
		{"application/vnd.oci.image.layer.v1.tar+zstd", "\x28\xb5\x2f\xfdlayer", "zstd", ""},
		{"application/vnd.oci.image.layer.v1.tar", "layer", "aws-chunked", ""},
		{"application/vnd.oci.image.layer.v1.tar+gzip", "layer", "gzip", KindUnavailable},
		{"application/vnd.oci.image.layer.v1.tar+gzip", gzipped, "br", KindUnavailable},
		{"application/vnd.oci.image.layer.v1.tar", gzipped, "gzip", KindUnavailable},
		{"application/vnd.oci.image.layer.v1.tar+zstd", gzipped, "gzip", KindUnavailable},
	} {
		r := newRegistry()
		layer := r.add([]byte(test.layer), map[string]any{"mediaType": test.mediaType})
		image := r.addJSON(map[string]any{"schemaVersion": 2, "config": r.add([]byte("{}"), nil), "layers": []any{layer}}, nil)
		r.content["1"] = r.content[image["digest"].(string)]
		url := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if path.Base(req.URL.Path) == layer["digest"] {
				w.Header().Set("Content-Encoding", test.coding)
			}
			r.ServeHTTP(w, req)
		}))
		got, err := fetchImage(t, newClient(t, url, WithRetries(0)), imagePackage("1", nil), someAnnotation())
		if KindOf(err) != test.kind || (err == nil) != (len(got.Warnings) == 1) || (err == nil) != (r.annotations() == 1) {
			t.Errorf("%s as %s: %v, warnings %q, asked %q", test.mediaType, test.coding, err, got.Warnings, r.asked)
		}
	}
}

// TestImageAnnotatedLast: what the annotated request brings, after all parts are here, decides the
// outcome. A tag that names another image by then gives that image, and one record.
func TestImageAnnotatedLast(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		stream bool
		moves  bool
		answer func(http.ResponseWriter) bool
		kind   Kind
		state  DeploymentState
		layer  string
	}{
		{name: "same", state: DeploymentRecorded, layer: "layer of linuxamd64"},
		{name: "moved", moves: true, state: DeploymentRecorded, layer: "layer of linuxriscv64"},
		{name: "moved under a stream", stream: true, moves: true, kind: KindPartial, state: DeploymentRecorded},
		{name: "refused", answer: answerStatus(http.StatusForbidden), kind: KindAuth, state: DeploymentFailed},
		{name: "gone", answer: answerStatus(http.StatusNotFound), kind: KindNotFound, state: DeploymentFailed},
		{name: "not answered", answer: func(http.ResponseWriter) bool { panic(http.ErrAbortHandler) }, state: DeploymentUncertain, layer: "layer of linuxamd64"},
	} {
		r := newRegistry()
		r.index(r.image("linux", "amd64", ""))
		old := r.content["1"]
		r.index(r.image("linux", "riscv64", ""))
		changed := r.content["1"]
		r.content["1"] = old
		r.annotated = test.answer
		if test.moves {
			r.moved = changed
		}
		c := newClient(t, startServer(t, r))
		content, err := c.Downloads.Locate(t.Context(), "docker", imagePackage("1", nil))
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		request := FetchRequest{Content: content, Annotation: someAnnotation(), Destination: Destination{Folder: folder}}
		if test.stream {
			request.Destination = Destination{Stream: &strings.Builder{}}
		}
		got, err := c.Downloads.Fetch(t.Context(), request)
		if KindOf(err) != test.kind || got.Deployment != test.state || r.annotations() != 1 {
			t.Errorf("%s: %v, %+v, asked %q", test.name, err, got, r.asked)
		}
		if test.layer == "" {
			wantFolder(t, folder, false, nil)
			continue
		}
		if !slices.Contains(contents(readLayout(t, got.File)), test.layer) {
			t.Errorf("%s: the archive has not %s", test.name, test.layer)
		}
	}
}

func answerStatus(status int) func(http.ResponseWriter) bool {
	return func(w http.ResponseWriter) bool {
		w.WriteHeader(status)
		return false
	}
}

// TestDigestOfStorage: what storage says of a manifest that it sends for the registry shows damage,
// but not that it is the manifest that was asked for.
func TestDigestOfStorage(t *testing.T) {
	t.Parallel()
	r := newRegistry()
	digest := r.image("linux", "amd64", "")["digest"].(string)
	r.content["1"] = r.content[digest]
	for _, test := range []struct {
		name   string
		other  bool // it is another origin
		says   string
		verify Verify
		kind   Kind
	}{
		{"the registry", false, digest, VerifyRequired, ""},
		{"storage", true, digest, VerifyRequired, KindIntegrity},
		{"storage, and nothing is required", true, digest, VerifyAuto, ""},
		{"storage with damage", true, "sha256:" + strings.Repeat("0", 64), VerifyAuto, KindIntegrity},
	} {
		stated := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			w.Header().Set("Docker-Content-Digest", test.says)
			r.ServeHTTP(w, req)
		})
		target := "/storage"
		if test.other {
			target = startServer(t, http.StripPrefix("/storage", stated)) + target
		}
		url := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			switch {
			case strings.HasPrefix(req.URL.Path, "/storage"):
				http.StripPrefix("/storage", stated).ServeHTTP(w, req)
			case path.Base(req.URL.Path) == "1":
				http.Redirect(w, req, target+req.URL.Path, http.StatusTemporaryRedirect)
			default:
				r.ServeHTTP(w, req)
			}
		}))
		c := newClient(t, url, WithRetries(0))
		content, err := c.Downloads.Locate(t.Context(), "docker", imagePackage("1", nil))
		if err != nil {
			t.Fatal(err)
		}
		got, err := c.Downloads.Fetch(t.Context(), FetchRequest{Content: content, Verify: test.verify, Destination: Destination{Folder: t.TempDir()}})
		if KindOf(err) != test.kind || len(got.Verified) > 0 == test.other {
			t.Errorf("%s: %v, verified %q", test.name, err, got.Verified)
		}
	}
}
