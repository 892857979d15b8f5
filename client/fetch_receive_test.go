package client

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/client/feedtype"
)

// shifty is a server whose package may change between two requests, and that may break off at any
// byte, within what HTTP allows.
type shifty struct {
	versions [][]byte
	steps    []step
	served   int
}

// step is how one request is answered.
type step struct {
	version  int
	tag      string // "strong", "weak", "date", "now" or ""
	cut      int    // bytes of body that arrive
	chunked  bool
	noRanges bool
	status   int // instead of an answer; 0 for none
}

func (s *shifty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := s.steps[min(s.served, len(s.steps)-1)]
	s.served++
	if at.status != 0 {
		w.WriteHeader(at.status)
		return
	}
	content := s.versions[at.version]
	tag := map[string]string{
		"strong": fmt.Sprintf(`"v%d"`, at.version), "weak": `W/"any"`, "date": fmt.Sprintf("Wed, 0%d Jan 2020 00:00:00 GMT", at.version+1),
		"now": time.Now().UTC().Format(http.TimeFormat), // another version may come within the same second
	}[at.tag]
	switch at.tag {
	case "date", "now":
		w.Header().Set("Last-Modified", tag)
	case "strong", "weak":
		w.Header().Set("ETag", tag)
	}
	start := 0
	if text, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok && !at.noRanges && tag != "" && r.Header.Get("If-Range") == tag {
		start, _ = strconv.Atoi(strings.TrimSuffix(text, "-"))
		if start >= len(content) {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", len(content)))
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return
		}
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", start, len(content)-1, len(content)))
	}
	if !at.chunked {
		w.Header().Set("Content-Length", strconv.Itoa(len(content)-start))
	}
	if start > 0 {
		w.WriteHeader(http.StatusPartialContent)
	}
	rest := content[start:]
	_, _ = w.Write(rest[:min(at.cut, len(rest))])
	if at.cut < len(rest) || at.chunked && at.cut == len(rest) {
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
}

func drawStep(t *rapid.T) step {
	return step{
		version:  rapid.IntRange(0, 1).Draw(t, "version"),
		tag:      rapid.SampledFrom([]string{"strong", "strong", "weak", "date", "date", "now", ""}).Draw(t, "tag"),
		cut:      rapid.IntRange(0, 4000).Draw(t, "cut"),
		chunked:  rapid.Bool().Draw(t, "chunked"),
		noRanges: rapid.Bool().Draw(t, "no ranges"),
		status:   rapid.SampledFrom([]int{0, 0, 0, 0, 503, 500, 416}).Draw(t, "status"),
	}
}

// TestVersionsAreNeverMixed: however a transfer breaks off, and whatever lies there when it goes
// on, a file that comes is one version, whole; the headers go out once for each time that the
// server asks to retry later, and once more.
func TestVersionsAreNeverMixed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		server := &shifty{
			versions: [][]byte{bytes.Repeat([]byte("a"), 2000), bytes.Repeat([]byte("b"), rapid.SampledFrom([]int{2000, 1500, 2500}).Draw(rt, "size"))},
			steps:    rapid.SliceOfN(rapid.Custom(drawStep), 1, 6).Draw(rt, "steps"),
		}
		annotated, asked := 0, 0
		url := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get(deploymentHeaderPrefix+"Target") != "" {
				annotated++
				if server.steps[min(server.served, len(server.steps)-1)].status == http.StatusServiceUnavailable {
					asked++
				}
				if r.Header.Get("Range") != "" {
					rt.Errorf("a range with the headers")
				}
			}
			server.ServeHTTP(w, r)
		}))
		got, err := newClient(t, url).Downloads.Fetch(t.Context(), FetchRequest{
			Content: feedtype.Content{Ref: "package", FileName: "package", Size: -1}, Annotation: someAnnotation(),
			Destination: Destination{Folder: folder, Overwrite: true},
		})
		if annotated > asked+1 {
			rt.Errorf("%d annotated requests, %d of them asked to retry later", annotated, asked)
		}
		if err != nil {
			if got.Deployment == DeploymentRecorded && KindOf(err) != KindPartial {
				rt.Errorf("%s although it is recorded: %v", KindOf(err), err)
			}
			return
		}
		raw, err := os.ReadFile(got.File)
		if err != nil || !bytes.Equal(raw, server.versions[0]) && !bytes.Equal(raw, server.versions[1]) {
			rt.Errorf("%v: the file is not a version: %d bytes, %q…", err, len(raw), raw[:min(8, len(raw))])
		}
		if int64(len(raw)) != got.Bytes {
			rt.Errorf("%d bytes are said to be %d", len(raw), got.Bytes)
		}
	})
}

