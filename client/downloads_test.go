package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/client/feedtype"
	"github.com/progetctl/progetctl/internal/sandbox"
)

// nugetSample is a package of the sandbox's samples.
const nugetSample = "nuget/DefaultNuGet/package/Newtonsoft.Json/12.0.3"

// locate finds the sample by its index, which publishes a checksum.
func locate(t *testing.T, c *Client) feedtype.Content {
	t.Helper()
	content, err := c.Downloads.Locate(t.Context(), "nuget-legacy", nugetPackage("Acme.Legacy", "1.0"))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func checksum(t *testing.T, algorithm, sum string) feedtype.Checksum {
	t.Helper()
	c, err := ParseChecksum(algorithm, sum)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// names lists what a folder holds.
func names(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

// TestFetchFile downloads a package into a folder and checks all that is reported about it.
func TestFetchFile(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{})
	c := newClient(t, address)
	folder := t.TempDir()
	var last, size int64
	got, err := c.Downloads.Fetch(t.Context(), FetchRequest{
		Content: locate(t, c), Destination: Destination{Folder: folder},
		Progress: func(done, of int64) { last, size = done, of },
	})
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(got.File)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(content)
	want := Fetched{
		File: filepath.Join(folder, "Acme.Legacy.1.0.nupkg"), URL: address + s.Requests()[count(s)-1].Target,
		Bytes: int64(len(content)), SHA256: hex.EncodeToString(sum[:]), Verified: []string{"sha512 (nuget v2 index)"}, Attempts: 1,
	}
	got.Verified[0] = strings.ToLower(got.Verified[0])
	if got.File != want.File || got.URL != want.URL || got.Bytes != want.Bytes || got.SHA256 != want.SHA256 ||
		got.Attempts != 1 || got.Deployment != DeploymentNone || !strings.HasPrefix(got.Verified[0], "sha512 (") {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if last != got.Bytes || size != got.Bytes {
		t.Errorf("the last progress was %d of %d, want %d", last, size, got.Bytes)
	}
	if names(t, folder) != "Acme.Legacy.1.0.nupkg" {
		t.Errorf("the folder holds %s", names(t, folder))
	}
}

// TestFetchIntegrity leaves nothing of a content that is not what it should be.
func TestFetchIntegrity(t *testing.T) {
	t.Parallel()
	zeros := strings.Repeat("0", 64)
	for _, c := range []struct {
		name  string
		fault sandbox.Fault
		alter func(*testing.T, *FetchRequest)
		kind  Kind
		says  string
	}{
		{"all is well", sandbox.Fault{}, func(*testing.T, *FetchRequest) {}, "", ""},
		{"a byte was altered", sandbox.Fault{Effect: sandbox.Corrupt, After: 10}, func(*testing.T, *FetchRequest) {}, KindIntegrity, "expected"},
		{"altered, but nobody asks", sandbox.Fault{Effect: sandbox.Corrupt, After: 10}, func(_ *testing.T, r *FetchRequest) { r.Verify = VerifyOff }, "", ""},
		{"the caller's checksum differs", sandbox.Fault{}, func(t *testing.T, r *FetchRequest) {
			r.Checksums = []feedtype.Checksum{checksum(t, "sha256", zeros)}
		}, KindIntegrity, zeros},
		{"the caller's checksum differs, feed's off", sandbox.Fault{}, func(t *testing.T, r *FetchRequest) {
			r.Verify, r.Checksums = VerifyOff, []feedtype.Checksum{checksum(t, "sha256", zeros)}
		}, KindIntegrity, zeros},
		{"the index has another length", sandbox.Fault{}, func(_ *testing.T, r *FetchRequest) { r.Content.Size = 7 }, KindIntegrity, "7"},
		{"required, and published", sandbox.Fault{}, func(_ *testing.T, r *FetchRequest) { r.Verify = VerifyRequired }, "", ""},
		{"required, and nothing published", sandbox.Fault{}, func(_ *testing.T, r *FetchRequest) {
			r.Verify, r.Content.Checksums = VerifyRequired, nil
		}, KindIntegrity, "publishes no checksum"},
		{"a page", sandbox.SignInPage(), func(*testing.T, *FetchRequest) {}, KindUnavailable, "web page"},
		{"compressed on the way", sandbox.Fault{Header: http.Header{"Content-Encoding": {"gzip"}}}, func(*testing.T, *FetchRequest) {}, KindUnavailable, "gzip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, address := startSandbox(t, sandbox.Options{})
			p := newClient(t, address)
			req := FetchRequest{Content: locate(t, p), Destination: Destination{Folder: t.TempDir()}}
			c.alter(t, &req)
			c.fault.Times = -1
			s.Fault("/nuget/nuget-legacy/package/", c.fault)
			got, err := p.Downloads.Fetch(t.Context(), req)
			if e := wantKind(t, err, c.kind); e != nil && !strings.Contains(e.Error(), c.says) {
				t.Errorf("%q does not say %q", e, c.says)
			}
			if kept := names(t, req.Destination.Folder); (kept != "") != (c.kind == "") {
				t.Errorf("the folder holds %q; %+v", kept, got)
			}
		})
	}
}

// TestFetchExisting has a file instead of the package.
func TestFetchExisting(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		same       bool // it holds the package
		overwrite  bool
		annotation *Annotation
		kind       Kind
		existing   bool // counted as done
		replaced   bool
	}{
		{"another content", false, false, nil, KindUsage, false, false},
		{"another content, annotated", false, false, someAnnotation(), KindUsage, false, false},
		{"another content, to be replaced", false, true, nil, "", false, true},
		{"the package", true, false, nil, "", true, false},
		{"the package, annotated", true, false, someAnnotation(), "", false, true},
		{"the package, to be replaced", true, true, nil, "", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, address := startSandbox(t, sandbox.Options{})
			p := newClient(t, address)
			folder := t.TempDir()
			req := FetchRequest{Content: locate(t, p), Annotation: c.annotation, Destination: Destination{Folder: folder, Overwrite: c.overwrite}}
			path := filepath.Join(folder, "Acme.Legacy.1.0.nupkg")
			before := []byte("something else")
			if c.same {
				before = packageBytes(t, p, req.Content)
			}
			if err := os.WriteFile(path, before, 0o600); err != nil {
				t.Fatal(err)
			}
			asked := count(s)
			got, err := p.Downloads.Fetch(t.Context(), req)
			wantKind(t, err, c.kind)
			if got.Existing != c.existing {
				t.Errorf("existing = %v, want %v", got.Existing, c.existing)
			}
			wantRequests := 0
			if c.replaced {
				wantRequests = 1
			}
			if n := count(s) - asked; n != wantRequests {
				t.Errorf("%d requests, want %d", n, wantRequests)
			}
			after, _ := os.ReadFile(path)
			if whole := !bytes.Equal(after, []byte("something else")); whole != (c.same || c.replaced) {
				t.Errorf("the file holds %.20q", after)
			}
			if names(t, folder) != filepath.Base(path) {
				t.Errorf("the folder holds %s", names(t, folder))
			}
		})
	}
}

