package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func promotedSample() []PromotedPackage {
	date := time.Date(2023, 11, 29, 12, 0, 0, 0, time.UTC)
	return []PromotedPackage{
		{Type: "nuget", Name: "Newtonsoft.Json", Version: "12.0.3", Promotions: []Promotion{
			{"dev", "test", date, "jsmith", "ok", 1}, {"test", "prod", date, "", "", 2}}},
		{Type: "npm", Group: "@angular", Name: "animation", Version: "12.3.1", Promotions: []Promotion{
			{"npm-unapproved", "npm-approved", date, "jsmith", "", 3}}},
		{Type: "upack", Group: "acme/tools", Name: "builder", Version: "1.4.0", Promotions: []Promotion{
			{"dev", "prod", date, "x", "\x1b[31m<b> \u202e\"", 4}}},
	}
}

// startPromotions runs a server that has the sample alone.
func startPromotions(t *testing.T, opts Options) string {
	t.Helper()
	opts.NoSamples = true
	s, base := start(t, opts)
	s.AddPromotions(slices.Values(promotedSample()))
	return base + "/api/promotions/list"
}

func TestPromotionsOnTheWire(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		opts Options
		want string
	}{
		{"current", Options{}, `[{"group":"@angular","package":"animation","packageType":"npm","version":"12.3.1",` +
			`"promotions":[{"fromFeed":"npm-unapproved","toFeed":"npm-approved","date":"2023-11-29T12:00:00",` +
			`"user":"jsmith","comments":null,"id":3}]}]`},
		{"old", Options{Dialect: DialectOld}, `[{"groupName":"@angular","packageName":"animation","packageType":"npm",` +
			`"version":"12.3.1","promotions":[{"fromFeed":"npm-unapproved","toFeed":"npm-approved",` +
			`"date":"2023-11-29T12:00:00Z","user":"jsmith","comments":null,"id":3}]}]`},
		{"pascal case", Options{PascalCase: true}, `[{"Group":"@angular","Package":"animation","PackageType":"npm",` +
			`"Version":"12.3.1","Promotions":[{"FromFeed":"npm-unapproved","ToFeed":"npm-approved",` +
			`"Date":"2023-11-29T12:00:00","User":"jsmith","Comments":null,"Id":3}]}]`},
		{"old pascal case", Options{Dialect: DialectOld, PascalCase: true}, `[{"GroupName":"@angular",` +
			`"PackageName":"animation","PackageType":"npm","Version":"12.3.1","Promotions":[{"FromFeed":"npm-unapproved",` +
			`"ToFeed":"npm-approved","Date":"2023-11-29T12:00:00Z","User":"jsmith","Comments":null,"Id":3}]}]`},
	}
	for _, test := range tests {
		got := get(t, startPromotions(t, test.opts)+"?toFeed=npm-approved")
		if got.status != http.StatusOK || got.body != test.want {
			t.Errorf("%s: %d\n got %s\nwant %s", test.name, got.status, got.body, test.want)
		}
		if kind := got.header.Get("Content-Type"); !strings.HasPrefix(kind, "application/json") {
			t.Errorf("%s: content type %q", test.name, kind)
		}
	}
}

// steps lists the IDs of the promotions in an answer of the current dialect.
func steps(t *testing.T, body string) []int {
	t.Helper()
	var list []struct{ Promotions []struct{ ID int } }
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	ids := []int{}
	for _, p := range list {
		for _, step := range p.Promotions {
			ids = append(ids, step.ID)
		}
	}
	return ids
}

