package client

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/feedtype"
	"github.com/progetctl/progetctl/internal/sandbox"
)

// someAnnotation has the required values.
func someAnnotation() *Annotation {
	return &Annotation{Application: "HDARS", Description: "Deployed by HDARS", Target: "web01"}
}

// annotatedRequests counts the requests that carried a deployment header.
func annotatedRequests(requests []sandbox.Request) int {
	n := 0
	for _, r := range requests {
		for name := range r.Header {
			if strings.HasPrefix(strings.ToLower(name), strings.ToLower(deploymentHeaderPrefix)) {
				n++
				break
			}
		}
	}
	return n
}

// bigFeed is a fake ProGet with one package of 1 MiB, large enough to break off in the middle, and
// its content.
func bigFeed(t *testing.T) (*sandbox.Server, string, []byte) {
	t.Helper()
	server, url := startSandbox(t, sandbox.Options{NoSamples: true, BasePath: "/pg"})
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	err := server.AddFeed(sandbox.Feed{Name: "f", Type: "universal"})
	if err == nil {
		err = server.AddPackage("f", sandbox.Package{Name: "big", Version: "1.0.0", FileName: "big-1.0.0.upack", Content: content})
	}
	if err != nil {
		t.Fatal(err)
	}
	return server, url, content
}

const bigPath = "/upack/f/download/big/1.0.0"

// transferTest is a thing that goes wrong with the request for the package.
type transferTest struct {
	name      string
	faults    []sandbox.Fault
	kind      Kind // "" if the package comes
	state     DeploymentState
	annotated int // requests with the headers
	requests  int
	recorded  int
	resumed   bool
}

// TestRefusedRanges: whatever status refuses the rest of a file, the whole of it is asked for.
func TestRefusedRanges(t *testing.T) {
	t.Parallel()
	for _, status := range []int{302, 400, 401, 403, 404, 405, 406, 409, 410, 412, 416, 418, 500, 501, 502, 504} {
		server, url, content := bigFeed(t)
		server.Fault(bigPath, sandbox.Fault{Effect: sandbox.Cut, After: 1000}, sandbox.Fault{Status: status})
		folder := t.TempDir()
		got, err := newClient(t, url).Downloads.Fetch(t.Context(), FetchRequest{
			Content:    feedtype.Content{Ref: strings.TrimPrefix(bigPath, "/"), FileName: "big", Size: -1},
			Annotation: someAnnotation(), Destination: Destination{Folder: folder},
		})
		if err != nil || got.Deployment != DeploymentRecorded || got.Bytes != int64(len(content)) || got.Attempts != 3 {
			t.Errorf("%d: %d bytes in %d attempts, deployment %q, %v", status, got.Bytes, got.Attempts, got.Deployment, err)
		}
		if n := annotatedRequests(server.Requests()); n != 1 {
			t.Errorf("%d: %d requests were annotated", status, n)
		}
	}
}

// TestBusyToStream: what is on a stream can only be continued, so the rest is asked for as long as
// the server is busy.
func TestBusyToStream(t *testing.T) {
	t.Parallel()
	server, url, content := bigFeed(t)
	server.Fault(bigPath, sandbox.Fault{Effect: sandbox.Cut, After: 1000}, sandbox.Fault{Status: 503, Times: 3})
	var out bytes.Buffer
	got, err := newClient(t, url).Downloads.Fetch(t.Context(), FetchRequest{
		Content:    feedtype.Content{Ref: strings.TrimPrefix(bigPath, "/"), FileName: "big", Size: -1},
		Annotation: someAnnotation(), Destination: Destination{Stream: &out},
	})
	if err != nil || !got.Resumed || !bytes.Equal(out.Bytes(), content) || annotatedRequests(server.Requests()) != 1 {
		t.Errorf("%d bytes, %+v, %v", out.Len(), got, err)
	}
}

