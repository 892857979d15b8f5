package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/sandbox"
)

// TestNewAddress keeps the base path and refuses what is not a server's address.
func TestNewAddress(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://proget.corp.local":          "https://proget.corp.local",
		"https://proget.corp.local/":         "https://proget.corp.local",
		"HTTPS://Proget.Corp.Local:443/x/":   "https://proget.corp.local/x",
		"http://proget.corp.local:80":        "http://proget.corp.local",
		"http://proget.corp.local:8624/a/b/": "http://proget.corp.local:8624/a/b",
		"http://[2001:db8::1]:8624":          "http://[2001:db8::1]:8624",
		" https://proget.corp.local\n":       "https://proget.corp.local",
		"https://proget.corp.local/a%20b":    "https://proget.corp.local/a%20b",
	} {
		if c, err := New(raw); err != nil || c.BaseURL() != want {
			t.Errorf("%q: %v, %v; want %s", raw, c, err, want)
		}
	}
	for _, raw := range []string{
		"", "proget.corp.local", "proget.corp.local:8624", "ftp://proget.corp.local", "https://", "https:///x", "https://:443/",
		"https://user:" + testKey + "@proget.corp.local", "https://user:443/" + testKey + "@proget.corp.local",
		"https://" + testKey + "/x@proget.corp.local", "https://user:99999/x@proget.corp.local", "https://user:443/x%40proget.corp.local/y",
		"https://proget.corp.local?key=" + testKey, "https://proget.corp.local#x",
		"https://proget.corp.local/../x", "https://proget.corp.local/%2e%2e/x", "https://proget.corp.local/?", "://", "https://a b/",
	} {
		_, err := New(raw)
		if e := wantKind(t, err, KindUsage); strings.Contains(e.Error(), "canary") {
			t.Errorf("%q repeats the credential", e)
		}
	}
}

// TestBasePath sends every request below the base path.
func TestBasePath(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{BasePath: "/tools/proget"})
	for _, base := range []string{address, address + "/"} {
		c := newClient(t, base)
		if _, err := c.Deployments.Record(t.Context(), someDeployment(), RecordOptions{}); err != nil {
			t.Error(err)
		}
		if err := listError(t.Context(), c); err != nil {
			t.Error(err)
		}
		if _, err := c.Feeds.Info(t.Context(), "DefaultNuGet"); err != nil {
			t.Error(err)
		}
		packageBytes(t, c, locate(t, c))
	}
	for _, r := range s.Requests() {
		if !strings.HasPrefix(r.Target, "/tools/proget/") || strings.Contains(r.Target, "//") {
			t.Errorf("%s is not below the base path", r.Target)
		}
	}
}

func TestInfo(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{})
	c := newClient(t, address)
	if f, err := c.Feeds.Info(t.Context(), "npm-approved"); err != nil || f.Name != "npm-approved" || f.Type != ecosystem.NPM {
		t.Errorf("%+v, %v", f, err)
	}
	_, err := c.Feeds.Info(t.Context(), "a/b c")
	if e := wantKind(t, err, KindNotFound); e.Hint == "" {
		t.Error("no hint")
	}
	if got := s.Requests()[1].Target; got != "/api/packages/a%2Fb%20c" {
		t.Errorf("asked %s", got)
	}
}

