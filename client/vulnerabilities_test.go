package client

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/sandbox"
)

// shownVulnerabilities shows vulnerabilities by their properties that are not long.
func shownVulnerabilities(all []Vulnerability) string {
	var b strings.Builder
	for _, v := range all {
		fmt.Fprintf(&b, "%s %s %s %v %v; ", v.ID, v.Severity, v.Score, v.Affected, !v.Withdrawn.IsZero())
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func TestAudit(t *testing.T) {
	t.Parallel()
	server, url := startSandbox(t, sandbox.Options{APIKey: testKey, BasePath: "/proget"})
	c := newClient(t, url, WithAPIKey(NewSecret(testKey)))
	got, err := c.Vulnerabilities.Audit(t.Context(), []ecosystem.Package{
		nugetPackage("Acme.Web", "1.0.0"), nugetPackage("Newtonsoft.Json", "12.0.3"), nugetPackage("Newtonsoft.Json", "13.0.1"),
		{Type: "npm", Group: "angular", Name: "animation", Version: "12.3.1"}, {Type: "npm", Name: "lodash", Version: "4.17.21"},
		nugetPackage("acme.web", "1.1.0"),
	})
	const want = "PGV-2600001 High 7.5 [1] false; PGV-2600002 Critical 9.8 [0 5] false; PGV-2600003 Medium 5.4 [3] false; PGV-2600004 High  [4] true"
	if err != nil || shownVulnerabilities(got) != want {
		t.Errorf("%s, %v", shownVulnerabilities(got), err)
	}
	first := got[0]
	if first.CVE != "CVE-2026-00001" || first.CVSS == "" || first.Summary == "" || first.Details == "" || first.Published != noon().AddDate(0, 0, -210) {
		t.Errorf("%+v", first)
	}
	const body = `[{"type":"nuget","name":"Acme.Web","version":"1.0.0"},{"type":"nuget","name":"Newtonsoft.Json","version":"12.0.3"},` +
		`{"type":"nuget","name":"Newtonsoft.Json","version":"13.0.1"},{"type":"npm","group":"@angular","name":"animation","version":"12.3.1"},` +
		`{"type":"npm","name":"lodash","version":"4.17.21"},{"type":"nuget","name":"acme.web","version":"1.1.0"}]`
	request := server.Requests()[0]
	if string(request.Body) != body || request.Target != "/proget/api/sca/audit-package-vulns" {
		t.Errorf("asked %s %s", request.Target, request.Body)
	}
}

// TestAuditAsksOfPackagesByTheServersNames: a distribution is not a group, an extension's publisher
// is a part of its name.
func TestAuditAsksOfPackagesByTheServersNames(t *testing.T) {
	t.Parallel()
	for purl, want := range map[string]string{
		"pkg:deb/debian/acme-tool@1:1.4.0-1":  `[{"type":"deb","name":"acme-tool","version":"1:1.4.0-1"}]`,
		"pkg:maven/org.acme/tool@1.0":         `[{"type":"maven","group":"org.acme","name":"tool","version":"1.0"}]`,
		"pkg:npm/%40angular/animation@12.3.1": `[{"type":"npm","group":"@angular","name":"animation","version":"12.3.1"}]`,
	} {
		pkg, err := ecosystem.ParsePURL(purl)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(auditBody([]ecosystem.Package{pkg})); got != want {
			t.Errorf("%s: %s", purl, got)
		}
	}
}

func TestAuditOfNothingAndOfTooMuch(t *testing.T) {
	t.Parallel()
	server, url := startSandbox(t, sandbox.Options{})
	c := newClient(t, url)
	if got, err := c.Vulnerabilities.Audit(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("%v, %v", got, err)
	}
	_, err := c.Vulnerabilities.Audit(t.Context(), make([]ecosystem.Package, MostAudited+1))
	wantKind(t, err, KindUsage)
	if count(server) != 0 {
		t.Errorf("%d requests", count(server))
	}
}

// TestAuditWithoutAnAnswer: who has none never gets an empty list, which would say that nothing is
// vulnerable.
func TestAuditWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	one := []ecosystem.Package{nugetPackage("Newtonsoft.Json", "12.0.3")}
	for _, test := range []struct {
		name    string
		options sandbox.Options
		kind    Kind
		says    string
	}{
		{"a feed key", sandbox.Options{APIKey: testKey, FeedKey: true}, KindAuth, "Manage SCA (Projects & Builds)"},
		{"Free", sandbox.Options{Edition: "free"}, KindUnavailable, "ProGet Free"},
		{"before 2023", sandbox.Options{Before2023: true}, KindUnavailable, "from 2023 on"},
	} {
		_, url := startSandbox(t, test.options)
		got, err := newClient(t, url, WithAPIKey(NewSecret(testKey))).Vulnerabilities.Audit(t.Context(), one)
		e := wantKind(t, err, test.kind)
		if len(got) > 0 || !strings.Contains(e.Error()+e.Right+e.Hint, test.says) {
			t.Errorf("%s: %v, %s, %s, %s", test.name, got, e, e.Right, e.Hint)
		}
	}
}

func TestAuditRefusesAnswers(t *testing.T) {
	t.Parallel()
	const entry = `{"id":"PGV-1","severity":"High","affectedPackages":[0]}`
	two := []ecosystem.Package{nugetPackage("A", "1"), nugetPackage("B", "1")}
	for _, test := range []struct{ name, body, says string }{
		{"null", `null`, "it is null"},
		{"an object", `{"message":"no"}`, "it is an object"},
		{"nothing", ``, "cut off"},
		{"cut in an element", `[` + entry + `,{"id":`, "cut off"},
		{"cut behind an element", `[` + entry, "cut off"},
		{"text", `OK`, "not valid JSON"},
		{"strings", `["PGV-1"]`, "not an object"},
		{"something behind it", `[` + entry + `][]`, "something follows"},
		{"no id", `[{"affectedPackages":[0]}]`, "has no id"},
		{"no package", `[{"id":"PGV-1"}]`, "does not say which package"},
		{"packages that are null", `[{"id":"PGV-1","affectedPackages":null}]`, "does not say which package"},
		{"a package by name", `[{"id":"PGV-1","affectedPackages":["A"]}]`, "not asked about"},
		{"a package too many", `[{"id":"PGV-1","affectedPackages":[1,2]}]`, "not asked about"},
		{"a package below none", `[{"id":"PGV-1","affectedPackages":[-1]}]`, "not asked about"},
		{"an object for a package", `[{"id":"PGV-1","affectedPackages":[{"a":[0]}]}]`, "not asked about"},
		{"a key twice", `[{"id":"PGV-1","affectedPackages":[0],"AffectedPackages":[1]}]`, "twice"},
		{"an id that is too long", `[{"id":"` + strings.Repeat("x", idLimit+1) + `","affectedPackages":[1]}]`, "more than 128 bytes"},
		{"vulnerabilities without end", `[` + strings.Repeat(`{"id":"PGV-1","affectedPackages":[1,0]},`, findingsLimit/2) + entry + `]`, "more than 100000 vulnerabilities"},
		{"texts without end", `[` + strings.Repeat(`{"id":"PGV-1","details":"`+strings.Repeat("x", 1_000_000)+`","affectedPackages":[1]},`, 68) + entry + `]`, "larger than 64 MiB"},
		{"a sign-in page", `<!DOCTYPE html><title>Log in</title>`, "web page"},
	} {
		got, err := answering(t, 200, "application/json", test.body).Vulnerabilities.Audit(t.Context(), two)
		e := wantKind(t, err, KindUnavailable)
		if len(got) > 0 || !strings.Contains(e.Error(), test.says) {
			t.Errorf("%s: %v, %s", test.name, got, e)
		}
	}
}

func TestAuditReadsOddAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, body, want string }{
		{"none", ` [ ] `, ``},
		{"a null element", `[null]`, ``},
		{"the only package that was asked about", `[{"id":"PGV-1"}]`, `PGV-1   [0] false`},
		{"an index twice", `[{"id":"PGV-1","affectedPackages":[0, 0]}]`, `PGV-1   [0] false`},
		{"other spellings", `[{"ID":"PGV-1","Severity":null,"numericCVSS":7.0,"withdrawn":"2026-01-01T00:00:00","extra":{"a":[1]},"AffectedPackages":[0]}]`, `PGV-1  7.0 [0] true`},
	} {
		got, err := answering(t, 200, "application/json", "\xef\xbb\xbf"+test.body).Vulnerabilities.Audit(t.Context(), []ecosystem.Package{nugetPackage("A", "1")})
		if err != nil || shownVulnerabilities(got) != test.want {
			t.Errorf("%s: %s, %v", test.name, shownVulnerabilities(got), err)
		}
	}
}