func transferTests() []transferTest {
	header := func(name, value string) http.Header { return http.Header{name: {value}} }
	return []transferTest{
		{name: "nothing", state: DeploymentRecorded, annotated: 1, requests: 1, recorded: 1},
		{name: "503", faults: []sandbox.Fault{{Status: 503}, {Status: 429}, {Status: 408}}, state: DeploymentRecorded, annotated: 4, requests: 4, recorded: 1},
		{name: "500", faults: []sandbox.Fault{{Status: 500}}, state: DeploymentUncertain, annotated: 1, requests: 2},
		{name: "500 for good", faults: []sandbox.Fault{{Status: 500, Times: -1}}, kind: KindUncertain, state: DeploymentUncertain, annotated: 1, requests: 5},
		{name: "401", faults: []sandbox.Fault{sandbox.Challenge()}, kind: KindAuth, state: DeploymentFailed, annotated: 1, requests: 1},
		{name: "404", faults: []sandbox.Fault{{Status: 404}}, kind: KindNotFound, state: DeploymentFailed, annotated: 1, requests: 1},
		{name: "400", faults: []sandbox.Fault{{Status: 400}}, kind: KindRejected, state: DeploymentFailed, annotated: 1, requests: 1},
		{name: "sign-in page", faults: []sandbox.Fault{sandbox.SignInPage()}, kind: KindUncertain, state: DeploymentUncertain, annotated: 1, requests: 1},
		{name: "reset before", faults: []sandbox.Fault{{Effect: sandbox.ResetBefore}}, state: DeploymentUncertain, annotated: 1, requests: 2},
		{name: "reset after", faults: []sandbox.Fault{{Effect: sandbox.ResetAfter}}, state: DeploymentUncertain, annotated: 1, requests: 2, recorded: 1},
		{name: "no content", faults: []sandbox.Fault{{Status: 204}}, kind: KindPartial, state: DeploymentRecorded, annotated: 1, requests: 1},
		{name: "cut", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000}}, state: DeploymentRecorded, annotated: 1, requests: 2, recorded: 1, resumed: true},
		{name: "cut often", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000, Times: 4}}, state: DeploymentRecorded, annotated: 1, requests: 5, recorded: 1, resumed: true},
		{
			name: "cut for good", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000, Times: -1}},
			kind: KindPartial, state: DeploymentRecorded, annotated: 1, requests: 5, recorded: 1, resumed: true,
		},
		{name: "cut, no ranges", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000}, {Effect: sandbox.IgnoreRange}}, state: DeploymentRecorded, annotated: 1, requests: 2, recorded: 1},
		{
			name: "cut, no validator", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000, Header: http.Header{"Etag": {""}, "Last-Modified": {""}}}},
			state: DeploymentRecorded, annotated: 1, requests: 2, recorded: 1,
		},
		{name: "cut, a date alone", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000, Header: header("Etag", "")}}, state: DeploymentRecorded, annotated: 1, requests: 2, recorded: 1, resumed: true},
		{name: "cut, weak validator", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000, Header: header("Etag", `W/"x"`)}}, state: DeploymentRecorded, annotated: 1, requests: 2, recorded: 1},
		{name: "cut, another version since", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000, Header: header("Etag", `"old"`)}}, state: DeploymentRecorded, annotated: 1, requests: 2, recorded: 1},
		{name: "416", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000}, {Status: 416}}, state: DeploymentRecorded, annotated: 1, requests: 3, recorded: 1},
		{name: "chunked and cut", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000, Header: header("Content-Length", "")}}, state: DeploymentRecorded, annotated: 1, requests: 2, recorded: 1, resumed: true},
		{name: "resume fails", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000}, {Status: 404}}, state: DeploymentRecorded, annotated: 1, requests: 3, recorded: 1},
		{
			name: "all fails after a cut", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000}, {Status: 404, Times: -1}},
			kind: KindPartial, state: DeploymentRecorded, annotated: 1, requests: 3, recorded: 1,
		},
		{name: "cut, then busy", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000}, {Status: 503}}, state: DeploymentRecorded, annotated: 1, requests: 3, recorded: 1, resumed: true},
		{name: "cut, then busy twice", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000}, {Status: 503}, {Status: 429}}, state: DeploymentRecorded, annotated: 1, requests: 4, recorded: 1},
		{name: "cut, the rest encoded", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000}, {Header: header("Content-Encoding", "gzip")}}, state: DeploymentRecorded, annotated: 1, requests: 3, recorded: 1},
		{name: "cut, the rest is a page", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000}, sandbox.SignInPage()}, state: DeploymentRecorded, annotated: 1, requests: 3, recorded: 1},
		{name: "cut, no content", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000}, {Status: 204}}, state: DeploymentRecorded, annotated: 1, requests: 3, recorded: 1},
		{name: "called binary", faults: []sandbox.Fault{{Header: header("Content-Encoding", "binary")}}, state: DeploymentRecorded, annotated: 1, requests: 1, recorded: 1},
		{
			name: "called binary and cut", faults: []sandbox.Fault{{Effect: sandbox.Cut, After: 1000, Header: header("Content-Encoding", "binary")}, {Header: header("Content-Encoding", "binary")}},
			state: DeploymentRecorded, annotated: 1, requests: 2, recorded: 1, resumed: true,
		},
		{name: "encoded", faults: []sandbox.Fault{{Header: header("Content-Encoding", "br")}}, kind: KindPartial, state: DeploymentRecorded, annotated: 1, requests: 1, recorded: 1},
		{
			name: "redirect on the origin", faults: []sandbox.Fault{sandbox.Redirect(302, "/pg"+bigPath+"?again")},
			state: DeploymentRecorded, annotated: 2, requests: 2, recorded: 1,
		},
		notFollowed("redirect that is none", sandbox.Redirect(305, "/pg"+bigPath)),
		notFollowed("redirect without a Location", sandbox.Fault{Status: 302}),
		notFollowed("redirect to what is not an address", sandbox.Redirect(302, "http://elsewhere.invalid/%zz")),
		notFollowed("redirect to another scheme", sandbox.Redirect(302, "ftp://elsewhere.invalid/x")),
		notFollowed("redirect with credentials", sandbox.Redirect(302, "http://u:p@elsewhere.invalid/x")),
		notFollowed("choice of several", sandbox.Redirect(300, "/pg"+bigPath)),
		notFollowed("not modified", sandbox.Fault{Status: 304}),
		{
			name: "redirect loop", faults: []sandbox.Fault{{Status: 307, Times: -1, Header: header("Location", "/pg"+bigPath)}},
			kind: KindUncertain, state: DeploymentUncertain, annotated: 2, requests: 2,
		},
		{name: "proxy lost the server", faults: []sandbox.Fault{{Status: 503, Body: "disconnect/reset before headers"}}, state: DeploymentUncertain, annotated: 1, requests: 2},
	}
}

