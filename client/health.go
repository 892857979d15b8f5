package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// Health is what a server says of itself, and what its answer shows of it.
type Health struct {
	Healthy  bool
	Problems []string // in the server's words, without secrets; may hold control characters
	Version  string   // "2026.12", or the number in a header; "" if it is not reported

	Date        time.Time // the server's clock; zero if it is not reported
	Certificate time.Time // when the server's certificate ends; zero without TLS
}

// Health asks once, without further attempts: GET /health/json, and /health if that does not exist
// (ProGet before 2026 answers JSON there, later ones "OK" or the problem as text). It needs no
// credentials. A server that answers that it is not healthy, with status 500, is not an error.
// Inedo docs, proget/api/health.
func (c *Client) Health(ctx context.Context) (Health, error) {
	h, err := c.askHealth(ctx, "health/json")
	// Instead of a 404, some answer with a page.
	if e, ok := errors.AsType[*Error](err); ok && (e.Kind == KindNotFound || e.Status == http.StatusOK) {
		return c.askHealth(ctx, "health")
	}
	return h, err
}

func (c *Client) askHealth(ctx context.Context, ref string) (Health, error) {
	u, err := c.resolve(ref)
	if err != nil {
		return Health{}, err
	}
	r := request{method: http.MethodGet, url: u, header: http.Header{"Accept": {"application/json, text/plain"}}, brief: true}
	x := c.http.send(ctx, r, followReading)
	unhealthy := x.phase == phaseAnswered && x.resp.StatusCode == http.StatusInternalServerError
	if v := x.verdict(); v != verdictDone && !unhealthy {
		return Health{}, c.failures.of(ctx, x, v)
	}
	defer drain(x.resp.Body)
	body, err := io.ReadAll(io.LimitReader(x.resp.Body, errorBodyLimit))
	if err != nil {
		return Health{}, c.failures.unreadable(ctx, x.resp, "the server's health", err)
	}
	h := c.readHealth(x.resp.Header.Get("Content-Type"), body)
	h.Healthy = !unhealthy && len(h.Problems) == 0
	if unhealthy && len(h.Problems) == 0 {
		h.Problems = []string{"the server answered " + statusText(x.resp.StatusCode)}
	}
	h.fromHeaders(x.resp)
	return h, nil
}

// readHealth reads either form of the answer.
func (c *Client) readHealth(contentType string, body []byte) Health {
	var doc struct {
		DatabaseStatus, DatabaseStatusDetails, DatabaseStatusDetail string
		LicenseStatus, LicenseStatusDetail, LicenseStatusDetails    string
		ServiceStatus, ServiceStatusDetail, ServiceStatusDetails    string
		VersionNumber, ReleaseNumber                                string
	}
	var h Health
	body = bytes.TrimSpace(body)
	if !bytes.HasPrefix(body, []byte("{")) || json.Unmarshal(body, &doc) != nil {
		if text := serverWords(contentType, body); !strings.EqualFold(text, "OK") && text != "" {
			h.Problems = []string{shorten(c.scrub.text(text))}
		}
		return h
	}
	h.Version = firstOf(doc.ReleaseNumber, doc.VersionNumber)
	for _, part := range []struct{ name, status, detail string }{
		{"database", doc.DatabaseStatus, firstOf(doc.DatabaseStatusDetails, doc.DatabaseStatusDetail)},
		{"license", doc.LicenseStatus, firstOf(doc.LicenseStatusDetail, doc.LicenseStatusDetails)},
		{"service", doc.ServiceStatus, firstOf(doc.ServiceStatusDetail, doc.ServiceStatusDetails)},
	} {
		if part.status != "" && !strings.EqualFold(part.status, "OK") {
			h.Problems = append(h.Problems, shorten(c.scrub.text(part.name+": "+firstOf(part.detail, part.status))))
		}
	}
	return h
}

// fromHeaders adds what every answer of ProGet has in its headers.
func (h *Health) fromHeaders(resp *http.Response) {
	h.Version = firstOf(h.Version, resp.Header.Get("X-ProGet-Version"))
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		h.Date = date
	}
	if resp.TLS != nil && len(resp.TLS.PeerCertificates) > 0 {
		h.Certificate = resp.TLS.PeerCertificates[0].NotAfter
	}
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
