package sandbox

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// noon is the clock of the tests.
func noon() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }

// start runs a server; its address is returned without the base path.
func start(t *testing.T, opts Options) (*Server, string) {
	t.Helper()
	opts.KeepRequests = true
	if opts.Now == nil {
		opts.Now = noon
	}
	s, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewUnstartedServer(s)
	listener.Config.ErrorLog = quietLog()
	listener.Start()
	t.Cleanup(listener.Close)
	return s, listener.URL
}

// reply is an answer that was read to its end.
type reply struct {
	status int
	header http.Header
	body   string
}

// call is one request of a test. Header fields are given as name, value, name, value.
type call struct {
	method, url, body string
	header            []string
}

func (c call) request(t *testing.T) *http.Request {
	t.Helper()
	if c.method == "" {
		c.method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(t.Context(), c.method, c.url, strings.NewReader(c.body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(c.header); i += 2 {
		r.Header.Set(c.header[i], c.header[i+1])
	}
	return r
}

// try sends a request over a connection of its own and follows no redirect. The error is that of
// the transfer or of reading the body; the reply has what was read.
func (c call) try(t *testing.T) (reply, error) {
	t.Helper()
	transport := &http.Transport{DisableKeepAlives: true, DisableCompression: true}
	response, err := transport.RoundTrip(c.request(t))
	if err != nil {
		return reply{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return reply{response.StatusCode, response.Header, string(body)}, err
}

// send is try for a request that has to be answered.
func (c call) send(t *testing.T) reply {
	t.Helper()
	got, err := c.try(t)
	if err != nil {
		t.Fatalf("%s %s: %v", c.method, c.url, err)
	}
	return got
}

func get(t *testing.T, url string, header ...string) reply {
	t.Helper()
	return call{url: url, header: header}.send(t)
}

// record posts a complete deployment.
func record(t *testing.T, base string, header ...string) (reply, error) {
	t.Helper()
	header = append([]string{"Content-Type", "application/json"}, header...)
	return call{http.MethodPost, base + "/api/package-deployment/", documentedJSON, header}.try(t)
}

// quietLog keeps net/http from reporting the connections that faults break.
func quietLog() *log.Logger { return log.New(io.Discard, "", 0) }