// notFollowed is a redirect at which a fetch ends: the server may have noted the download before it
// said where the content is.
func notFollowed(name string, fault sandbox.Fault) transferTest {
	return transferTest{name: name, faults: []sandbox.Fault{fault}, kind: KindUncertain, state: DeploymentUncertain, annotated: 1, requests: 1}
}

// TestOneAnnotatedRequest is the rule: whatever goes wrong, the headers go out again only if the
// first request certainly did nothing, and no resumed transfer carries them.
func TestOneAnnotatedRequest(t *testing.T) {
	t.Parallel()
	for _, test := range transferTests() {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server, url, content := bigFeed(t)
			server.Fault(bigPath, test.faults...)
			folder := t.TempDir()
			got, err := newClient(t, url).Downloads.Fetch(t.Context(), FetchRequest{
				Content:    feedtype.Content{Ref: strings.TrimPrefix(bigPath, "/"), FileName: "big", Size: -1},
				Annotation: someAnnotation(), Destination: Destination{Folder: folder},
			})
			if KindOf(err) != test.kind || got.Deployment != test.state || got.Resumed != test.resumed {
				t.Errorf("kind %q, state %q, resumed %v: %v", KindOf(err), got.Deployment, got.Resumed, err)
			}
			requests := server.Requests()
			if n := annotatedRequests(requests); n != test.annotated || len(requests) != test.requests || len(server.Deployments()) != test.recorded {
				t.Errorf("%d of %d requests annotated, %d recorded", n, len(requests), len(server.Deployments()))
			}
			if got.DeploymentAttempts == 0 || got.DeploymentAttempts > test.annotated {
				t.Errorf("%d attempts at the record", got.DeploymentAttempts)
			}
			if got.Attempts > len(requests) || got.Attempts == 0 {
				t.Errorf("%d attempts in %d requests", got.Attempts, len(requests))
			}
			wantFolder(t, folder, err == nil, content)
			for _, r := range requests {
				if r.Header.Get("Range") != "" && annotatedRequests([]sandbox.Request{r}) > 0 {
					t.Errorf("a range is asked for with an annotation: %v", r.Header)
				}
			}
		})
	}
}