func packageBytes(t *testing.T, c *Client, content feedtype.Content) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := c.Downloads.Fetch(t.Context(), FetchRequest{Content: content, Destination: Destination{Stream: &b}}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestFetchNames takes a name from the caller, the index, the server or the URL, in this order, and
// never lets a server's name leave the folder.
func TestFetchNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, given, known, disposition, path, want string }{
		{"the caller's", "my.zip", "index.zip", `attachment; filename="server.zip"`, "assets/url.zip", "my.zip"},
		{"the index's", "", "index.zip", `attachment; filename="server.zip"`, "assets/url.zip", "index.zip"},
		{"the server's", "", "", `attachment; filename="server.zip"`, "assets/url.zip", "server.zip"},
		{"the server's, encoded", "", "", `attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe.zip`, "assets/url.zip", "größe.zip"},
		{"the URL's", "", "", "", "assets/url.zip", "url.zip"},
		{"the URL's, escaped", "", "", "", "assets/a%20b.zip", "a b.zip"},
		{"a server that climbs", "", "", `attachment; filename="../../../etc/passwd"`, "assets/url.zip", "passwd"},
		{"a server that climbs on Windows", "", "", `attachment; filename="..\\..\\evil.exe"`, "assets/url.zip", "evil.exe"},
		{"an index that climbs", "", "../../evil.sh", "", "assets/url.zip", "evil.sh"},
		{"a device of Windows", "", "", `attachment; filename="CON"`, "assets/url.zip", "_CON"},
		{"a broken header", "", "", `attachment; filename=`, "assets/url.zip", "url.zip"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newClient(t, startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Disposition", c.disposition)
				_, _ = io.WriteString(w, "content")
			})))
			content, err := p.Downloads.LocatePath(c.path)
			if err != nil {
				t.Fatal(err)
			}
			content.FileName = c.known
			folder := t.TempDir()
			got, err := p.Downloads.Fetch(t.Context(), FetchRequest{Content: content, Destination: Destination{Folder: folder, Name: c.given}})
			if err != nil || got.File != filepath.Join(folder, c.want) || names(t, folder) != c.want {
				t.Errorf("got %q, %v; the folder holds %q, want %q", got.File, err, names(t, folder), c.want)
			}
		})
	}
}

