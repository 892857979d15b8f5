package sandbox

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"syscall"
	"testing"
)

const deploymentPath = "/api/package-deployment"

func TestStatusSequence(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	busy := Fault{Status: 503, Header: http.Header{"Retry-After": {"2"}}, Body: "Busy.", Times: 2}
	s.Fault(deploymentPath, busy, Fault{}, Fault{Status: 500})
	for i, want := range []int{503, 503, 200, 500, 200, 200} {
		got, err := record(t, base)
		if err != nil || got.status != want {
			t.Fatalf("request %d: %d, %v, want %d", i, got.status, err, want)
		}
		if want == 503 && (got.header.Get("Retry-After") != "2" || got.body != "Busy.") {
			t.Errorf("request %d: %v %q", i, got.header, got.body)
		}
	}
	if n := len(s.Deployments()); n != 3 {
		t.Errorf("recorded %d", n)
	}
	if kept := s.Requests(); kept[0].Status != 503 || string(kept[0].Body) != documentedJSON {
		t.Errorf("kept %+v", kept[0])
	}
}

func TestStickyFaultAndMethod(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	s.Fault("/", Fault{Status: 502, Method: "post", Times: -1})
	for range 3 {
		if got, err := record(t, base); err != nil || got.status != 502 {
			t.Errorf("%d %v", got.status, err)
		}
	}
	if got := get(t, base+"/health"); got.status != http.StatusOK {
		t.Errorf("GET: %d", got.status)
	}
}

func TestTwoPatterns(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{BasePath: "/p"})
	s.Fault("/health", Fault{Status: 500})
	s.Fault("/health/json", Fault{Status: 501}, Fault{Status: 502})
	for _, want := range []int{500, 501, 502, 200} {
		if got := get(t, base+"/p/health/json"); got.status != want {
			t.Errorf("%d, want %d", got.status, want)
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, path string
		want          bool
	}{
		{"/api", "/api/promotions/list", true},
		{"/API/", "/api/promotions/list", true},
		{"/api$", "/api/promotions", false},
		{"/api/promotions/list$", "/api/Promotions/list", true},
		{"*.nupkg", "/nuget/f/package/x.nupkg", true},
		{"*.nupkg$", "/nuget/f/package/x.nupkg", true},
		{"*.nupkg$", "/nuget/f/package/x.nupkg.sha512", false},
		{"/nuget/*/v3/", "/nuget/DefaultNuGet/v3/index.json", true},
		{"/nuget/*/v3/*.nupkg$", "/nuget/a/v3/flat2/b/1/b.1.nupkg", true},
		{"/nuget/*/v3/*.nupkg$", "/nuget/a/v2/b.nupkg", false},
		{"/nuget", "/npm/nuget", false},
		{"/npm/*%2f", "/npm/f/@a%2Fb", true},
		{"", "/anything", true},
		{"*", "/anything", true},
	} {
		if got := matches(test.pattern, test.path); got != test.want {
			t.Errorf("matches(%q, %q) = %v", test.pattern, test.path, got)
		}
	}
}

func TestResets(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		fault    Fault
		recorded int
		body     string
	}{
		{"before", Fault{Effect: ResetBefore}, 0, documentedJSON},
		{"after", Fault{Effect: ResetAfter}, 1, documentedJSON},
		{"reading", Fault{Effect: ResetReading, After: 9}, 0, documentedJSON[:9]},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, base := start(t, Options{})
			s.Fault(deploymentPath, test.fault)
			got, err := record(t, base)
			if err == nil {
				t.Fatalf("answered %d", got.status)
			}
			reset := errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.Errno(10054)) // WSAECONNRESET
			if !reset && !errors.Is(err, io.EOF) && !errors.Is(err, syscall.EPIPE) {
				t.Errorf("the connection ended with %v", err)
			}
			if n := len(s.Deployments()); n != test.recorded {
				t.Errorf("recorded %d", n)
			}
			kept := s.Requests()[0]
			if kept.Status != 0 || string(kept.Body) != test.body {
				t.Errorf("kept %+v", kept)
			}
			if got, err := record(t, base); err != nil || got.status != http.StatusOK {
				t.Errorf("next request: %d %v", got.status, err)
			}
		})
	}
}

