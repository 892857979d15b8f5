package progettest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/progettest"
)

// noWait replaces the wait between attempts.
func noWait(ctx context.Context, _ time.Duration) error { return ctx.Err() }

// newClient is a client of a server, with its key.
func newClient(t *testing.T, s *progettest.Server) *client.Client {
	t.Helper()
	c, err := client.New(s.URL, client.WithAPIKey(client.NewSecret(s.APIKey)), client.WithSleep(noWait), client.WithProxy(nil))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestSeeds: what the options add is what the client finds, and nothing else exists.
func TestSeeds(t *testing.T) {
	t.Parallel()
	promoted := progettest.PromotedPackage{Type: "npm", Name: "lodash", Version: "4.17.21", Promotions: []progettest.Promotion{{
		FromFeed: "npm-dev", ToFeed: "npm-prod", Date: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), User: "jsmith", ID: 1,
	}}}
	proget := progettest.New(t,
		progettest.WithFeed(progettest.Feed{Name: "npm-prod", Type: "npm"}, progettest.Package{
			Name: "lodash", Version: "4.17.21", FileName: "lodash-4.17.21.tgz", Content: []byte("content"),
		}),
		progettest.WithFeed(progettest.Feed{Name: "docker", Type: "docker"}),
		progettest.WithImages("docker", progettest.Image{Repository: "acme/web", Tag: "1.0", Platforms: []string{"linux/amd64"}}),
		progettest.WithPromotions(promoted),
		progettest.WithVulnerabilities(progettest.Vulnerability{ID: "PGV-1", Type: "npm", Name: "lodash", Versions: []string{"4.17.21"}}),
	)
	c := newClient(t, proget)
	feeds, err := c.Feeds.List(t.Context())
	if err != nil || len(feeds) != 2 || feeds[0].Name != "npm-prod" {
		t.Errorf("feeds %v, %v", feeds, err)
	}
	lodash := ecosystem.Package{Type: ecosystem.NPM, Name: "lodash", Version: "4.17.21"}
	content, err := c.Downloads.Locate(t.Context(), "npm-prod", lodash)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Downloads.Fetch(t.Context(), client.FetchRequest{
		Content: content, Destination: client.Destination{Folder: t.TempDir()},
		Annotation: &client.Annotation{Application: "HDARS", Description: "d", Target: "web01"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(got.File); string(text) != "content" || filepath.Base(got.File) != "lodash-4.17.21.tgz" {
		t.Errorf("%s holds %q, %v", got.File, text, err)
	}
	if d := proget.Deployments(); len(d) != 1 || d[0].Target != "web01" || d[0].Via != progettest.ViaGet {
		t.Errorf("deployments %+v", d)
	}
	for pkg, err := range c.Promotions.List(t.Context(), client.PromotionQuery{}) {
		if err != nil || pkg.Name != "lodash" || pkg.Promotions[0].User != "jsmith" {
			t.Errorf("promoted %+v, %v", pkg, err)
		}
	}
	if p := proget.Promotions(); fmt.Sprint(p) != fmt.Sprint([]progettest.PromotedPackage{promoted}) {
		t.Errorf("promotions %+v", p)
	}
	proget.AddPromotions(promoted)
	if p := proget.Promotions(); len(p) != 2 {
		t.Errorf("%d promotions after another was added", len(p))
	}
}

// TestOptions: a server like that of the program's sandbox, below a path and without a key.
func TestOptions(t *testing.T) {
	t.Parallel()
	proget := progettest.New(t, progettest.WithSamples(), progettest.WithOptions(func(o *progettest.Options) {
		o.APIKey, o.BasePath = "", "/proget"
	}))
	if !strings.HasSuffix(proget.URL, "/proget") || proget.APIKey != "" || len(proget.Promotions()) == 0 {
		t.Errorf("%s, key %q, promotions %v", proget.URL, proget.APIKey, proget.Promotions())
	}
	if _, err := newClient(t, proget).Health(t.Context()); err != nil {
		t.Error(err)
	}
	if r := proget.Requests(); len(r) != 1 || r[0].Target != "/proget/health/json" || r[0].Status != http.StatusOK {
		t.Errorf("requests %+v", r)
	}
}

// TestKey: without its key, the server refuses.
func TestKey(t *testing.T) {
	t.Parallel()
	proget := progettest.New(t)
	proget.APIKey = "another"
	if _, err := newClient(t, proget).Feeds.List(t.Context()); client.KindOf(err) != client.KindAuth {
		t.Errorf("got %v", err)
	}
}

// TestRefusedOptions: a mistake in the options is an error of Start, and ends a test.
func TestRefusedOptions(t *testing.T) {
	t.Parallel()
	twice := progettest.WithFeed(progettest.Feed{Name: "f", Type: "nuget"})
	for name, options := range map[string][]progettest.Option{
		"a feed without a type":  {progettest.WithFeed(progettest.Feed{Name: "f"})},
		"a feed that exists":     {twice, twice},
		"an image without feed":  {progettest.WithImages("nowhere", progettest.Image{Repository: "a", Tag: "1"})},
		"a folder that is not":   {progettest.WithOptions(func(o *progettest.Options) { o.PackagesDir = filepath.Join(t.TempDir(), "none") })},
		"a password and no user": {progettest.WithOptions(func(o *progettest.Options) { o.Password = "p" })},
	} {
		if s, err := progettest.Start(options...); err == nil {
			s.Close()
			t.Errorf("%s is accepted", name)
		}
	}
	failing := &failingTest{TB: t}
	func() {
		defer func() { _ = recover() }()
		progettest.New(failing, twice, twice)
	}()
	if !strings.Contains(failing.said, `feed "f" exists already`) {
		t.Errorf("the test ended with %q", failing.said)
	}
}

// failingTest notes why a test was ended.
type failingTest struct {
	testing.TB
	said string
}

func (f *failingTest) Fatalf(format string, args ...any) {
	f.said = fmt.Sprintf(format, args...)
	panic(f.said)
}

// TestFaults are shown to the client in turn, and a request that waits on one ends with the server.
func TestFaults(t *testing.T) {
	t.Parallel()
	proget, err := progettest.Start(progettest.WithSamples())
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, proget)
	for name, want := range map[string]struct {
		fault progettest.Fault
		kind  client.Kind
	}{
		"sign-in page": {progettest.SignInPage(), client.KindUncertain},
		"challenge":    {progettest.Challenge(), client.KindAuth},
		"redirect":     {progettest.Redirect(http.StatusFound, "https://elsewhere.example/"), client.KindUnavailable},
		"reset":        {progettest.Fault{Effect: progettest.ResetAfter}, client.KindUncertain},
		"400":          {progettest.Fault{Status: http.StatusBadRequest}, client.KindRejected},
		"none":         {progettest.Fault{}, ""},
	} {
		proget.Fault("/api/package-deployment", want.fault)
		_, err := c.Deployments.Record(t.Context(), client.Deployment{
			Application: "HDARS", Description: "d", Target: name, FeedName: "DefaultNuGet", PackageName: "Acme.Web", Version: "1.0.0",
		}, client.RecordOptions{})
		if client.KindOf(err) != want.kind {
			t.Errorf("%s: %v, want %q", name, err, want.kind)
		}
	}
	// Only the reset and the request without an error were stored.
	if got := proget.Deployments(); len(got) != 2 {
		t.Errorf("%d deployments: %+v", len(got), got)
	}

	paused := make(chan struct{})
	proget.Fault("/api/management/feeds/list", progettest.Fault{Effect: progettest.Slow, After: 1, Wait: paused, Times: -1})
	ended := make(chan error, 1)
	go func() {
		_, err := c.Feeds.List(context.WithoutCancel(t.Context()))
		ended <- err
	}()
	paused <- struct{}{} // the answer has begun, and waits again after its next byte
	proget.Close()
	if err := <-ended; err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("a request that waited ended with %v", err)
	}
}
