package feedtype

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// tagPages serves tags in pages, each with a Link header for the next.
func tagPages(pages ...[2]string) *memory {
	index := serve(nil)
	for i, p := range pages {
		ref := "v2/feed/acme/web/tags/list"
		if i > 0 {
			ref += fmt.Sprintf("?page=%d", i)
		}
		index.pages[ref] = page{body: p[0], header: http.Header{"Link": {p[1]}}}
	}
	return index
}

func TestDockerLatestStable(t *testing.T) {
	t.Parallel()
	const next = `</pg/v2/feed/acme/web/tags/list?page=1>; rel="next"`
	for _, test := range []struct {
		name  string
		index *memory
		want  string // "" for an error
	}{
		{"numbers", tagPages([2]string{`{"name": "x", "tags": ["latest", "1.9.0", "1.10.0", "2.0.0-rc.1", "2.0.0-alpine", "nightly"]}`, ""}), "1.10.0"},
		{"with a v", tagPages([2]string{`{"tags": ["v1.2.3", "1.2.0", "v2.0.0-rc1", "vv9.0.0", "v", "version9"]}`, ""}), "v1.2.3"},
		{"odd tags", tagPages([2]string{`{"tags": [1.5, null, {"a": 1}, "1.2.0"]}`, ""}), "1.5"},
		{"on the last page", tagPages([2]string{`{"tags": ["1.0.0"]}`, next}, [2]string{`{"tags": ["1.5.0"]}`, `<list?page=2>;rel=next`}, [2]string{`{"tags": ["v1.10.0", "1.7.0"]}`, ""}), "v1.10.0"},
		{"other links", tagPages([2]string{`{"tags": ["1.0.0"]}`, `</a,b>; rel="prev"; title="x, <y>", ` + next}, [2]string{`{"tags": ["2.0.0"]}`, `</x>; rel="first"`}), "2.0.0"},
		{"a page that does not exist", tagPages([2]string{`{"tags": ["1.0.0"]}`, next}), ""},
		{"a page that leads to itself", tagPages([2]string{`{"tags": ["1.0.0"]}`, next}, [2]string{`{"tags": ["1.5.0"]}`, next}), "1.5.0"},
		{"a page that is not http", tagPages([2]string{`{"tags": ["1.0.0"]}`, `<file:///etc/passwd>; rel="next"`}), ""},
		{"no stable one", tagPages([2]string{`{"tags": ["latest", "1.0.0-rc1"]}`, ""}), ""},
		{"no tags", tagPages([2]string{`{"tags": null}`, ""}), ""},
	} {
		pkg := ecosystem.Package{Type: ecosystem.Docker, Group: "acme", Name: "web", Version: LatestStable}
		got, err := Protocol{ecosystem.Docker, locateDocker}.Locate(t.Context(), test.index, "feed", pkg)
		if got.Version != test.want || (err != nil) != (test.want == "") {
			t.Errorf("%s: %q, %v; want %q", test.name, got.Version, err, test.want)
		}
		if err == nil && got.Ref != "v2/feed/acme/web/manifests/"+test.want {
			t.Errorf("%s: %s", test.name, got.Ref)
		}
	}
}

// TestDockerTagPagesEnd: a list without an end is an error, since the newest tag may always be on
// the next page.
func TestDockerTagPagesEnd(t *testing.T) {
	t.Parallel()
	index := tagPages([2]string{`{"tags": ["1.0.0"]}`, "<list?page=1>; rel=next"})
	for i := 1; i <= maxTagPages; i++ {
		index.pages[fmt.Sprintf("v2/feed/acme/web/tags/list?page=%d", i)] = page{
			body: `{"tags": []}`, header: http.Header{"Link": {fmt.Sprintf("<list?page=%d>; rel=next", i+1)}},
		}
	}
	pkg := ecosystem.Package{Type: ecosystem.Docker, Group: "acme", Name: "web", Version: LatestStable}
	_, err := Protocol{ecosystem.Docker, locateDocker}.Locate(t.Context(), index, "feed", pkg)
	if err == nil || len(index.asked) != maxTagPages {
		t.Errorf("%v after %d pages", err, len(index.asked))
	}
}

// TestDockerLatestIsATag: the word is a tag there, and no list is asked for.
func TestDockerLatestIsATag(t *testing.T) {
	t.Parallel()
	index := serve(nil)
	got, err := Protocol{ecosystem.Docker, locateDocker}.Locate(t.Context(), index, "feed", ecosystem.Package{Type: ecosystem.Docker, Name: "web", Version: Latest})
	if err != nil || got.Ref != "v2/feed/web/manifests/latest" || len(index.asked) > 0 {
		t.Errorf("%+v, %v, asked %q", got, err, index.asked)
	}
	got, err = Protocol{ecosystem.Docker, locateDocker}.Locate(t.Context(), index, "feed", ecosystem.Package{Type: ecosystem.Docker, Name: "web", Version: "Latest"})
	if err != nil || got.Ref != "v2/feed/web/manifests/Latest" {
		t.Errorf("another tag: %+v, %v", got, err)
	}
}

func FuzzTags(f *testing.F) {
	f.Add(`{"tags": ["1.0"]}`, `</x>; rel="next"`)
	f.Add(`{"tags": ["v1"]}`, `<a>;x=",";rel=prev,<?page=1>;rel="a next"`)
	f.Fuzz(func(t *testing.T, tags, link string) {
		index := tagPages([2]string{tags, link}, [2]string{tags, link})
		pkg := ecosystem.Package{Type: ecosystem.Docker, Group: "acme", Name: "web", Version: LatestStable}
		got, err := Protocol{ecosystem.Docker, locateDocker}.Locate(t.Context(), index, "feed", pkg)
		if err == nil && !stableTag(got.Version) || len(index.asked) > 3 {
			t.Errorf("%q, asked %q", got.Version, index.asked)
		}
	})
}
