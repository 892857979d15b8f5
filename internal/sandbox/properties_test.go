package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// wirePackage is what encoding/json makes of a package in the current dialect, against which the
// hand-written encoder is held.
type wirePackage struct {
	Group       *string       `json:"group"`
	Package     *string       `json:"package"`
	PackageType *string       `json:"packageType"`
	Version     *string       `json:"version"`
	Promotions  []wirePromote `json:"promotions"`
}

type wirePromote struct {
	FromFeed *string `json:"fromFeed"`
	ToFeed   *string `json:"toFeed"`
	Date     string  `json:"date"`
	User     *string `json:"user"`
	Comments *string `json:"comments"`
	ID       int     `json:"id"`
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func toWire(p PromotedPackage) wirePackage {
	wire := wirePackage{orNull(p.Group), orNull(p.Name), orNull(p.Type), orNull(p.Version), []wirePromote{}}
	for _, step := range p.Promotions {
		wire.Promotions = append(wire.Promotions, wirePromote{orNull(step.FromFeed), orNull(step.ToFeed),
			step.Date.UTC().Format("2006-01-02T15:04:05"), orNull(step.User), orNull(step.Comments), step.ID})
	}
	return wire
}

// anyPromoted draws packages over few names, so that filters meet something, with any text in the
// comments.
func anyPromoted() *rapid.Generator[PromotedPackage] {
	feeds := rapid.SampledFrom([]string{"dev", "Test", "prod", ""})
	return rapid.Custom(func(t *rapid.T) PromotedPackage {
		p := PromotedPackage{
			Type:    rapid.SampledFrom([]string{"nuget", "npm"}).Draw(t, "type"),
			Group:   rapid.SampledFrom([]string{"", "@angular", "Angular", "acme/tools"}).Draw(t, "group"),
			Name:    rapid.SampledFrom([]string{"a", "A", "b"}).Draw(t, "name"),
			Version: rapid.SampledFrom([]string{"1.0", "1.0-RC", "1.0-rc"}).Draw(t, "version"),
		}
		for range rapid.IntRange(0, 3).Draw(t, "steps") {
			p.Promotions = append(p.Promotions, Promotion{
				FromFeed: feeds.Draw(t, "from"), ToFeed: feeds.Draw(t, "to"), User: rapid.String().Draw(t, "user"),
				Comments: rapid.String().Draw(t, "comments"), ID: rapid.Int().Draw(t, "id"),
				Date: time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "date"), 0),
			})
		}
		return p
	})
}

func TestEncoderAgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	s, _ := start(t, Options{NoSamples: true})
	rapid.Check(t, func(t *rapid.T) {
		p := anyPromoted().Draw(t, "package")
		want, err := json.Marshal(toWire(p))
		if err != nil {
			t.Fatal(err)
		}
		if got := (promotionsAPI{s}).promotionForm().appendPackage(nil, p); string(got) != string(want) {
			t.Fatalf("\n got %s\nwant %s", got, want)
		}
	})
}

func TestFiltersOnlyTakeAway(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPromoted().Draw(t, "package")
		pick := func(label string, values ...string) string {
			return rapid.SampledFrom(append(values, "")).Draw(t, label)
		}
		q := promotionFilter{fromFeed: pick("from", "DEV", "x"), toFeed: pick("to", "prod"), group: pick("group", "angular"),
			name: pick("name", "a"), version: pick("version", "1.0-rc")}
		once, kept := q.apply(p)
		if all, ok := (promotionFilter{}).apply(p); !ok || !reflect.DeepEqual(all, p) {
			t.Fatal("no filter took something away")
		}
		if !kept {
			return
		}
		if twice, still := q.apply(once); !still || !reflect.DeepEqual(twice, once) {
			t.Fatalf("a second time: %+v, %v", twice, still)
		}
		for _, step := range once.Promotions {
			if q.toFeed != "" && !strings.EqualFold(step.ToFeed, q.toFeed) {
				t.Fatalf("kept %+v", step)
			}
		}
	})
}

