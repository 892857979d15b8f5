package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
)

// TestExplainMissing: the hint about a package that is not found says what the server has instead,
// and is unchanged if it has nothing.
func TestExplainMissing(t *testing.T) {
	t.Parallel()
	const base = client.MissingHint + "; not listed in X"
	many := make([]string, 1001)
	for i := range many {
		many[i] = fmt.Sprintf(`{"name":"A","version":"1.0.%d"}`, i)
	}
	const info, list, versions = "/api/packages/F", "/api/management/feeds/list", "/api/packages/F/versions"
	for _, c := range []struct {
		name  string
		pages map[string]string
		err   *client.Error
		want  string
	}{
		{name: "no such feed", pages: map[string]string{list: `[{"name":"Feed","feedType":"nuget"},{"name":"G","feedType":"npm"}]`}, want: `the server has no feed "F"; `},
		{name: "a feed that may be there", want: base},
		{name: "an older server", pages: map[string]string{list: `[{"name":"f","feedType":"nuget"}]`}, want: base},
		{name: "another type", pages: map[string]string{info: `{"name":"F","feedType":"npm"}`}, want: `feed "F" is of type npm, not nuget`},
		{name: "a type of the same family", pages: map[string]string{info: `{"name":"F","feedType":"chocolatey"}`, versions: `[]`}, want: base},
		{
			name:  "other versions, newest first",
			pages: map[string]string{info: `{"name":"F","feedType":"nuget"}`, versions: `[{"name":"A","version":"1.9"},{"name":"A","version":"1.10"},{"name":"A","version":"1.9"}]`},
			want:  "the feed has 1.10, 1.9",
		},
		{
			name:  "more versions than are shown",
			pages: map[string]string{info: `{"name":"F","feedType":"nuget"}`, versions: "[" + strings.Join(many[:7], ",") + "]"},
			want:  "the feed has 1.0.6, 1.0.5, 1.0.4, 1.0.3, 1.0.2 and 2 more",
		},
		{name: "the version itself", pages: map[string]string{info: `{"name":"F","feedType":"nuget"}`, versions: `[{"name":"A","version":"2.0"},{"name":"A","version":"1.9"}]`}, want: base},
		{name: "too many to know the newest", pages: map[string]string{info: `{"name":"F","feedType":"nuget"}`, versions: "[" + strings.Join(many, ",") + "]"}, want: base},
		{name: "a list that breaks off", pages: map[string]string{info: `{"name":"F","feedType":"nuget"}`, versions: "[" + many[0]}, want: base},
		{name: "another failure", pages: map[string]string{info: `{"name":"F","feedType":"npm"}`}, err: &client.Error{Kind: client.KindAuth, Hint: "h"}, want: "h"},
		{
			name: "known for other qualifiers", pages: map[string]string{info: `{"name":"F","feedType":"npm"}`},
			err: &client.Error{Kind: client.KindNotFound, Hint: "h", Choices: []string{"arch=x"}}, want: "h",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, ok := c.pages[r.URL.Path]
				if !ok {
					http.NotFound(w, r)
					return
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, body)
			}))
			t.Cleanup(web.Close)
			made, err := client.New(web.URL)
			if err != nil {
				t.Fatal(err)
			}
			given := c.err
			if given == nil {
				given = &client.Error{Kind: client.KindNotFound, Hint: base}
			}
			explained := (&Server{Client: made}).ExplainMissing(t.Context(), "F", ecosystem.Package{Type: ecosystem.NuGet, Name: "A", Version: "2"}, given)
			if hint := HintOf(explained); !strings.HasPrefix(hint, c.want) || client.KindOf(explained) != given.Kind {
				t.Errorf("%s: %q, want %q", client.KindOf(explained), hint, c.want)
			}
		})
	}
}