// TestFetchNamesByWhatWasAsked: storage keeps content under names of its own, on the server's
// origin or another.
func TestFetchNamesByWhatWasAsked(t *testing.T) {
	t.Parallel()
	storage := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "content") }))
	for _, target := range []string{"/blobs/9f86d081", storage + "/bucket/9f86d081?sig=x"} {
		mux := http.NewServeMux()
		mux.Handle("/feed/tool.tgz", http.RedirectHandler(target, http.StatusFound))
		mux.HandleFunc("/blobs/", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "content") })
		p, folder := newClient(t, startServer(t, mux)), t.TempDir()
		content, err := p.Downloads.LocatePath("feed/tool.tgz")
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Downloads.Fetch(t.Context(), FetchRequest{Content: content, Destination: Destination{Folder: folder}})
		if err != nil || names(t, folder) != "tool.tgz" {
			t.Errorf("%s: %v; the folder holds %q", target, err, names(t, folder))
		}
	}
}

// TestFetchToStream cannot take back what it has written: it goes on if the server can, and ends
// if it cannot.
func TestFetchToStream(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		faults []sandbox.Fault
		kind   Kind
	}{
		{"whole", nil, ""},
		{"broken, then continued", []sandbox.Fault{{Effect: sandbox.Cut, After: 1000}}, ""},
		{"broken, no ranges", []sandbox.Fault{{Effect: sandbox.Cut, After: 1000}, {Effect: sandbox.IgnoreRange}}, KindUnavailable},
		{"broken before a byte", []sandbox.Fault{{Effect: sandbox.Cut}, {Effect: sandbox.IgnoreRange}}, ""},
		{"another version since", []sandbox.Fault{{Effect: sandbox.Cut, After: 1000, Header: http.Header{"Etag": {`"old"`}}}}, KindUnavailable},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, address, content := bigFeed(t)
			s.Fault(bigPath, c.faults...)
			p := newClient(t, address)
			located, _ := p.Downloads.LocatePath(bigPath)
			var got bytes.Buffer
			fetched, err := p.Downloads.Fetch(t.Context(), FetchRequest{Content: located, Destination: Destination{Stream: &got}})
			wantKind(t, err, c.kind)
			if fetched.File != "" {
				t.Errorf("a stream has no file: %q", fetched.File)
			}
			if c.kind == "" && !bytes.Equal(got.Bytes(), content) || !bytes.HasPrefix(content, got.Bytes()) {
				t.Errorf("%d bytes came, of %d", got.Len(), len(content))
			}
		})
	}
}

