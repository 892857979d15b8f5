package client

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/internal/sandbox"
)

// TestRecord stores a deployment in each encoding with the key in each place, and compares what the
// sandbox has with what was sent.
func TestRecord(t *testing.T) {
	t.Parallel()
	full := someDeployment()
	full.GroupName, full.UserName, full.URL = "grp", "jsmith", "https://hdars.corp.local/1"
	full.Date = "2026-11-20T08:00:00Z"
	for _, encoding := range Encodings() {
		for _, mode := range AuthModes() {
			s, address := startSandbox(t, sandbox.Options{APIKey: testKey})
			c := newClient(t, address, WithAPIKey(NewSecret(testKey)), WithAuthMode(mode))
			receipt, err := c.Deployments.Record(t.Context(), full, RecordOptions{Encoding: encoding})
			if err != nil || receipt != (Receipt{Attempts: 1}) {
				t.Fatalf("%s, %s: %+v, %v", encoding, mode, receipt, err)
			}
			got := s.Deployments()[0]
			want := sandbox.Deployment{
				Application: "HDARS", Description: "Deployed by HDARS", Target: "web01", FeedName: "DefaultNuGet",
				PackageName: "Newtonsoft.Json", Version: "12.0.3", GroupName: "grp", UserName: "jsmith",
				URL: "https://hdars.corp.local/1", Date: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC), Via: sandbox.ViaPost, ReceivedAt: noon(), User: "api",
			}
			if got != want {
				t.Errorf("%s, %s:\ngot  %+v\nwant %+v", encoding, mode, got, want)
			}
		}
	}
}

// TestRecordAnswers takes every 2xx that is not a page for a record, and nothing else.
func TestRecordAnswers(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]Kind{
		"status=200": "", "status=200;body=OK": "", "status=201;body={}": "", "status=204": "",
		"status=200;header=Content-Type: text/html":        "", // an empty body is not a page
		"status=200;header=Content-Type: text/html;body=x": KindUncertain,
		"status=200;body=<!DOCTYPE html><p>":               KindUncertain,
		"status=206;body=<!DOCTYPE html><p>":               KindUncertain, // no part of anything was asked for
		"status=206":                                       "",
		"status=302;location=/log-in":                      KindUnavailable,
		"status=418":                                       KindRejected,
	} {
		address, _ := faulty(spec)(t)
		_, err := newClient(t, address).Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
		if KindOf(err) != want {
			t.Errorf("%s: %q (%v), want %q", spec, KindOf(err), err, want)
		}
	}
}

// drawDeployment makes a deployment of any text.
func drawDeployment(t *rapid.T) Deployment {
	text := rapid.String()
	var d Deployment
	for _, p := range d.Properties() {
		*p.Value = text.Draw(t, p.Name)
	}
	return d
}

// TestEncodings reads both encodings of any deployment back: what was given is there, what was not
// is absent, and the two say the same.
func TestEncodings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := drawDeployment(t)
		var fromJSON map[string]string
		if err := json.Unmarshal(d.AppendJSON(nil), &fromJSON); err != nil {
			t.Fatal(err)
		}
		form, err := url.ParseQuery(string(formBody(d)))
		if err != nil {
			t.Fatal(err)
		}
		given := 0
		for _, p := range d.Properties() {
			if *p.Value == "" {
				continue
			}
			if given++; form.Get(p.Name) != *p.Value || fromJSON[p.Name] != strings.ToValidUTF8(*p.Value, "\ufffd") {
				t.Fatalf("%s %q: %q in JSON, %q in the form", p.Name, *p.Value, fromJSON[p.Name], form.Get(p.Name))
			}
		}
		if len(fromJSON) != given || len(form) != given {
			t.Fatalf("%d properties in JSON, %d in the form, %d in all", len(fromJSON), len(form), given)
		}
	})
}

// TestPlan shows the request that would be sent, without credentials.
func TestPlan(t *testing.T) {
	t.Parallel()
	c := newClient(t, "https://proget.corp.local/proget", WithAPIKey(NewSecret(testKey)), WithAuthMode(AuthQuery))
	for _, encoding := range Encodings() {
		p := c.Deployments.Plan(someDeployment(), encoding)
		if p.Method != "POST" || p.URL != "https://proget.corp.local/proget/api/package-deployment/" || len(p.Body) == 0 {
			t.Errorf("%+v", p)
		}
		if found := leaks(p.URL+" "+string(p.Body), testKey); found != nil {
			t.Errorf("the plan gives the key away: %v", found)
		}
	}
}

// BenchmarkRecord sends records over one kept connection.
func BenchmarkRecord(b *testing.B) {
	_, address := startSandbox(b, sandbox.Options{})
	c := newClient(b, address)
	for b.Loop() {
		if _, err := c.Deployments.Record(b.Context(), someDeployment(), RecordOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