// TestAuditIsAskedAgain: a question stores nothing, so it is repeated when a record would be in
// doubt.
func TestAuditIsAskedAgain(t *testing.T) {
	t.Parallel()
	server, url := startSandbox(t, sandbox.Options{})
	for _, fault := range []sandbox.Fault{{Status: 500}, {Status: 502}, {Status: 429}, {Effect: sandbox.ResetAfter}} {
		server.Fault("/"+vulnerabilitiesPath, fault)
	}
	got, err := newClient(t, url).Vulnerabilities.Audit(t.Context(), []ecosystem.Package{nugetPackage("Newtonsoft.Json", "12.0.3")})
	if err != nil || len(got) != 1 || count(server) != 5 {
		t.Errorf("%v, %v after %d requests", got, err, count(server))
	}
}

// TestAuditMayTakeItsTime: an answer has as long as any document to arrive, not the short time of
// an answer to a record.
func TestAuditMayTakeItsTime(t *testing.T) {
	t.Parallel()
	if got := bodyTime(request{body: []byte("[]"), asks: true}, http.StatusOK, time.Second); got != documentTimes*time.Second {
		t.Errorf("got %s", got)
	}
}

// FuzzDecodeVulnerabilities: whatever an answer holds, its vulnerabilities are of packages that
// were asked about.
func FuzzDecodeVulnerabilities(f *testing.F) {
	f.Add(`[{"id":"PGV-1","severity":"High","numericCvss":7.5,"affectedPackages":[0,1]}]`, 2)
	f.Add(`[{"id":"PGV-1"}]`, 1)
	f.Add(`[null,{"id":1,"affectedPackages":[[],{}]}]`, 3)
	f.Fuzz(func(t *testing.T, body string, packages int) {
		packages = 1 + packages&7
		all, err := decodeVulnerabilities(io.LimitReader(strings.NewReader(body), 1<<20), packages)
		if err != nil {
			return
		}
		for _, v := range all {
			if v.ID == "" || len(v.Affected) == 0 || len(v.Affected) > packages {
				t.Errorf("%+v", v)
			}
			for _, i := range v.Affected {
				if i < 0 || i >= packages {
					t.Errorf("%+v", v)
				}
			}
		}
	})
}