func TestPromotionFilters(t *testing.T) {
	t.Parallel()
	old, bug, ignore := Options{Dialect: DialectOld}, Options{GroupBug: true}, Options{IgnoreFilters: true}
	tests := []struct {
		opts  Options
		query string
		want  []int
	}{
		{Options{}, "", []int{1, 2, 3, 4}},
		{Options{}, "?fromFeed=DEV", []int{1, 4}},
		{Options{}, "?FROMFEED=dev&toFeed=prod", []int{4}},
		{Options{}, "?toFeed=prod", []int{2, 4}},
		{Options{}, "?toFeed=nowhere", []int{}},
		{Options{}, "?package=newtonsoft.json", []int{1, 2}},
		{Options{}, "?package=Newtonsoft.Json&version=12.0.4", []int{}},
		{Options{}, "?package=Newtonsoft.Json&version=12.0.3&toFeed=test", []int{1}},
		{Options{}, "?group=%40angular", []int{3}},
		{Options{}, "?group=angular&package=animation", []int{3}},
		{Options{}, "?group=acme/tools", []int{4}},
		{Options{}, "?group=&package=&version=", []int{1, 2, 3, 4}},
		{Options{}, "?groupName=acme/tools&packageName=builder", []int{1, 2, 3, 4}},
		{old, "?groupName=acme/tools&packageName=builder", []int{4}},
		{old, "?group=acme/tools&package=builder", []int{1, 2, 3, 4}},
		{old, "?group=x&groupName=angular", []int{3}},
		{bug, "?group=angular", []int{}},
		{bug, "?package=animation", []int{3}},
		{ignore, "?package=animation&group=x&toFeed=y", []int{1, 2, 3, 4}},
	}
	for _, test := range tests {
		got := get(t, startPromotions(t, test.opts)+test.query)
		if ids := steps(t, got.body); got.status != http.StatusOK || !slices.Equal(ids, test.want) {
			t.Errorf("%+v %q: %d %v, want %v", test.opts, test.query, got.status, ids, test.want)
		}
	}
}

func TestEmptyPromotionListIsAnArray(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{NoSamples: true})
	if got := get(t, base+"/api/promotions/list"); got.body != "[]" {
		t.Errorf("answered %q", got.body)
	}
	for _, path := range []string{"/api/promotions", "/api/promotions/list/x", "/api/promotions/promote"} {
		if got := get(t, base+path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestHostileTextSurvivesInJSON(t *testing.T) {
	t.Parallel()
	got := get(t, startPromotions(t, Options{})+"?package=builder")
	var list []struct{ Promotions []struct{ Comments string } }
	if err := json.Unmarshal([]byte(got.body), &list); err != nil {
		t.Fatal(err)
	}
	if text := list[0].Promotions[0].Comments; text != "\x1b[31m<b> \u202e\"" {
		t.Errorf("comments %q", text)
	}
}

// many yields n packages with two promotions each, without keeping any.
func many(n int) iter.Seq[PromotedPackage] {
	return func(yield func(PromotedPackage) bool) {
		for i := range n {
			p := PromotedPackage{Type: "nuget", Name: fmt.Sprintf("Package.%d", i), Version: "1.0.0", Promotions: []Promotion{
				{"dev", "test", noon(), "jsmith", "", 2 * i}, {"test", "prod", noon(), "jsmith", "", 2*i + 1}}}
			if !yield(p) {
				return
			}
		}
	}
}

func TestLongListIsStreamed(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{NoSamples: true})
	const n = 5000
	s.AddPromotions(many(n))
	for range 2 { // a second query runs through the sequence again
		got := get(t, base+"/api/promotions/list")
		if ids := steps(t, got.body); len(ids) != 2*n {
			t.Fatalf("%d promotions", len(ids))
		}
		if got.header.Get("Content-Length") != "" {
			t.Error("the answer was collected before it was sent")
		}
	}
}

func TestLongListEndsWithTheClient(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{NoSamples: true})
	ended := make(chan struct{})
	s.AddPromotions(func(yield func(PromotedPackage) bool) {
		defer close(ended)
		for yield(promotedSample()[0]) { // without end
		}
	})
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(call{url: base + "/api/promotions/list"}.request(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, response.Body, 100_000); err != nil {
		t.Error(err)
	}
	response.Body.Close()
	<-ended
}

func BenchmarkPromotionList(b *testing.B) {
	s, err := New(Options{NoSamples: true})
	if err != nil {
		b.Fatal(err)
	}
	form := promotionsAPI{s}.promotionForm()
	p := promotedSample()[0]
	var buffer []byte
	b.ReportAllocs()
	for b.Loop() {
		buffer = form.appendPackage(buffer[:0], p)
	}
}