func TestFaultsAreUsedUpExactly(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	const workers, each, faults = 8, 10, 37
	s.Fault("/health", Fault{Status: 503, Times: faults - 7}, Fault{Status: 503, Times: 7})
	var failed atomic.Int64
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for range each {
				got, err := call{url: base + "/health"}.try(t)
				if err != nil {
					t.Error(err)
				}
				if got.status == http.StatusServiceUnavailable {
					failed.Add(1)
				}
			}
		})
	}
	group.Wait()
	if failed.Load() != faults {
		t.Errorf("%d requests met a fault", failed.Load())
	}
}

func TestAddingWhileAnswering(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	before := len(s.allFeeds())
	var group sync.WaitGroup
	for i := range 4 {
		group.Go(func() {
			name := fmt.Sprintf("feed-%d", i)
			if err := s.AddFeed(Feed{Name: name, Type: "nuget"}); err != nil {
				t.Error(err)
			}
			for j := range 5 {
				if err := s.AddPackage(name, Package{Name: "A", Version: fmt.Sprint(j)}); err != nil {
					t.Error(err)
				}
			}
		})
		group.Go(func() {
			for _, path := range []string{"/", "/api/management/feeds/list", "/feeds/DefaultNuGet"} {
				if got, err := (call{url: base + path}).try(t); err != nil || got.status != http.StatusOK {
					t.Errorf("%s: %d %v", path, got.status, err)
				}
			}
		})
	}
	group.Wait()
	if n := len(s.allFeeds()); n != before+4 {
		t.Errorf("%d feeds", n)
	}
}

func FuzzMatches(f *testing.F) {
	for _, seed := range [][2]string{{"/api$", "/api"}, {"*.nupkg$", "/a.nupkg"}, {"/a*b*c$", "/abcbc"}, {"*a*a$", "/a"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		lower := strings.ToLower(pattern)
		body, whole := strings.CutSuffix(lower, "$")
		expression := "(?s)^" + strings.ReplaceAll(regexp.QuoteMeta(body), `\*`, ".*")
		if whole {
			expression += "$"
		}
		compiled, err := regexp.Compile(expression)
		if err != nil {
			return // not UTF-8
		}
		if want := compiled.MatchString(strings.ToLower(path)); matches(pattern, path) != want {
			t.Errorf("matches(%q, %q) = %v", pattern, path, !want)
		}
	})
}

// Whatever is asked, the server answers, and not with its own failure.
func FuzzAnyRequest(f *testing.F) {
	for _, target := range []string{
		"/", "/feeds/DefaultNuGet/a/b/c", "/nuget/choco/Packages(Id='a',Version='1')", "/nuget/DefaultNuGet/v3/flat2/a/index.json",
		"/npm/npm-approved/@angular%2fanimation", "/npm/npm-approved/", "/pypi/pypi/simple/a/", "/upack/universal-dev/download/a?latest",
		"/maven2/maven/a/b/1/b-1.jar.sha1", "/maven2/maven/a-SNAPSHOT/maven-metadata.xml", "/endpoints/assets/content//",
		"/helm/helm/index.yaml", "/api/packages/pypi/latest?stableOnly=x", "/api/management/feeds/get/", "/%2f/%00", "//", "/api//",
		"/maven2/maven/x-SNAPSHOT/y-SNAPSHOT/maven-metadata.xml", "/nuget/choco/Packages()?$filter=%27and%20&$top=-1",
	} {
		f.Add("GET", target)
		f.Add("POST", target)
	}
	s, err := New(Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, method, target string) {
		address, err := url.ParseRequestURI(target)
		if err != nil {
			return
		}
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Method, r.URL, r.RequestURI = method, address, target
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code < 200 || w.Code > 499 {
			t.Errorf("%s %q: %d %s", method, target, w.Code, w.Body)
		}
	})
}