// TestInfoBrokenAnswers gives whatever a server sends instead of a feed a kind, and never reads all
// of it.
func TestInfoBrokenAnswers(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"cut": `{"name": "x`, "an array": `[]`, "nothing": ``, "words": `OK`, "two": `{} {}`, "mistyped": `{"name": 7}`,
		"endless": `{"name": "` + strings.Repeat("x", smallDocumentLimit) + `"}`,
	} {
		address := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
		_, err := newClient(t, address).Feeds.Info(t.Context(), "x")
		if e := wantKind(t, err, KindUnavailable); len(e.Error()) > 1000 {
			t.Errorf("%s: the message has %d bytes", name, len(e.Error()))
		}
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{})
	c := newClient(t, address)
	all, err := collected(c.Packages.Versions(t.Context(), "DefaultNuGet", nugetPackage("Newtonsoft.Json", "")))
	if err != nil || len(all) != 2 || len(all[0].SHA256) != 64 || all[0].Size == 0 {
		t.Errorf("%+v, %v", all, err)
	}
	for version, want := range map[string]bool{"12.0.3": true, "12.0.3.0": true, "12.0.3+build": true, "12.0.4": false} {
		if has, err := c.Packages.Has(t.Context(), "DefaultNuGet", nugetPackage("Newtonsoft.Json", version)); err != nil || has != want {
			t.Errorf("Has %s = %v, %v; want %v", version, has, err, want)
		}
	}
	for _, answer := range []string{"[]", "{}", " {} "} {
		s.Fault("/api/packages/", sandbox.Fault{Status: 200, Body: answer})
		if got, err := collected(c.Packages.Versions(t.Context(), "F", nugetPackage("A", "1"))); err != nil || len(got) != 0 {
			t.Errorf("%s: %v, %v", answer, got, err)
		}
	}
	for _, answer := range []string{"null", `{"message": "no"}`, `"A"`, "5"} {
		s.Fault("/api/packages/", sandbox.Fault{Status: 200, Body: answer})
		_, err := c.Packages.Has(t.Context(), "F", nugetPackage("A", "1"))
		wantKind(t, err, KindUnavailable)
	}
	s.Fault("/api/packages/", sandbox.Fault{Status: 200, Body: `{"name": "A", "version": "1.0"}`})
	if got, err := collected(c.Packages.Versions(t.Context(), "F", nugetPackage("A", "1"))); err != nil || len(got) != 1 {
		t.Errorf("an only version: %v, %v", got, err)
	}
}

// TestLocateKinds checks the kind of each error.
func TestLocateKinds(t *testing.T) {
	t.Parallel()
	_, address := startSandbox(t, sandbox.Options{})
	c := newClient(t, address)
	for _, x := range []struct {
		feed string
		pkg  ecosystem.Package
		kind Kind
	}{
		{"DefaultNuGet", nugetPackage("Newtonsoft.Json", "12.0.3"), ""},
		{"npm-approved", ecosystem.Package{Type: ecosystem.NPM, Name: "lodash", Version: "4.17.21"}, ""},
		{"npm-approved", ecosystem.Package{Type: ecosystem.NPM, Name: "lodash", Version: "99.0.0"}, KindNotFound},
		{"npm-approved", ecosystem.Package{Type: ecosystem.NPM, Name: "no-such", Version: "1.0.0"}, KindNotFound},
		{"no-such-feed", ecosystem.Package{Type: ecosystem.NPM, Name: "lodash", Version: "4.17.21"}, KindNotFound},
		{"DefaultNuGet", nugetPackage("../../api", "12.0.3"), KindUsage},
		{"DefaultNuGet", ecosystem.Package{Type: "bower", Name: "a", Version: "1"}, KindUsage},
		{"DefaultNuGet", ecosystem.Package{Type: "no-such-type", Name: "a", Version: "1"}, KindUsage},
	} {
		if _, err := c.Downloads.Locate(t.Context(), x.feed, x.pkg); KindOf(err) != x.kind {
			t.Errorf("%s %v: %q (%v), want %q", x.feed, x.pkg, KindOf(err), err, x.kind)
		}
	}
}

// TestInfoWithoutType: an answer without the feed's type is an error.
func TestInfoWithoutType(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{})
	c := newClient(t, address)
	for _, answer := range []string{"{}", "null", `{"name": "F", "feedType": null}`} {
		s.Fault("/api/packages/", sandbox.Fault{Status: 200, Body: answer})
		_, err := c.Feeds.Info(t.Context(), "F")
		if e := wantKind(t, err, KindUnavailable); e.Reason != ReasonNoFeedType {
			t.Errorf("%s: %v has no hint", answer, e)
		}
	}
}