// TestFetchStalls ends a transfer in which no byte arrives, and goes on.
func TestFetchStalls(t *testing.T) {
	t.Parallel()
	s, address, content := bigFeed(t)
	s.Fault(bigPath, sandbox.Fault{Effect: sandbox.Stall, After: 500_000})
	p := newClient(t, address, WithTimeout(2*time.Second))
	located, _ := p.Downloads.LocatePath(bigPath)
	var got bytes.Buffer
	fetched, err := p.Downloads.Fetch(t.Context(), FetchRequest{Content: located, Destination: Destination{Stream: &got}})
	if err != nil || !fetched.Resumed || !bytes.Equal(got.Bytes(), content) {
		t.Errorf("%+v, %v, %d bytes", fetched, err, got.Len())
	}
}

// TestFetchInterrupted leaves nothing behind, and says the outcome of the record.
func TestFetchInterrupted(t *testing.T) {
	t.Parallel()
	s, address, _ := bigFeed(t)
	s.Fault(bigPath, sandbox.Fault{Effect: sandbox.Stall, After: 500_000})
	p := newClient(t, address)
	located, _ := p.Downloads.LocatePath(bigPath)
	folder := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	got, err := p.Downloads.Fetch(ctx, FetchRequest{
		Content: located, Annotation: someAnnotation(), Destination: Destination{Folder: folder},
		Progress: func(int64, int64) { cancel() },
	})
	e := wantKind(t, err, KindInterrupted)
	if got.Deployment != DeploymentRecorded || !strings.Contains(e.Message, "the deployment was recorded") {
		t.Errorf("deployment %q, %q", got.Deployment, e)
	}
	if names(t, folder) != "" {
		t.Errorf("the folder holds %s", names(t, folder))
	}
}

// fullDisk takes some bytes and no more.
type fullDisk struct{ room int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.room -= len(p); d.room < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(p), nil
}

// TestFetchCannotWrite is not a failure of the server, and not retried.
func TestFetchCannotWrite(t *testing.T) {
	t.Parallel()
	s, address, _ := bigFeed(t)
	p := newClient(t, address)
	located, _ := p.Downloads.LocatePath(bigPath)
	_, err := p.Downloads.Fetch(t.Context(), FetchRequest{Content: located, Destination: Destination{Stream: &fullDisk{1000}}})
	if e := wantKind(t, err, KindInternal); !strings.Contains(e.Error(), "no space left") || count(s) != 1 {
		t.Errorf("%q after %d requests", e, count(s))
	}
	_, err = p.Downloads.Fetch(t.Context(), FetchRequest{
		Content: located, Annotation: someAnnotation(), Destination: Destination{Folder: filepath.Join(t.TempDir(), "missing")},
	})
	wantKind(t, err, KindInternal)
	if n := annotatedRequests(s.Requests()); n != 0 {
		t.Errorf("%d annotated requests for a folder that does not exist", n)
	}
}

// TestLocatePathRefuses what is not a path below the server's address.
func TestLocatePathRefuses(t *testing.T) {
	t.Parallel()
	c := newClient(t, "https://proget.corp.local/proget")
	for _, ref := range []string{
		"", "/", "//", "https://evil.example/x", "//evil.example/x", "../x", "a/../b", "a/%2e%2E/b", `a/..%5cb`, "a%2f..%2fb", "a%0ab", "a%zz", "endpoints/d/content/c#/x.zip",
		"https:/evil.example/x", "https:x", "/ftp:x/y",
	} {
		if content, err := c.Downloads.LocatePath(ref); KindOf(err) != KindUsage {
			t.Errorf("%q became %q, %v", ref, content.Ref, err)
		}
	}
	for ref, want := range map[string]string{
		"nuget/F/package/A/1.0":  "https://proget.corp.local/proget/nuget/F/package/A/1.0",
		"/nuget/F/package/A/1.0": "https://proget.corp.local/proget/nuget/F/package/A/1.0",
		"npm/F/@a%2fb/-/b.tgz":   "https://proget.corp.local/proget/npm/F/@a%2fb/-/b.tgz",
		"endpoints/d/a..b/c":     "https://proget.corp.local/proget/endpoints/d/a..b/c",
		"x?contentOnly=zip":      "https://proget.corp.local/proget/x?contentOnly=zip",
		"a b?name=c dé%20":       "https://proget.corp.local/proget/a%20b?name=c%20d%C3%A9%20",
	} {
		content, err := c.Downloads.LocatePath(ref)
		if err != nil || content.Ref != want || c.Downloads.URL(content) != want {
			t.Errorf("%q became %q (%s), %v", ref, content.Ref, c.Downloads.URL(content), err)
		}
	}
}

