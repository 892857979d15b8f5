package client

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// TestMissingSaysWhereItLooked: a package that is not found says in which documents it was looked
// for, or that there was none, and for what else it exists.
func TestMissingSaysWhereItLooked(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name          string
		pkg           ecosystem.Package
		pages         map[string]string
		message, hint string
	}{
		{
			name:    "another version",
			pkg:     ecosystem.Package{Type: ecosystem.NPM, Name: "a", Version: "2.0.0"},
			pages:   map[string]string{"/npm/F/a": `{"versions": {"1.0.0": {"dist": {"tarball": "a.tgz"}}}}`},
			message: "/npm/F/a",
			hint:    MissingHint,
		},
		{
			name:    "another platform",
			pkg:     ecosystem.Package{Type: ecosystem.Gem, Name: "a", Version: "1.0.0"},
			pages:   map[string]string{"/rubygems/F/info/a": "1.0.0-java |\n"},
			message: "it exists for platform java",
			hint:    "platform=java",
		},
		{
			name:    "no index for a word",
			pkg:     ecosystem.Package{Type: ecosystem.Gem, Name: "a", Version: "latest"},
			message: "the feed has no index to look in (rubygems/F/info/a)",
			hint:    MissingHint,
		},
		{
			name:    "no index of the package",
			pkg:     ecosystem.Package{Type: ecosystem.NPM, Name: "a", Version: "1.0.0"},
			message: "/npm/F/a",
			hint:    "there was nothing to search",
		},
		{
			name:    "no index of the feed",
			pkg:     ecosystem.Package{Type: ecosystem.RPM, Name: "a", Version: "1.0.0-1", Qualifiers: map[string]string{"arch": "noarch"}},
			message: "/rpm/F/repodata/repomd.xml",
			hint:    "there was nothing to search",
		},
		{
			name:    "no index, and no package",
			pkg:     ecosystem.Package{Type: ecosystem.Gem, Name: "a", Version: "1.0.0"},
			message: "404",
			hint:    "the feed has no index to look in (rubygems/F/info/a)",
		},
		{
			name:    "in no index, and no package",
			pkg:     ecosystem.Package{Type: ecosystem.Gem, Name: "a", Version: "1.0.0"},
			pages:   map[string]string{"/rubygems/F/info/a": "2.0.0 |\n"},
			message: "404",
			hint:    "/rubygems/F/info/a",
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			address := startServer(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if body, ok := x.pages[r.URL.Path]; ok {
					_, _ = io.WriteString(w, body)
				} else {
					w.WriteHeader(http.StatusNotFound)
				}
			}))
			c := newClient(t, address)
			content, err := c.Downloads.Locate(t.Context(), "F", x.pkg)
			if err == nil {
				_, err = c.Downloads.Fetch(t.Context(), FetchRequest{Content: content, Destination: Destination{Stream: io.Discard}})
			}
			e := wantKind(t, err, KindNotFound)
			if !strings.Contains(e.Error(), x.message) || !strings.Contains(e.Hint+" "+strings.Join(e.Choices, " "), x.hint) {
				t.Errorf("%s\nhint: %s", e, e.Hint)
			}
		})
	}
}