// TestLocateBadIndex: a name in an index that cannot be asked for is the server's fault, not the
// user's.
func TestLocateBadIndex(t *testing.T) {
	t.Parallel()
	debian := map[string]string{"arch": "amd64", "distro": "d", "component": "c"}
	for _, x := range []struct {
		path, body string
		pkg        ecosystem.Package
	}{
		{"/npm/F/a", `{"dist-tags": {"latest": "../1"}, "versions": {"../1": {"dist": {"tarball": "x"}}}}`,
			ecosystem.Package{Type: ecosystem.NPM, Name: "a", Version: "latest"}},
		{"/Packages.gz", "Package: a\nVersion: 1\nArchitecture: amd64\nFilename: ../x\n",
			ecosystem.Package{Type: ecosystem.Debian, Name: "a", Version: "1", Qualifiers: debian}},
		{"maven-metadata.xml", `<metadata><versioning><snapshotVersions><snapshotVersion><extension>jar</extension><value>1-/../x</value></snapshotVersion></snapshotVersions></versioning></metadata>`,
			ecosystem.Package{Type: ecosystem.Maven, Group: "g", Name: "a", Version: "1-SNAPSHOT"}},
		{"/v3/index.json", `{"resources": [{"@id": "x/%2e%2e/y", "@type": "PackageBaseAddress/3.0.0"}]}`,
			ecosystem.Package{Type: ecosystem.NuGet, Name: "a", Version: "latest"}},
	} {
		address := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, x.path) {
				w.WriteHeader(http.StatusNotFound)
			}
			_, _ = io.WriteString(w, x.body)
		}))
		_, err := newClient(t, address).Downloads.Locate(t.Context(), "F", x.pkg)
		if e := wantKind(t, err, KindUnavailable); !strings.Contains(e.Message, "dot segment") {
			t.Errorf("%s: %v", x.path, err)
		}
	}
}

// TestHasWhereNothingIsListed: an empty list is a no only if the server lists packages of the
// feed's type, if it has the type.
func TestHasWhereNothingIsListed(t *testing.T) {
	t.Parallel()
	for feedType, want := range map[string]Kind{
		"docker": KindUnavailable, "bower": KindUnavailable, "maven": KindUnavailable, "nuget": "", "": "",
	} {
		address := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/versions"):
				_, _ = io.WriteString(w, "[]")
			case feedType == "":
				w.WriteHeader(http.StatusNotFound)
			default:
				_, _ = io.WriteString(w, `{"feedType": "`+feedType+`"}`)
			}
		}))
		for _, given := range []ecosystem.Type{"", ecosystem.ParseType(feedType)} {
			has, err := newClient(t, address).Packages.Has(t.Context(), "F", ecosystem.Package{Type: given, Name: "a", Version: "1"})
			if has || KindOf(err) != want {
				t.Errorf("a feed of type %q, the package of %q: %v, %v", feedType, given, has, err)
			}
		}
	}
}

// TestErrorText has everything on one line, and gives the cause.
func TestErrorText(t *testing.T) {
	t.Parallel()
	cause := errors.New("cause")
	e := &Error{Kind: KindAuth, Method: "GET", URL: "http://x/y", Message: "the server answered 403 Forbidden", Server: "no key", Err: cause}
	if got := e.Error(); got != "the server answered 403 Forbidden (GET http://x/y): no key" {
		t.Error(got)
	}
	if !errors.Is(e, cause) {
		t.Error("the cause is lost")
	}
	for err, want := range map[error]Kind{nil: "", cause: KindInternal, e: KindAuth, fmt.Errorf("wrapped: %w", e): KindAuth} {
		if got := KindOf(err); got != want {
			t.Errorf("KindOf(%v) = %q, want %q", err, got, want)
		}
	}
	if out, err := json.Marshal(usageError("%q is bad", "x")); err != nil || !strings.Contains(string(out), `"usage"`) {
		t.Errorf("%s, %v", out, err)
	}
}