// TestLocatePathNames names the file of a path that ends in a version.
func TestLocatePathNames(t *testing.T) {
	t.Parallel()
	c := newClient(t, "https://proget.corp.local")
	for ref, want := range map[string]string{
		"nuget/F/package/A/1.0": "A.1.0.nupkg", "upack/F/download/acme/a/1.0": "a-1.0.upack",
		"upack/F/download/a/1.0?contentOnly=zip": "a-1.0.zip", "upack/F/download/a/1.0?contentOnly=tgz": "a-1.0.tgz",
		"upack/F/download/a/1.0?x&ContentOnly=ZIP": "a-1.0.zip", "upack/F/download/a/1.0?contentOnly=exe": "a-1.0.upack",
		"upack/F/download/acme/a?latest": "", "npm/F/a/-/a-1.0.tgz": "",
	} {
		if content, err := c.Downloads.LocatePath(ref); err != nil || content.FileName != want {
			t.Errorf("%q is named %q, %v; want %q", ref, content.FileName, err, want)
		}
	}
}

func TestParseChecksum(t *testing.T) {
	t.Parallel()
	for _, algorithm := range Algorithms() {
		size := newHash(algorithm).Size()
		if c, err := ParseChecksum(algorithm, strings.Repeat("aB", size)); err != nil || len(c.Sum) != size {
			t.Errorf("%s: %v, %v", algorithm, c, err)
		}
		for _, sum := range []string{"", "zz", strings.Repeat("ab", size-1), strings.Repeat("ab", size+1), strings.Repeat("g", 2*size)} {
			if _, err := ParseChecksum(algorithm, sum); err == nil || !strings.Contains(err.Error(), strconv.Quote(sum)) {
				t.Errorf("%s:%s gave %v", algorithm, sum, err)
			}
		}
	}
	want := sha512.Sum512([]byte("x"))
	for _, text := range []string{
		hex.EncodeToString(want[:]), base64.StdEncoding.EncodeToString(want[:]), base64.RawURLEncoding.EncodeToString(want[:]),
		"sha512-" + base64.StdEncoding.EncodeToString(want[:]),
	} {
		for _, algorithm := range []string{"sha512", "SHA512", "sha-512"} {
			if c, err := ParseChecksum(algorithm, text); err != nil || c.Algorithm != "sha512" || !bytes.Equal(c.Sum, want[:]) {
				t.Errorf("%s:%s gave %v, %v", algorithm, text, c, err)
			}
		}
	}
	if _, err := ParseChecksum("crc32", "00000000"); err == nil || !strings.Contains(err.Error(), "sha256") {
		t.Errorf("an unknown algorithm gave %v, which should name the known ones", err)
	}
}

// TestAnnotationRefuses what cannot be in a header, or would be no record.
func TestAnnotationRefuses(t *testing.T) {
	t.Parallel()
	for _, alter := range []func(*Annotation){
		func(a *Annotation) { a.Application = "" }, func(a *Annotation) { a.Description = "" }, func(a *Annotation) { a.Target = "" },
		func(a *Annotation) { a.Target = "web01\r\nX-Evil: 1" }, func(a *Annotation) { a.UserName = "a\x00b" },
		func(a *Annotation) { a.URL = "https://x/\x7f" }, func(a *Annotation) { a.Description = "a\u0085b" },
	} {
		a := someAnnotation()
		alter(a)
		s, address := startSandbox(t, sandbox.Options{})
		c := newClient(t, address)
		content, _ := c.Downloads.LocatePath(nugetSample)
		_, err := c.Downloads.Fetch(t.Context(), FetchRequest{Content: content, Annotation: a, Destination: Destination{Stream: io.Discard}})
		wantKind(t, err, KindUsage)
		if count(s) != 0 {
			t.Errorf("%+v was sent", a)
		}
	}
}
