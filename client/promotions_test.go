package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/sandbox"
)

// listed collects a list to its end.
func listed(c *Client, q PromotionQuery) (all []PromotedPackage, err error) {
	for p, err := range c.Promotions.List(context.Background(), q) {
		if err != nil {
			return all, err
		}
		p.Promotions = slices.Clone(p.Promotions)
		all = append(all, p)
	}
	return all, nil
}

// shownPackages shows packages by their names, versions and numbers of promotions.
func shownPackages(all []PromotedPackage) string {
	var b strings.Builder
	for _, p := range all {
		fmt.Fprintf(&b, "%s %s %s (%d); ", p.Group, p.Name, p.Version, len(p.Promotions))
	}
	return strings.TrimSuffix(b.String(), "; ")
}

// answering is a server that gives one body to every request.
func answering(t *testing.T, status int, contentType, body string) *Client {
	t.Helper()
	return newClient(t, startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})))
}

// servers are the fake servers between which a user must see no difference.
func servers() map[string]sandbox.Options {
	return map[string]sandbox.Options{
		"current":        {},
		"old":            {Dialect: sandbox.DialectOld},
		"pascal":         {Dialect: sandbox.DialectOld, PascalCase: true, BasePath: "/proget"},
		"unfiltered":     {IgnoreFilters: true},
		"unfiltered old": {IgnoreFilters: true, Dialect: sandbox.DialectOld},
		"group bug":      {GroupBug: true},
		"group bug old":  {GroupBug: true, Dialect: sandbox.DialectOld},
	}
}

func TestListIsTheSameFromEveryServer(t *testing.T) {
	t.Parallel()
	queries := []struct {
		query PromotionQuery
		want  string
	}{
		{PromotionQuery{ToFeed: "npm-approved"}, "angular animation 12.3.1 (1);  lodash 4.17.21 (1)"},
		{PromotionQuery{FromFeed: "NUGET-TEST"}, " Acme.Web 1.0.0 (1)"},
		{PromotionQuery{Package: "acme.web", Version: "1"}, " Acme.Web 1.0.0 (2)"},
		{PromotionQuery{Package: "Acme.Web", Version: "1.0.0.0", ToFeed: "nuget-prod"}, " Acme.Web 1.0.0 (1)"},
		{PromotionQuery{Group: "@angular", Package: "animation"}, "angular animation 12.3.1 (1)"},
		{PromotionQuery{Group: "Angular", Package: "Animation", Type: "npm"}, "angular animation 12.3.1 (1)"},
		{PromotionQuery{Package: "animation"}, "angular animation 12.3.1 (1)"},
		{PromotionQuery{Package: "animation", Ungrouped: true}, ""},
		{PromotionQuery{Package: "lodash", Ungrouped: true}, " lodash 4.17.21 (1)"},
		{PromotionQuery{Group: "acme/tools"}, "acme/tools builder 1.4.0 (1)"},
		{PromotionQuery{Package: "lodash", Type: "pypi"}, ""},
		{PromotionQuery{Package: "Nowhere", Version: "1"}, ""},
	}
	for name, options := range servers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, url := startSandbox(t, options)
			c := newClient(t, url)
			for _, q := range queries {
				got, err := listed(c, q.query)
				if err != nil || shownPackages(got) != q.want {
					t.Errorf("%+v: %q, %v, want %q", q.query, shownPackages(got), err, q.want)
				}
			}
		})
	}
}

