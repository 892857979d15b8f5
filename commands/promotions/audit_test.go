package promotions

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/cli/clitest"
)

// audited runs the command against a server that answers paths with bodies. A body may depend on
// the name that was asked for, with the path and the name as its key.
func audited(t *testing.T, bodies map[string]string, args ...string) clitest.Ran {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, known := bodies[strings.TrimSuffix(r.URL.Path+" "+r.URL.Query().Get("name"), " ")]
		if !known {
			http.Error(w, "Feed not found.", http.StatusNotFound)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	newCommand := func(app *cli.App) *cobra.Command { return newAudit(app, audit) }
	return clitest.Run(t, clitest.Env(t, "PROGET_URL="+server.URL), newCommand, append([]string{"--feed", "F"}, args...)...)
}

// serverOf is a server with a feed F.
func serverOf(feedType, latest, versions, promotions string) map[string]string {
	return map[string]string{
		"/api/packages/F":            `{"name":"F","feedType":"` + feedType + `"}`,
		"/api/packages/F/latest":     latest,
		"/api/packages/F/versions p": versions,
		"/api/promotions/list":       promotions,
	}
}

// shown is what is listed of each version.
const shown = `.[] | "\(.packageName) \(.version) \(.status) \(.published) \(.publishedBy)"`

func TestAuditCompares(t *testing.T) {
	t.Parallel()
	const promoted = `[{"package":"p","packageType":"nuget","version":"1.0.0","promotions":[` +
		`{"fromFeed":"test","toFeed":"f","date":"2026-01-01T00:00:00","user":"old","id":1},{"fromFeed":"dev","toFeed":"F","date":"2026-02-01T00:00:00","user":"new","id":2},` +
		`{"fromFeed":"dev","toFeed":"G","date":"2026-03-01T00:00:00","user":"other","id":3}]}]`
	tests := []struct {
		name, feedType, latest, versions, promotions string
		args                                         []string
		want                                         string
	}{
		{"the newest promotion counts, and none to another feed", "nuget", `[{"name":"p","version":"1.0"}]`, `[{"name":"P","version":"1.0"}]`, promoted,
			[]string{"--all", "--jq", ".[] | .promotion.user"}, "new"},
		{"a promotion from a named feed", "nuget", `[{"name":"p","version":"1.0"}]`, `[{"name":"p","version":"1.0"}]`, promoted,
			[]string{"--from-feed", "TEST", "--all", "--jq", ".[] | .promotion.user"}, "old"},
		{"a version that the list of versions leaves out", "nuget", `[{"name":"p","version":"2.0"}]`, `[{"name":"p","version":"1.0"}]`, promoted,
			[]string{"--jq", shown}, "p 2.0 uploaded null "},
		{"several files: the newest", "pypi", `[{"name":"p","version":"1.0"}]`,
			`[{"name":"p","version":"1.0","published":"2026-01-01","publishedBy":"a"},{"name":"P","version":"1.0.0","published":"2026-03-01","publishedBy":"b"},{"name":"p","version":"1","publishedBy":"c"}]`, `[]`,
			[]string{"--jq", shown}, "p 1.0.0 uploaded 2026-03-01T00:00:00Z b"},
		{"versions in their ecosystem's order", "nuget", `[{"name":"p","version":"9.0"}]`, `[{"name":"p","version":"9.0"},{"name":"p","version":"12.0"},{"name":"p","version":"12.0-rc"}]`, `[]`,
			[]string{"--jq", "map(.version) | join(\" \")"}, "12.0 12.0-rc 9.0"},
		{"no date is in every window", "nuget", `[{"name":"p","version":"1"}]`, `[{"name":"p","version":"1"},{"name":"p","version":"2","published":"2026-01-01"}]`, `[]`,
			[]string{"--since", "7d", "--jq", "map(.version) | join(\" \")"}, "1"},
		{"a promotion without a type, with its group inside the name", "npm", `[{"group":"@s","name":"p","version":"1"}]`, `[{"group":"@s","name":"p","version":"1"}]`,
			`[{"packageName":"@s/p","version":"1","promotions":[{"toFeed":"F"}]}]`,
			[]string{"--all", "--jq", ".[] | .groupName + \" \" + .status"}, "s promoted"},
		{"a promotion of another version, of another group", "npm", `[{"group":"@s","name":"p","version":"1"}]`, `[{"group":"s","name":"p","version":"1"}]`,
			`[{"packageName":"p","groupName":"other","version":"1","promotions":[{"toFeed":"F"}]},{"packageName":"p","groupName":"s","version":"2","promotions":[{"toFeed":"F"}]}]`,
			[]string{"--jq", ".[].status"}, "uploaded"},
		{"a promotion whose name goes on like the version", "universal", `[{"name":"p","version":"x\u00001"}]`, `[{"name":"p","version":"x\u00001"}]`,
			`[{"packageName":"p\u0000x","packageType":"upack","version":"1","promotions":[{"toFeed":"F"}]}]`,
			[]string{"--jq", ".[].status"}, "uploaded"},
		{"nothing in the feed", "nuget", `[]`, `[]`, `[]`, []string{"--jq", "length"}, "0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := audited(t, serverOf(test.feedType, test.latest, test.versions, test.promotions), test.args...)
			want := cli.CodeUnmet
			if strings.Contains(strings.Join(test.args, " "), "--all") || test.want == "0" {
				want = cli.CodeDone
			}
			if strings.TrimSuffix(got.Stdout, "\n") != test.want || got.Code != want {
				t.Errorf("%q, exit %d, want %q, exit %d\n%s", got.Stdout, got.Code, test.want, want, got.Stderr)
			}
		})
	}
}

