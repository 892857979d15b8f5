package client

import (
	"net/http"
	"testing"
)

// TestSaysLost goes over how proxies say with 503 or 408 that they lost the server, or that they
// never reached it.
func TestSaysLost(t *testing.T) {
	t.Parallel()
	const envoy = "upstream connect error or disconnect/reset before headers. "
	for _, c := range []struct {
		name, key, value, body string
		want                   bool
	}{
		{"Envoy: connection termination", "Server", "envoy", envoy + "reset reason: connection termination", true},
		{"Envoy: remote reset", "", "", envoy + "reset reason: remote reset", true},
		{"Envoy: local reset", "", "", envoy + "reset reason: local reset", true},
		{"Envoy: protocol error", "", "", envoy + "reset reason: protocol error", true},
		{"Envoy: no reason", "", "", envoy, true},
		{"Envoy: retried", "", "", envoy + "retried and the latest reset reason: connection failure", true},
		{"Envoy: an unknown reason", "", "", envoy + "reset reason: connection failure of another kind", true},
		{"Envoy: connection failure", "", "", envoy + "reset reason: connection failure", false},
		{"Envoy: remote connection failure", "", "", envoy + "reset reason: remote connection failure, transport failure reason: delayed connect error: 111", false},
		{"Envoy: overflow", "", "", envoy + "reset reason: overflow", false},
		{"Envoy: no server", "", "", "no healthy upstream", false},
		{"Envoy: stream timeout", "", "", "stream timeout", true},
		{"Varnish", "X-Varnish", "3", "<h1>Error 503 Backend fetch failed</h1><h3>Guru Meditation:</h3>", true},
		{"Fastly", "", "", "<title>503 first byte timeout</title><h3>Guru Mediation:</h3>", true},
		{"Azure Front Door, by its header", "X-Azure-ExternalError", "0x80072ee2,OriginTimeout", "", true},
		{"Azure Front Door, by its page", "", "", "<h2>Our services aren't available right now</h2>", true},
		{"AWS API Gateway", "Apigw-Requestid", "x", `{"message":"Service Unavailable"}`, true},
		{"the same words of a server", "", "", `{"message":"Service Unavailable"}`, false},
		{"Squid: connect", "X-Squid-Error", "ERR_CONNECT_FAIL 111", "", false},
		{"Squid: name", "X-Squid-Error", "ERR_DNS_FAIL 0", "", false},
		{"Squid: lifetime", "X-Squid-Error", "ERR_LIFETIME_EXP 0", "", true},
		{"Google Cloud Run", "", "", "malformed or connection to the instance had an error", true},
		{"a proxy in Node.js", "", "", `{"error":"read ECONNRESET"}`, true},
		{"HAProxy", "", "", "<h1>503 Service Unavailable</h1>\nNo server is available to handle this request.", false},
		{"nginx", "Server", "nginx", "<h1>503 Service Temporarily Unavailable</h1>", false},
		{"AWS ALB", "Server", "awselb/2.0", "<h1>503 Service Temporarily Unavailable</h1>", false},
		{"IIS", "", "", "<h2>Service Unavailable</h2><hr><p>HTTP Error 503. The service is unavailable.</p>", false},
		{"Traefik", "", "", "no available server", false},
		{"ProGet", "", "", "The service is starting up.", false},
		{"nothing", "", "", "", false},
	} {
		for _, status := range []int{503, 408, 429, 500} {
			x := answered(request{body: []byte("{}")}, "text/plain", c.body)
			x.resp.StatusCode = status
			if c.key != "" {
				x.resp.Header.Set(c.key, c.value)
			}
			want := c.want && (status == http.StatusServiceUnavailable || status == http.StatusRequestTimeout)
			x.look()
			if got := x.lost; got != want {
				t.Errorf("%s with %d: lost = %v, want %v", c.name, status, got, want)
			}
		}
	}
}