func TestListAsksInBothSpellings(t *testing.T) {
	t.Parallel()
	server, url := startSandbox(t, sandbox.Options{BasePath: "/proget"})
	all := PromotionQuery{FromFeed: "npm-unapproved", ToFeed: "npm-approved", Group: "@angular", Package: "animation", Version: "12.3.1+b"}
	if _, err := listed(newClient(t, url), all); err != nil {
		t.Fatal(err)
	}
	const want = "/proget/api/promotions/list?fromFeed=npm-unapproved&toFeed=npm-approved&group=%40angular&groupName=%40angular" +
		"&package=animation&packageName=animation&version=12.3.1%2Bb"
	if got := server.Requests()[0].Target; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// The second question leaves out the group and the version, and is asked only where it may find
// more.
func TestListAsksOnceMore(t *testing.T) {
	t.Parallel()
	const list = "/api/promotions/list?"
	tests := []struct {
		query PromotionQuery
		again string // empty: not asked again
	}{
		{PromotionQuery{Package: "nowhere"}, ""},
		{PromotionQuery{ToFeed: "nowhere"}, ""},
		{PromotionQuery{Group: "angular", Package: "animation"}, ""},
		{PromotionQuery{Group: "none", Package: "animation"}, list + "package=animation&packageName=animation"},
		{PromotionQuery{Package: "animation", Version: "9", ToFeed: "f"}, list + "toFeed=f&package=animation&packageName=animation"},
		{PromotionQuery{Group: "none", FromFeed: "f"}, list + "fromFeed=f"},
	}
	for _, test := range tests {
		server, url := startSandbox(t, sandbox.Options{})
		if _, err := listed(newClient(t, url), test.query); err != nil {
			t.Fatal(err)
		}
		again := ""
		if requests := server.Requests(); len(requests) > 1 {
			again = requests[1].Target
		}
		if again != test.again {
			t.Errorf("%+v: asked again %q, want %q", test.query, again, test.again)
		}
	}
}

// What was yielded before an error stands; the error says that it is not all, and whether asking
// again may help.
func TestListErrors(t *testing.T) {
	t.Parallel()
	const first = `{"package":"a","version":"1","promotions":[{"toFeed":"x"}]}`
	tests := []struct {
		name, contentType, body string
		status                  int
		yielded                 int
		kind                    Kind
		transient               bool
		says                    string
	}{
		{"object", "application/json", `{"error":1}`, 200, 0, KindUnavailable, false, "it is an object"},
		{"string", "application/json", `"x"`, 200, 0, KindUnavailable, false, "it is a string"},
		{"number", "application/json", `12`, 200, 0, KindUnavailable, false, "it is a number"},
		{"boolean", "application/json", `true`, 200, 0, KindUnavailable, false, "it is true or false"},
		{"numbers", "application/json", `[` + first + `,7]`, 200, 1, KindUnavailable, false, "is not an object"},
		{"null", "application/json", `null`, 200, 0, KindUnavailable, false, "it is null"},
		{"a message", "application/json", `[` + first + `,{"message":"none"}]`, 200, 1, KindUnavailable, false, "has no package name"},
		{"an empty object", "application/json", `[{}]`, 200, 0, KindUnavailable, false, "has no package name"},
		{"nested", "application/json", `[[]]`, 200, 0, KindUnavailable, false, "is not an object"},
		{"two values", "application/json", `[` + first + `] {}`, 200, 1, KindUnavailable, false, "something follows"},
		{"nothing", "application/json", ``, 200, 0, KindUnavailable, true, "cut off"},
		{"cut in an element", "application/json", `[` + first + `,{"pack`, 200, 1, KindUnavailable, true, "cut off"},
		{"cut after an element", "application/json", `[` + first, 200, 1, KindUnavailable, true, "cut off"},
		{"cut after a comma", "application/json", `[` + first + `,`, 200, 1, KindUnavailable, true, "cut off"},
		{"error in the middle", "application/json", `[` + first + `,HTTP/1.1 500`, 200, 1, KindUnavailable, true, "it is not valid JSON"},
		{"text", "text/plain", `OK`, 200, 0, KindUnavailable, true, "it is not valid JSON"},
		{"page", "text/html", `<html><title>Sign in</title>`, 200, 0, KindUnavailable, false, "Sign in"},
		{"page as JSON", "application/json", `<!DOCTYPE html><title>Log in</title>`, 200, 0, KindUnavailable, false, "web page"},
		{"a part", "application/json", `[` + first + `]`, 206, 0, KindUnavailable, false, "this is a part"},
		{"500", "text/plain", `Deadlock.`, 500, 0, KindUnavailable, true, "Deadlock."},
		{"400", "text/plain", `Bad feed.`, 400, 0, KindRejected, false, "Bad feed."},
		{"403", "text/plain", ``, 403, 0, KindAuth, false, "403"},
		{"404", "text/plain", ``, 404, 0, KindNotFound, false, "404"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := listed(answering(t, test.status, test.contentType, test.body), PromotionQuery{})
			e, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			if len(got) != test.yielded || e.Kind != test.kind || e.Transient != test.transient || !strings.Contains(e.Error(), test.says) {
				t.Errorf("yielded %d, kind %s, transient %v: %v", len(got), e.Kind, e.Transient, e)
			}
		})
	}
}

func TestListSaysHowLongToWait(t *testing.T) {
	t.Parallel()
	server, url := startSandbox(t, sandbox.Options{})
	server.Fault("/api/promotions/list", sandbox.Fault{Status: 503, Header: http.Header{"Retry-After": {"90"}}})
	_, err := listed(newClient(t, url), PromotionQuery{})
	if e, ok := errors.AsType[*Error](err); !ok || e.RetryAfter != 90*time.Second || !e.Transient {
		t.Errorf("got %v", err)
	}
}

func TestListEndsWithItsConsumerAndItsContext(t *testing.T) {
	t.Parallel()
	server, url := startSandbox(t, sandbox.Options{NoSamples: true})
	endless := func(yield func(sandbox.PromotedPackage) bool) {
		for yield(sandbox.PromotedPackage{Name: "a", Version: "1", Promotions: []sandbox.Promotion{{ToFeed: "x", Date: noon()}}}) {
		}
	}
	server.AddPromotions(endless)
	c := newClient(t, url)
	seen := 0
	for _, err := range c.Promotions.List(context.Background(), PromotionQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen == 3 {
			break
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var last error
	for _, err := range c.Promotions.List(ctx, PromotionQuery{}) {
		cancel()
		last = err
	}
	if KindOf(last) != KindInterrupted || seen != 3 {
		t.Errorf("after the context ended: %v; seen %d", last, seen)
	}
}