// TestAuditHoldsBackUntilAllIsThere: whatever breaks, nothing is listed.
func TestAuditHoldsBackUntilAllIsThere(t *testing.T) {
	t.Parallel()
	const row = `{"name":"p","version":"1"}`
	for _, test := range []struct {
		name, path, body string
		code             int
	}{
		{"the feed", "/api/packages/F", `{"name":"F"}`, cli.CodeUnavailable},
		{"the packages, cut", "/api/packages/F/latest", `[` + row + `,{"na`, cli.CodeUnavailable},
		{"the packages, null", "/api/packages/F/latest", `null`, cli.CodeUnavailable},
		{"a package with two versions in one", "/api/packages/F/latest", `[{"name":"p","version":"1","Version":"2"}]`, cli.CodeUnavailable},
		{"the versions, cut", "/api/packages/F/versions p", `[` + row, cli.CodeUnavailable},
		{"the versions, a message", "/api/packages/F/versions p", `{"message":"busy"}`, cli.CodeUnavailable},
		{"the versions, a page", "/api/packages/F/versions p", `<!DOCTYPE html><title>Log in</title>`, cli.CodeUnavailable},
		{"the versions, of no package", "/api/packages/F/versions p", `[]`, cli.CodeUnavailable},
		{"the promotions, cut", "/api/promotions/list", `[{"package":"p","version":"1","promotions":[{"toFeed":"F"}]}`, cli.CodeUnavailable},
		{"the promotions, twin keys", "/api/promotions/list", `[{"package":"p","version":"1","Version":"2","promotions":[{"toFeed":"F"}]}]`, cli.CodeUnavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			bodies := serverOf("nuget", `[`+row+`]`, `[`+row+`]`, `[]`)
			bodies[test.path] = test.body
			for _, format := range []string{"table", "json", "ndjson", "csv"} {
				got := audited(t, bodies, "--retries", "0", "--all", "-o", format)
				if got.Code != test.code || got.Stdout != "" {
					t.Errorf("-o %s: exit %d\n%s%s", format, got.Code, got.Stdout, got.Stderr)
				}
			}
		})
	}
}

// TestAuditAsksSeveralAtOnce: as many questions are under way as --parallel says, and never more.
func TestAuditAsksSeveralAtOnce(t *testing.T) {
	t.Parallel()
	const parallel, packages = 4, 12
	var inFlight, most atomic.Int32
	full := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/packages/F":
			fmt.Fprint(w, `{"name":"F","feedType":"nuget"}`)
		case "/api/packages/F/latest":
			var rows []string
			for i := range packages {
				rows = append(rows, fmt.Sprintf(`{"name":"p%d","version":"1"}`, i))
			}
			fmt.Fprintf(w, "[%s]", strings.Join(rows, ","))
		case "/api/promotions/list":
			fmt.Fprint(w, "[]")
		default:
			now := inFlight.Add(1)
			for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
			}
			if now == parallel {
				select {
				case <-full:
				default:
					close(full)
				}
			}
			<-full // a client that asks for one after the other never gets here
			fmt.Fprintf(w, `[{"name":%q,"version":"1"}]`, r.URL.Query().Get("name"))
			inFlight.Add(-1)
		}
	}))
	defer server.Close()
	newCommand := func(app *cli.App) *cobra.Command { return newAudit(app, audit) }
	got := clitest.Run(t, clitest.Env(t, "PROGET_URL="+server.URL), newCommand, "--feed", "F", "--parallel", fmt.Sprint(parallel), "-o", "ndjson")
	if got.Code != cli.CodeUnmet || strings.Count(got.Stdout, "\n") != packages || most.Load() > parallel {
		t.Errorf("exit %d, %d at the same time\n%s%s", got.Code, most.Load(), got.Stdout, got.Stderr)
	}
}

// TestAuditIsBounded: a feed without an end, of packages with or without many versions, is an
// error, and nothing is listed.
func TestAuditIsBounded(t *testing.T) {
	t.Parallel()
	const one = `[{"name":"a","version":"1"}]`
	long := strings.Repeat("1", 400)
	for name, test := range map[string]struct{ latest, versions, want string }{
		"packages":       {`{"name":"a` + long + `%d","version":"1"},`, one, "more than can be audited in one run"},
		"versions":       {"", `{"name":"a","version":"%d` + long + `"},`, "more than can be audited in one run"},
		"other packages": {"", `{"name":"b%d","version":"1"},`, "the server lists those of other packages"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				element := ""
				switch r.URL.Path {
				case "/api/packages/F":
					fmt.Fprint(w, `{"name":"F","feedType":"nuget"}`)
					return
				case "/api/promotions/list":
					fmt.Fprint(w, "[]")
					return
				case "/api/packages/F/latest":
					element = test.latest
				case "/api/packages/F/versions":
					element = test.versions
				}
				if element == "" {
					fmt.Fprint(w, one)
					return
				}
				out := bufio.NewWriter(w)
				_ = out.WriteByte('[')
				for i := 0; r.Context().Err() == nil; i++ {
					if _, err := fmt.Fprintf(out, element, i); err != nil {
						return
					}
				}
			}))
			defer server.Close()
			newCommand := func(app *cli.App) *cobra.Command { return newAudit(app, audit) }
			got := clitest.Run(t, clitest.Env(t, "PROGET_URL="+server.URL), newCommand, "--feed", "F", "--all")
			if got.Code != cli.CodeUnavailable || got.Stdout != "" || !strings.Contains(got.Stderr, test.want) {
				t.Errorf("exit %d\n%.500s%.500s", got.Code, got.Stdout, got.Stderr)
			}
		})
	}
}

// TestAuditShape: the properties are those of the page.
func TestAuditShape(t *testing.T) {
	t.Parallel()
	clitest.CheckShape(t, "../../docs/json.md", "Audited versions", auditRow{})
}
