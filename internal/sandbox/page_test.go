package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestPages(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{BasePath: "/proget"})
	if _, err := record(t, base+"/proget"); err != nil {
		t.Fatal(err)
	}
	get(t, base+"/proget"+contentPath, deploymentHeaders()...)
	s.record(&exchange{}, s.lookup("choco"), Deployment{PackageName: "ghost", Version: "1.0", Target: "web01"})
	for path, texts := range map[string][]string{
		"/":                   {"DefaultNuGet", "npm-approved", "ProfitCalc", `href="/proget/feeds/choco"`},
		"/feeds":              {"DefaultNuGet"},
		"/feeds/defaultnuget": {"Acme.Web", `href="/proget/feeds/DefaultNuGet/Newtonsoft.Json/12.0.3"`, `<td class="n">2</td>`},
		"/feeds/DefaultNuGet/newtonsoft.json/12.0.3/":           {"2026-11-21 12:00:00", "localhost", "download", "API"},
		"/feeds/choco/Ghost/1.0":                                {"The feed has no such package.", "web01"},
		"/feeds/choco":                                          {"ghost", "7zip.install"},
		"/feeds/nuget-approved/Newtonsoft.Json/12.0.3":          {"nuget-unapproved", "Licence checked", "None."},
		"/feeds/npm-approved/@angular/animation/12.3.1":         {"npm-unapproved", "jsmith"},
		"/feeds/npm-approved/angular/animation/12.3.1":          {"npm-unapproved"},
		"/feeds/universal-prod/acme/tools/builder/1.4.0":        {"Für alle Standorte"},
		"/feeds/universal-prod/acme%2Ftools/builder/1.4.0":      {"Für alle Standorte"},
		"/feeds/universal-prod/ACME/Tools/Builder/1.4.0?x=%3Cb": {"universal-dev"},
	} {
		got := get(t, base+"/proget"+path)
		if got.status != http.StatusOK || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %v", path, got.status, got.header)
		}
		for _, text := range texts {
			if !strings.Contains(got.body, text) {
				t.Errorf("%s lacks %q", path, text)
			}
		}
		checkPage(t, got)
	}
	for _, path := range []string{"/feeds/nowhere", "/feeds/choco/x", "/feeds/choco/x/1.0"} {
		if got := get(t, base+"/proget"+path); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if n := len(s.Deployments()); n != 3 {
		t.Errorf("looking recorded something: %d", n)
	}
}

// checkPage holds for every page: nothing may run or be loaded, and a phone shows it at its own
// width.
func checkPage(t *testing.T, got reply) {
	t.Helper()
	policy := got.header.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "style-src 'unsafe-inline'") {
		t.Errorf("policy %q", policy)
	}
	for _, mark := range []string{"<script", "javascript:", "onerror=", "<img", "src="} {
		if strings.Contains(strings.ToLower(got.body), mark) {
			t.Errorf("page has %q", mark)
		}
	}
	if !strings.Contains(got.body, `name="viewport"`) {
		t.Error("page has no viewport")
	}
}

func TestPageEscapesWhatRequestsSay(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	const canary = `<script>alert(1)</script>"'&`
	s.AddPromotions(slices.Values([]PromotedPackage{{Type: "nuget", Name: canary, Version: "1", Promotions: []Promotion{
		{FromFeed: "x", ToFeed: "DefaultNuGet", User: canary, Comments: canary}}}}))
	form := "FeedName=DefaultNuGet"
	for _, name := range []string{"Application", "Description", "Target", "PackageName", "GroupName", "UserName", "Version"} {
		form += "&" + name + "=%3Cscript%3Ealert(1)%3C/script%3E%22'%26"
	}
	for _, address := range []string{"javascript:alert(1)", "https://x/%22onclick=", "https://x/\"><script>", "data:text/html,x"} {
		got := call{http.MethodPost, base + "/api/package-deployment/", form + "&Url=" + strings.ReplaceAll(address, "%", "%25"),
			[]string{"Content-Type", "application/x-www-form-urlencoded"}}.send(t)
		if got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	escaped := strings.NewReplacer("<", "%3C", ">", "%3E", `"`, "%22", "&", "%26").Replace(canary)
	inPath := strings.ReplaceAll(escaped, "/", "%2F")
	for _, path := range []string{"/", "/feeds/DefaultNuGet", "/feeds/DefaultNuGet/" + inPath + "/1",
		"/feeds/DefaultNuGet/" + inPath + "/" + inPath + "/" + inPath} {
		got := get(t, base+path)
		if got.status != http.StatusOK || !strings.Contains(got.body, "&lt;script&gt;alert(1)") {
			t.Errorf("%s: %d, the canary is not shown", path, got.status)
		}
		checkPage(t, got)
	}
}

func TestUnknownNamesAreAnsweredAsText(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	got := get(t, base+"/feeds/%3Cscript%3E")
	if got.status != http.StatusNotFound || !strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") {
		t.Errorf("%d %v", got.status, got.header)
	}
}

func TestLongTablesAreCut(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	for i := range maxRows + 5 {
		s.record(&exchange{}, s.lookup("choco"), Deployment{PackageName: "p", Version: fmt.Sprint(i), Target: "t"})
	}
	got := get(t, base+"/")
	if !strings.Contains(got.body, "And 5 more.") || strings.Count(got.body, ">t</td>") != maxRows {
		t.Error("the table was not cut")
	}
}
