package sandbox

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]Options{
		"base path":        {BasePath: "proget"},
		"password alone":   {Password: "x"},
		"no such folder":   {PackagesDir: "no/such/folder"},
		"folder is a file": {PackagesDir: "doc.go"},
	} {
		if _, err := New(opts); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestBasePath(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{BasePath: "/proget/"})
	for path, status := range map[string]int{
		"/proget":        200,
		"/proget/":       200,
		"/ProGet/health": 200,
		"/proget/nuget/DefaultNuGet/v3/index.json": 200,
		"/health":             404,
		"/":                   404,
		"/progetx/health":     404,
		"/proget/nowhere":     404,
		"/proget/api":         404,
		"/proget/api/nowhere": 404,
	} {
		if got := get(t, base+path); got.status != status {
			t.Errorf("%s: %d, want %d", path, got.status, status)
		}
	}
	if got := get(t, base+"/proget/nuget/DefaultNuGet/v3/index.json"); !strings.Contains(got.body, base+"/proget/nuget/") {
		t.Errorf("the index lost the base path: %s", got.body)
	}
	if got, err := record(t, base+"/proget"); err != nil || got.status != http.StatusOK || len(s.Deployments()) != 1 {
		t.Errorf("recording: %d %v", got.status, err)
	}
}

func TestVersionHeadersOnEveryAnswer(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	s.Fault("/health$", Fault{Status: 503})
	for _, path := range []string{"/", "/nowhere", "/health", "/health/json", "/api/promotions/list"} {
		got := get(t, base+path)
		if got.header.Get("X-ProGet-Version") != "26.0.12.24" || got.header.Get("X-ProGet-Edition") != "enterprise" {
			t.Errorf("%s: %v", path, got.header)
		}
	}
}

func TestUnreadablePaths(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	for _, target := range []string{"/nuget/../health", "/nuget/%2e%2e/health", "/./health"} {
		response := rawExchange(t, base, "GET "+target+" HTTP/1.1\r\nHost: x\r\n\r\n")
		if response.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %d", target, response.StatusCode)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	tests := []struct {
		old        bool
		path       string
		status     int
		text, kind string
	}{
		{false, "/health", 200, "OK", "text/plain"},
		{false, "/health/json", 200, `"versionNumber":"26.0.12.24"`, "application/json"},
		{false, "/health?format=json", 200, `"applicationName":"ProGet"`, "application/json"},
		{false, "/health/xml", 404, "", "text/plain"},
		{true, "/health", 200, `"releaseNumber":"2026.12"`, "application/json"},
		{true, "/health/json", 404, "", "text/plain"},
	}
	for _, test := range tests {
		_, base := start(t, Options{OldHealth: test.old})
		got := get(t, base+test.path)
		if got.status != test.status || !strings.Contains(got.body, test.text) ||
			!strings.HasPrefix(got.header.Get("Content-Type"), test.kind) {
			t.Errorf("%+v: %d %q %q", test, got.status, got.header.Get("Content-Type"), got.body)
		}
	}
}

func TestLogHasNoCredentials(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	opts := locked()
	opts.Log = &log
	s, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	// Called directly, because a client has its answer before the line is written.
	for _, target := range []string{"/api/promotions/list?key=" + testKey, "/no%0Awhere"} {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.Header.Set("X-ApiKey", testKey)
		r.SetBasicAuth("api", testKey)
		s.ServeHTTP(httptest.NewRecorder(), r)
	}
	line := log.String()
	if strings.Contains(line, testKey) || strings.Contains(line, "YXBp") {
		t.Errorf("log has a credential: %s", line)
	}
	if strings.Count(line, "\n") != 2 || !strings.Contains(line, `GET "/api/promotions/list" 200 api`) {
		t.Errorf("log %q", line)
	}
}

func TestRequestsAreKeptOnlyOnDemand(t *testing.T) {
	t.Parallel()
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener) }()
	get(t, "http://"+listener.Addr().String()+"/health")
	if n := len(s.Requests()); n != 0 {
		t.Errorf("kept %d requests", n)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("stopped with %v", err)
	}
}

func TestServeEndsStalledRequests(t *testing.T) {
	t.Parallel()
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Fault("/health", Fault{Effect: Stall, After: 1})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, listener) }()
	response, err := http.Get("http://" + listener.Addr().String() + "/health")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("stopped with %v", err)
	}
}

func TestServeReportsABrokenListener(t *testing.T) {
	t.Parallel()
	s, err := New(Options{NoSamples: true})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	if err := s.Serve(t.Context(), listener); err == nil {
		t.Error("no error")
	}
}