// TestGoesOnByDate: without tags, the date of the last change decides, unless that is just
// now.
func TestGoesOnByDate(t *testing.T) {
	t.Parallel()
	for tag, resumed := range map[string]bool{"strong": true, "date": true, "now": false, "weak": false, "": false} {
		server := &shifty{versions: [][]byte{bytes.Repeat([]byte("a"), 2000)}, steps: []step{{tag: tag, cut: 700}, {tag: tag, cut: 2000}}}
		got, err := newClient(t, startServer(t, server)).Downloads.Fetch(t.Context(), FetchRequest{
			Content:     feedtype.Content{Ref: "package", FileName: "package", Size: -1},
			Destination: Destination{Folder: t.TempDir()},
		})
		if err != nil || got.Bytes != 2000 || got.Resumed != resumed {
			t.Errorf("%s: %d bytes, resumed %v, %v", tag, got.Bytes, got.Resumed, err)
		}
	}
}

// TestOnlyTheEndWasMissing: a package without a known length is whole where the server says that
// nothing follows what is here.
func TestOnlyTheEndWasMissing(t *testing.T) {
	t.Parallel()
	server := &shifty{versions: [][]byte{bytes.Repeat([]byte("a"), 2000)}, steps: []step{
		{tag: "strong", cut: 2000, chunked: true}, {tag: "strong", cut: 2000},
	}}
	got, err := newClient(t, startServer(t, server)).Downloads.Fetch(t.Context(), FetchRequest{
		Content:     feedtype.Content{Ref: "package", FileName: "package", Size: -1},
		Destination: Destination{Folder: t.TempDir()},
	})
	if err != nil || got.Bytes != 2000 || server.served != 2 {
		t.Errorf("%v: %d bytes in %d requests", err, got.Bytes, server.served)
	}
}

// TestPartialAnswersThatAreNone: a part that was not asked for, or another than was asked for, is
// not a package.
func TestPartialAnswersThatAreNone(t *testing.T) {
	t.Parallel()
	for _, contentRange := range []string{"bytes 0-3/4", "bytes 1-4/5", "bytes */4", "", "pages 1-2/3"} {
		t.Run(contentRange, func(t *testing.T) {
			t.Parallel()
			url := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Range", contentRange)
				w.WriteHeader(http.StatusPartialContent)
				_, _ = w.Write([]byte("part"))
			}))
			folder := t.TempDir()
			_, err := newClient(t, url).Downloads.Fetch(t.Context(), FetchRequest{
				Content: feedtype.Content{Ref: "package", FileName: "package", Size: -1}, Destination: Destination{Folder: folder},
			})
			wantKind(t, err, KindUnavailable)
			wantFolder(t, folder, false, nil)
		})
	}
}

// TestPagesThatArePackages: a web page is not a package, except if one is asked for, and the
// middle of a file may look like anything.
func TestPagesThatArePackages(t *testing.T) {
	t.Parallel()
	const page = "<html><body>manual</body></html>"
	for ref, want := range map[string]Kind{
		"endpoints/docs/content/manual.html": "", "endpoints/docs/content/manual.HTM": "",
		"endpoints/docs/content/manual.pdf": KindUnavailable,
	} {
		url := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte(page))
		}))
		folder := t.TempDir()
		_, err := newClient(t, url).Downloads.Fetch(t.Context(), FetchRequest{
			Content: feedtype.Content{Ref: ref, FileName: "manual", Size: -1}, Destination: Destination{Folder: folder},
		})
		if KindOf(err) != want {
			t.Errorf("%s: %v", ref, err)
		}
		wantFolder(t, folder, want == "", []byte(page))
	}
	server := &shifty{versions: [][]byte{[]byte(page + page)}, steps: []step{{tag: "strong", cut: len(page)}, {tag: "strong", cut: 1000}}}
	got, err := newClient(t, startServer(t, server)).Downloads.Fetch(t.Context(), FetchRequest{
		Content: feedtype.Content{Ref: "a.html", FileName: "x", Size: -1}, Destination: Destination{Folder: t.TempDir()},
	})
	if err != nil || !got.Resumed {
		t.Errorf("%v, resumed %v", err, got.Resumed)
	}
}