func TestResetOverTLS(t *testing.T) {
	t.Parallel()
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Fault("/health", Fault{Effect: ResetAfter})
	listener := httptest.NewUnstartedServer(s)
	listener.Config.ErrorLog = quietLog()
	listener.StartTLS()
	defer listener.Close()
	if response, err := listener.Client().Post(listener.URL+"/health", "", nil); err == nil {
		response.Body.Close()
		t.Error("answered")
	}
	response, err := listener.Client().Get(listener.URL + "/nuget/DefaultNuGet/v3/index.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(body), listener.URL) {
		t.Errorf("%s %v", body, err)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	for _, path := range []string{contentPath, "/api/promotions/list", "/health/json"} {
		whole := get(t, base+path).body
		for _, after := range []int64{0, 1, 20} {
			s.Fault(path, Fault{Effect: Cut, After: after})
			got, err := call{url: base + path}.try(t)
			if !errors.Is(err, io.ErrUnexpectedEOF) || got.body != whole[:after] {
				t.Errorf("%s after %d: %q, %v", path, after, got.body, err)
			}
		}
	}
	s.Fault(contentPath, Fault{Effect: Cut, After: 1 << 30})
	if _, err := (call{url: base + contentPath}).try(t); err != nil {
		t.Errorf("a cut behind the end: %v", err)
	}
}

func TestCutIsStillRecorded(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	s.Fault(contentPath, Fault{Effect: Cut, After: 10})
	if _, err := (call{url: base + contentPath, header: deploymentHeaders()}).try(t); err == nil {
		t.Error("whole")
	}
	if n := len(s.Deployments()); n != 1 {
		t.Errorf("recorded %d", n)
	}
}

func TestCorrupt(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	whole := get(t, base+contentPath).body
	s.Fault(contentPath, Fault{Effect: Corrupt, After: 7})
	got := get(t, base+contentPath).body
	if len(got) != len(whole) || got[7] == whole[7] || got[:7] != whole[:7] || got[8:] != whole[8:] {
		t.Error("not exactly the byte at 7 is another")
	}
	if again := get(t, base+contentPath).body; again != whole {
		t.Error("the stored content was altered")
	}
}

func TestWaitHoldsTheAnswerBack(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	gate := make(chan struct{})
	s.Fault(deploymentPath, Fault{Wait: gate})
	done := make(chan reply)
	go func() {
		got, _ := record(t, base)
		done <- got
	}()
	gate <- struct{}{} // taken only by a request that waits
	if got := <-done; got.status != http.StatusOK || len(s.Deployments()) != 1 {
		t.Errorf("%d", got.status)
	}
}

func TestStall(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	gate := make(chan struct{})
	s.Fault(contentPath, Fault{Effect: Stall, After: 10, Wait: gate})
	response, err := (&http.Transport{}).RoundTrip(call{url: base + contentPath}.request(t))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.ReadFull(response.Body, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	close(gate)
	rest, err := io.ReadAll(response.Body)
	if err != nil || int64(len(rest))+10 != response.ContentLength {
		t.Errorf("%d bytes, %v", len(rest), err)
	}
}

func TestStallEndsWithTheClient(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	s.Fault(contentPath, Fault{Effect: Stall, After: 10})
	ctx, cancel := context.WithCancel(t.Context())
	request := call{url: base + contentPath}.request(t).WithContext(ctx)
	response, err := (&http.Transport{}).RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	cancel() // the listener's Close at the end of the test would hang if the handler did
	if _, err := io.ReadAll(response.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("read on: %v", err)
	}
}

func TestSlow(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	gate := make(chan struct{})
	s.Fault("/health", Fault{Effect: Slow, After: 1, Wait: gate})
	response, err := (&http.Transport{}).RoundTrip(call{url: base + "/health"}.request(t))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	for _, want := range "OK" {
		letter := make([]byte, 1)
		if _, err := io.ReadFull(response.Body, letter); err != nil || letter[0] != byte(want) {
			t.Errorf("%q %v", letter, err)
		}
		gate <- struct{}{}
	}
}

func TestCannedAnswers(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	s.Fault("/health", SignInPage(), Challenge(), Redirect(307, "https://other.corp.local/x"), HugeError(10_000_000))
	got := get(t, base+"/health")
	if got.status != 200 || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || !strings.Contains(got.body, "<title>") {
		t.Errorf("page: %d %v", got.status, got.header)
	}
	if got = get(t, base+"/health"); got.status != 401 || got.header.Get("WWW-Authenticate") == "" {
		t.Errorf("challenge: %d %v", got.status, got.header)
	}
	if got = get(t, base+"/health"); got.status != 307 || got.header.Get("Location") != "https://other.corp.local/x" {
		t.Errorf("redirect: %d %v", got.status, got.header)
	}
	if got = get(t, base+"/health"); got.status != 500 || len(got.body) != 10_000_000 {
		t.Errorf("huge: %d, %d bytes", got.status, len(got.body))
	}
}

func TestHeadersOfAServersOwnAnswer(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	whole := get(t, base+contentPath)
	s.Fault(contentPath, Fault{Header: http.Header{"Content-Length": {""}, "ETag": {""}, "Content-Type": {"x/y"}}})
	got := get(t, base+contentPath)
	if got.body != whole.body || got.header.Get("Content-Length") != "" || got.header.Get("ETag") != "" ||
		got.header.Get("Content-Type") != "x/y" {
		t.Errorf("headers %v", got.header)
	}
	s.Fault(contentPath, Fault{Effect: IgnoreRange})
	if got = get(t, base+contentPath, "Range", "bytes=5-"); got.status != http.StatusOK || got.body != whole.body {
		t.Errorf("range: %d", got.status)
	}
}
