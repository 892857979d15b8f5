package client

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestJudgePhases goes over every way in which a request ends without an
// answer: what cannot have arrived is tried again or given up, never uncertain.
func TestJudgePhases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at   phase
		want verdict
		kind Kind
	}{
		{phaseResolving, verdictAgain, KindUnavailable},
		{phaseConnecting, verdictAgain, KindUnavailable},
		{phaseConnected, verdictAgain, KindUnavailable},
		{phaseProxy, verdictNothing, KindUnavailable},
		{phaseTLS, verdictNothing, KindUnavailable},
		{phaseSent, verdictUncertain, KindUncertain},
	} {
		for _, status := range []int{0, 200, 500} {
			got := judge(c.at, status, false)
			if got != c.want || got.kind() != c.kind {
				t.Errorf("judge(%d, %d) = %d of kind %q, want %d of kind %q", c.at, status, got, got.kind(), c.want, c.kind)
			}
		}
	}
}

// TestJudgeStatuses goes over every status that a server can answer with.
func TestJudgeStatuses(t *testing.T) {
	t.Parallel()
	special := map[int]verdict{
		401: verdictAuth, 403: verdictAuth, 404: verdictNotFound, 407: verdictNothing,
		408: verdictAgain, 429: verdictAgain, 503: verdictAgain,
	}
	for status := 200; status < 600; status++ {
		want, known := special[status]
		switch {
		case known:
		case status < 300:
			want = verdictDone
		case status < 400:
			want = verdictRedirect
		case status < 500:
			want = verdictRejected
		default:
			want = verdictUncertain
		}
		if got := judge(phaseAnswered, status, false); got != want {
			t.Errorf("judge(%d) = %d, want %d", status, got, want)
		}
	}
}

// TestJudgePages holds that a page is never taken for success, and that it
// changes nothing else.
func TestJudgePages(t *testing.T) {
	t.Parallel()
	for status := 200; status < 600; status++ {
		got, want := judge(phaseAnswered, status, true), judge(phaseAnswered, status, false)
		if status < 300 {
			want = verdictUncertain
		}
		if got != want {
			t.Errorf("judge(%d, page) = %d, want %d", status, got, want)
		}
	}
}

func TestJudgeReading(t *testing.T) {
	t.Parallel()
	for v := verdictDone; v <= verdictNotFound; v++ {
		for _, page := range []bool{false, true} {
			want := v
			if v == verdictUncertain {
				want = verdictAgain
				if page {
					want = verdictNothing
				}
			}
			if got := v.reading(page); got != want {
				t.Errorf("reading(%d, %v) = %d, want %d", v, page, got, want)
			}
			if v.reading(page).kind() == KindUncertain {
				t.Errorf("verdict %d: a request that stores nothing is uncertain", v)
			}
		}
	}
}

func TestIsPage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, contentType, body string
		status                  int
		want                    bool
	}{
		{"html by its type", "text/html; charset=utf-8", "<p>Sign in</p>", 200, true},
		{"html by its type, in capitals", "TEXT/HTML", "hello", 200, true},
		{"xhtml", "application/xhtml+xml", "<html/>", 200, true},
		{"html by its content", "application/json", "  <!DOCTYPE html><html>", 200, true},
		{"html by its content, without a type", "", "<HTML><head>", 200, true},
		{"html behind a byte order mark", "", "\xef\xbb\xbf<!doctype HTML>", 200, true},
		{"empty, though called html", "text/html", "", 200, false},
		{"blank, though called html", "text/html", " \r\n", 200, false},
		{"broken type", "text/html; charset", "x", 200, true},
		{"json", "application/json", "[]", 200, false},
		{"xml", "application/xml", "<?xml version='1.0'?><feed/>", 200, false},
		{"text that mentions html", "text/plain", "a <html> tag", 200, false},
		{"page of an error", "text/html", "<html>", 404, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			x := exchange{phase: phaseAnswered, resp: &http.Response{
				StatusCode: c.status, Header: http.Header{"Content-Type": {c.contentType}}, Body: io.NopCloser(strings.NewReader(c.body)),
			}}
			if got := x.isPage(); got != c.want {
				t.Errorf("isPage = %v, want %v", got, c.want)
			}
			rest, err := io.ReadAll(x.resp.Body)
			if err != nil || string(rest) != c.body {
				t.Errorf("looking changed the body to %q, %v", rest, err)
			}
		})
	}
}

// TestSniffKeepsError holds that a body that breaks while it is looked at
// breaks for its reader too.
func TestSniffKeepsError(t *testing.T) {
	t.Parallel()
	broken := fmt.Errorf("connection lost")
	body := io.MultiReader(strings.NewReader("[1,"), failingReader{broken})
	x := exchange{phase: phaseAnswered, resp: &http.Response{StatusCode: 200, Body: io.NopCloser(body)}}
	if x.isPage() {
		t.Error("taken for a page")
	}
	rest, err := io.ReadAll(x.resp.Body)
	if string(rest) != "[1," || err != broken {
		t.Errorf("read %q, %v; want what came and then the error", rest, err)
	}
}
