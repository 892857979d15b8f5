package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

const auditPath = "/api/sca/audit-package-vulns"

// audit posts packages.
func audit(t *testing.T, base, body string, header ...string) reply {
	t.Helper()
	return call{http.MethodPost, base + auditPath, body, append(header, "Content-Type", "application/json")}.send(t)
}

func TestAuditOfPackages(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	tests := []struct{ name, body, want string }{
		{"none", `[]`, ``},
		{"nothing known of it", `[{"type":"nuget","name":"Nothing","version":"1.0"}]`, ``},
		{"of another type", `[{"type":"npm","name":"Newtonsoft.Json","version":"12.0.3"}]`, ``},
		{"a version that is not affected", `[{"type":"nuget","name":"Newtonsoft.Json","version":"13.0.1"}]`, ``},
		{"another spelling", `[{"type":"nuget","name":"newtonsoft.json","version":"12.0.3.0"}]`, `PGV-2600001 High [0]`},
		{"a group", `[{"type":"npm","group":"angular","name":"animation","version":"12.3.1"}]`, `PGV-2600003 Medium [0]`},
		{"another group", `[{"type":"npm","group":"other","name":"animation","version":"12.3.1"}]`, ``},
		{"no group", `[{"type":"npm","name":"animation","version":"12.3.1"}]`, ``},
		{"not rated", `[{"type":"maven","group":"org.acme","name":"tool","version":"1.0"}]`, `PGV-2600006  [0]`},
		{
			"several", `[{"type":"nuget","name":"Acme.Web","version":"1.0.0"},{"type":"npm","name":"x","version":"1"},` +
				`{"type":"nuget","name":"Newtonsoft.Json","version":"12.0.3"},{"type":"nuget","name":"Acme.Web","version":"1.1.0"}]`,
			`PGV-2600001 High [2]; PGV-2600002 Critical [0,3]`,
		},
	}
	for _, test := range tests {
		var lines []string
		for _, v := range decode[[]vulnerabilityInfo](t, audit(t, base, test.body)) {
			affected, _ := json.Marshal(v.AffectedPackages)
			lines = append(lines, v.ID+" "+v.Severity+" "+string(affected))
		}
		if got := strings.Join(lines, "; "); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if got := audit(t, base, `[{"type":"npm","name":"lodash","version":"4.17.21"}]`); !strings.Contains(got.body, `"withdrawn":"2026-08-23T12:00:00Z"`) {
		t.Errorf("a withdrawn one: %s", got.body)
	}
}

// TestAuditRefuses: who may not ask, and what cannot be answered.
func TestAuditRefuses(t *testing.T) {
	t.Parallel()
	const one = `[{"type":"nuget","name":"Newtonsoft.Json","version":"12.0.3"}]`
	tests := []struct {
		name    string
		options Options
		body    string
		header  []string
		status  int
		want    string
	}{
		{"no key", locked(), one, nil, 403, forbidden},
		{"a wrong key", locked(), one, []string{"X-ApiKey", "abc"}, 403, forbidden},
		{"a feed key", Options{APIKey: testKey, FeedKey: true}, one, []string{"X-ApiKey", testKey}, 403, forbidden},
		{"an object", Options{}, `{}`, nil, 400, "The request body is not a JSON array of packages."},
		{"no version", Options{}, `[{"type":"nuget","name":"a"}]`, nil, 400, "Each package needs a type, a name and a version."},
		{"before 2023", Options{Before2023: true}, one, nil, 404, "Not found."},
		{"free", Options{Edition: "free"}, one, nil, 200, "[]"},
	}
	for _, test := range tests {
		_, base := start(t, test.options)
		if got := audit(t, base, test.body, test.header...); got.status != test.status || got.body != test.want {
			t.Errorf("%s: %d %s", test.name, got.status, got.body)
		}
	}
	_, base := start(t, Options{})
	if got := get(t, base+auditPath); got.status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", got.status)
	}
	if got := get(t, base+"/api/sca"); got.status != http.StatusNotFound {
		t.Errorf("the folder: %d", got.status)
	}
}

// TestBefore2023: what such a server does not have, and what it has.
func TestBefore2023(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{Before2023: true})
	for path, want := range map[string]int{
		"/api/packages/DefaultNuGet": 404, "/api/packages/DefaultNuGet/latest": 404, "/api/management/feeds/list": 200,
		"/api/promotions/list": 200, "/health/json": 404, "/nuget/DefaultNuGet/v3/index.json": 200,
	} {
		if got := get(t, base+path); got.status != want || got.header.Get("X-ProGet-Version") != olderVersion {
			t.Errorf("%s: %d %s", path, got.status, got.header.Get("X-ProGet-Version"))
		}
	}
	if got := get(t, base+"/health"); !strings.Contains(got.body, `"releaseNumber":"2022.30"`) {
		t.Errorf("health: %s", got.body)
	}
}
