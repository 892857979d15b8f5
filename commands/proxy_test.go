package commands

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// unusable is what typing errors make of a proxy's address.
const unusable = "http://jsmith:" + canaryKey + "@pro%zzxy:3128"

// TestUnusableProxy: whatever would ask the server says so instead, and goes around no proxy.
func TestUnusableProxy(t *testing.T) {
	t.Parallel()
	const purl = "pkg:nuget/Newtonsoft.Json@12.0.3"
	environ := []string{
		"PROGET_URL=https://no-such-host.invalid", "HTTPS_PROXY=" + unusable, "PROGET_API_KEY=K",
		"PROGETCTL_LEDGER=" + filepath.Join(t.TempDir(), "ledger.db"),
	}
	for _, args := range [][]string{
		one("web01"), one("web01", "--on-failure", "warn"), {"deploy", "flush"}, {"feed", "get", purl, "--feed", "F"}, {"promotions", "list"},
		{"promotions", "check", purl, "--to-feed", "F", "--wait", "1h"}, {"promotions", "matrix", purl, "--stages", "a,b"},
	} {
		r := here(t, environ, args...)
		wantUsage(t, r, "error: HTTPS_PROXY is not the URL of a proxy")
		if strings.Contains(r.stderr, "jsmith") || strings.Contains(r.stderr, canaryKey) {
			t.Errorf("%q shows the account: %s", args, r.stderr)
		}
	}
	// It is one problem among others.
	wantUsage(t, here(t, environ, "promotions", "check", purl), "HTTPS_PROXY is not the URL of a proxy", "--to-feed is required")
	queued := here(t, environ, one("web01", "--source", "http://127.0.0.1:9", "--retries", "0", "--on-failure", "queue")...)
	if queued.code != cli.CodeDone {
		t.Fatalf("%+v", queued)
	}
	// A command that asks no server needs no proxy, and Tab shows no errors.
	for _, args := range [][]string{
		{"deploy", "history", "--source", "https://no-such-host.invalid"}, {"deploy", "pending"}, {"__complete", "feed", "get", "--feed", ""},
	} {
		if r := here(t, environ, args...); r.code != cli.CodeDone || strings.Contains(r.stderr, "PROXY") {
			t.Errorf("%q: exit code %d, %s", args, r.code, r.stderr)
		}
	}
}

// TestProxyNotInTheWay: the sandbox is on loopback, for which no proxy is used.
func TestProxyNotInTheWay(t *testing.T) {
	t.Parallel()
	b := keepBooks(t, nil)
	r := here(t, []string{"PROGET_URL=" + b.url, "PROGET_API_KEY=K", "HTTP_PROXY=" + unusable, "HTTPS_PROXY=" + unusable}, one("web01")...)
	if r.code != cli.CodeDone || r.stderr != "" || len(b.server.Deployments()) != 1 {
		t.Errorf("%+v, %d deployments", r, len(b.server.Deployments()))
	}
}

// TestDoctorUnusableProxy: doctor shows it among its checks, and asks nothing.
func TestDoctorUnusableProxy(t *testing.T) {
	t.Parallel()
	r := here(t, []string{"PROGET_URL=https://no-such-host.invalid", "https_proxy=" + unusable}, "doctor", "--feed", "F", "-o", "json")
	var checks []struct{ Check, Status, Message, Remedy string }
	if err := json.Unmarshal([]byte(r.stdout), &checks); err != nil || r.code != cli.CodeUsage || r.stderr != "" {
		t.Fatalf("%+v (%v)", r, err)
	}
	if strings.Contains(r.stdout, canaryKey) || strings.Contains(r.stdout, "jsmith") {
		t.Errorf("it shows the account: %s", r.stdout)
	}
	for i, name := range []string{"address", "proxy", "tls", "connection", "health", "version", "clock", "key", "feed", "records"} {
		status := "skipped"
		switch name {
		case "address":
			status = "ok"
		case "proxy":
			status = "failure"
		}
		if i >= len(checks) || checks[i].Check != name || checks[i].Status != status {
			t.Fatalf("%d: want %s, %s: %+v", i, name, status, checks)
		}
	}
	if p := checks[1]; !strings.HasPrefix(p.Message, "https_proxy is not the URL") || !strings.Contains(p.Remedy, "NO_PROXY") {
		t.Errorf("%+v", p)
	}
}
