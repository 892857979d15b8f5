package client

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/sandbox"
)

// TestRecordRedirects follows what keeps the method and the origin, and nothing else: a record must
// not become a GET, nor leave.
func TestRecordRedirects(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status   int
		followed bool
	}{{301, false}, {302, false}, {303, false}, {307, true}, {308, true}, {300, false}, {304, false}} {
		t.Run(http.StatusText(c.status), func(t *testing.T) {
			t.Parallel()
			s, address := startSandbox(t, sandbox.Options{APIKey: testKey})
			s.Fault("/api/package-deployment", sandbox.Redirect(c.status, "/API/package-deployment/?moved=1"))
			receipt, err := newClient(t, address, WithAPIKey(NewSecret(testKey))).
				Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
			if !c.followed {
				want := KindUnavailable
				if c.status == http.StatusSeeOther {
					want = KindUncertain
				}
				wantKind(t, err, want)
				if len(s.Deployments()) != 0 || count(s) != 1 {
					t.Errorf("%d requests, %d records", count(s), len(s.Deployments()))
				}
				return
			}
			if err != nil || receipt.Attempts != 1 || len(s.Deployments()) != 1 {
				t.Fatalf("got %+v, %v, %d records; want one of one attempt", receipt, err, len(s.Deployments()))
			}
			moved := s.Requests()[1]
			if moved.Method != http.MethodPost || moved.Target != "/API/package-deployment/?moved=1" || len(moved.Body) == 0 {
				t.Errorf("the redirected request is %s %s with %q", moved.Method, moved.Target, moved.Body)
			}
		})
	}
}

// TestReadRedirects follows every redirect of a list on the same origin.
func TestReadRedirects(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		s, address := startSandbox(t, sandbox.Options{APIKey: testKey})
		s.Fault("/api/promotions/list", sandbox.Redirect(status, "list?fromFeed=nuget-dev"))
		c := newClient(t, address, WithAPIKey(NewSecret(testKey)))
		if err := listError(t.Context(), c); err != nil {
			t.Errorf("%d: %v", status, err)
		}
		if got := s.Requests()[1].Target; got != "/api/promotions/list?fromFeed=nuget-dev" {
			t.Errorf("%d led to %s", status, got)
		}
	}
}

// TestRedirectIsEscaped: a space in the query of a Location would end the request line.
func TestRedirectIsEscaped(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{})
	s.Fault("/api/promotions/list", sandbox.Redirect(http.StatusFound, "list?fromFeed=a b\u00e9"))
	if err := listError(t.Context(), newClient(t, address)); err != nil {
		t.Error(err)
	}
	if got := s.Requests()[1].Target; got != "/api/promotions/list?fromFeed=a%20b%C3%A9" {
		t.Errorf("led to %s", got)
	}
}

// TestRedirectToNoHost is not followed: net/http would ask this machine.
func TestRedirectToNoHost(t *testing.T) {
	t.Parallel()
	for _, location := range []string{"http:opaque", "http:?x", "http:///x", "http:/x", "https:x", "https:///x", "http://:80/x", `http:\\host\x`, "http:"} {
		address := startServer(t, http.RedirectHandler(location, http.StatusFound))
		c := newClient(t, address, WithRetries(0))
		content, err := c.Downloads.LocatePath("x/y.bin")
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Downloads.Fetch(t.Context(), FetchRequest{Content: content, Destination: Destination{Stream: io.Discard}})
		if err == nil || !strings.Contains(err.Error(), "not followed") {
			t.Errorf("%s: %v", location, err)
		}
	}
}

// TestRedirectLoop ends where a chain comes back to an address a second time, or after as many hops
// as net/http would make.
func TestRedirectLoop(t *testing.T) {
	t.Parallel()
	hop := func(i int) string { return fmt.Sprintf("/hop%02d/", i) }
	for name, test := range map[string]struct {
		length, requests int // of the chain before it comes back to its beginning
	}{
		"to itself": {1, 2}, "of three": {3, 6}, "as long as is followed": {maxHops + 1, maxHops + 1}, "longer": {maxHops + 5, maxHops + 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, address := startSandbox(t, sandbox.Options{})
			add := func(from, to string) {
				fault := sandbox.Redirect(http.StatusTemporaryRedirect, to)
				fault.Times = -1
				s.Fault(from, fault)
			}
			const record = "/api/package-deployment/"
			at := record
			for i := 1; i < test.length; i++ {
				add(at, hop(i))
				at = hop(i)
			}
			add(at, record)
			_, err := newClient(t, address).Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
			wantKind(t, err, KindUnavailable)
			if count(s) != test.requests {
				t.Errorf("%d requests, want %d", count(s), test.requests)
			}
		})
	}
}

// TestRedirectElsewhere sends everything that a client can hold towards a second server by way of a
// redirect, and finds nothing of it there.
func TestRedirectElsewhere(t *testing.T) {
	t.Parallel()
	other, elsewhere := startSandbox(t, sandbox.Options{})
	for _, mode := range AuthModes() {
		s, address := startSandbox(t, sandbox.Options{APIKey: testKey})
		away := sandbox.Redirect(http.StatusTemporaryRedirect, elsewhere+"/api/package-deployment/?sig=secret-signature")
		away.Times = -1
		s.Fault("/", away)
		c := newClient(t, address, WithAPIKey(NewSecret(testKey)), WithAuthMode(mode))
		_, err := c.Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
		e := wantKind(t, err, KindUnavailable)
		if !strings.Contains(e.Message, elsewhere) || strings.Contains(e.Error(), "secret-signature") {
			t.Errorf("%s: %q names the other server and shows no query of it", mode, e)
		}
		wantKind(t, listError(t.Context(), c), KindUnavailable)
	}
	if count(other) != 0 {
		t.Errorf("the other server got %d requests: %+v", count(other), other.Requests())
	}
}

// TestRedirectToHTTPS is not followed, because the first request has shown the key already; the
// hint names the address to use.
func TestRedirectToHTTPS(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{})
	host := strings.TrimPrefix(address, "http://")
	s.Fault("/", sandbox.Redirect(http.StatusPermanentRedirect, "https://"+host+"/api/package-deployment/"))
	_, err := newClient(t, address).Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
	e := wantKind(t, err, KindUnavailable)
	if e.Hint != "the server is at https://"+host+": use that address" {
		t.Errorf("hint %q", e.Hint)
	}
}

func TestRedirectWithUserInformation(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{})
	host := strings.TrimPrefix(address, "http://")
	s.Fault("/", sandbox.Redirect(http.StatusTemporaryRedirect, "http://eve:hunter22@"+host+"/api/package-deployment/"))
	_, err := newClient(t, address).Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
	if e := wantKind(t, err, KindUnavailable); strings.Contains(e.Error(), "hunter22") {
		t.Errorf("%q shows a password", e)
	}
}