// wantFolder insists on the whole file, or on nothing at all.
func wantFolder(t *testing.T, folder string, whole bool, content []byte) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if !whole {
		if len(entries) > 0 {
			t.Errorf("a failed fetch left %v", entries)
		}
		return
	}
	if len(entries) != 1 {
		t.Fatalf("%v", entries)
	}
	got, err := os.ReadFile(filepath.Join(folder, entries[0].Name()))
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("the file has %d bytes that are not the package's (%v)", len(got), err)
	}
}

// TestOnlyTheContentIsAnnotated: the transport itself takes deployment headers off every request
// that is not the one for the content.
func TestOnlyTheContentIsAnnotated(t *testing.T) {
	t.Parallel()
	server, url, _ := bigFeed(t)
	c := newClient(t, url)
	u, err := c.resolve("upack/f/versions?name=big")
	if err != nil {
		t.Fatal(err)
	}
	smuggled := http.Header{deploymentHeaderPrefix + "Target": {"web01"}, "x-proget-deployment-target": {"web01"}}
	x := c.http.do(t.Context(), request{method: http.MethodGet, url: u, header: smuggled})
	if x.err != nil {
		t.Fatal(x.err)
	}
	drain(x.resp.Body)
	if n := annotatedRequests(server.Requests()); n != 0 {
		t.Errorf("%d requests carried deployment headers", n)
	}
}

// TestStorage: a redirect to another origin takes nothing of ours along, and the server that sent
// us there has acted on the annotation.
func TestStorage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		broken int // answers of the storage that fail before one that does not
		kind   Kind
		state  DeploymentState
	}{
		{"immediately", 0, "", DeploymentRecorded},
		{"after a failure", 1, "", DeploymentRecorded},
		{"never", 100, KindUncertain, DeploymentUncertain},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server, url, content := bigFeed(t)
			var seen []http.Header
			storage := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				seen = append(seen, r.Header.Clone())
				if len(seen) <= test.broken {
					w.WriteHeader(http.StatusServiceUnavailable)
					return
				}
				_, _ = w.Write(content)
			}))
			away := sandbox.Redirect(302, storage+"/bucket/big?X-Amz-Signature=secret")
			away.Times = -1
			server.Fault(bigPath, away)
			folder := t.TempDir()
			c := newClient(t, url, WithAPIKey(NewSecret(testKey)))
			got, err := c.Downloads.Fetch(t.Context(), FetchRequest{
				Content:    feedtype.Content{Ref: strings.TrimPrefix(bigPath, "/"), FileName: "big", Size: -1},
				Annotation: someAnnotation(), Destination: Destination{Folder: folder},
			})
			if KindOf(err) != test.kind || got.Deployment != test.state {
				t.Errorf("kind %q, state %q: %v", KindOf(err), got.Deployment, err)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the signature is shown: %v", err)
			}
			if n := annotatedRequests(server.Requests()); n != 1 {
				t.Errorf("%d requests carried the headers", n)
			}
			wantFolder(t, folder, err == nil, content)
			for _, h := range seen {
				if text := fmt.Sprint(h); strings.Contains(text, "Deployment") || h.Get("Authorization") != "" || h.Get("Referer") != "" || strings.Contains(text, testKey) {
					t.Errorf("storage got %v", h)
				}
			}
		})
	}
}
