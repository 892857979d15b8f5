package sandbox

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

const contentPath = "/nuget/DefaultNuGet/package/Newtonsoft.Json/12.0.3"

func deploymentHeaders() []string {
	return []string{
		headerPrefix + "Application", "ProfitCalc",
		headerPrefix + "Description", "Deployed by Custom Release Server",
		headerPrefix + "Target", "localhost",
	}
}

func TestAnnotatedGet(t *testing.T) {
	t.Parallel()
	for _, path := range []string{contentPath, "/nuget/DefaultNuGet/v3/flat2/newtonsoft.json/12.0.3/newtonsoft.json.12.0.3.nupkg"} {
		s, base := start(t, Options{})
		got := get(t, base+path, deploymentHeaders()...)
		want := documented()
		want.Via = ViaGet
		if list := s.Deployments(); got.status != http.StatusOK || len(list) != 1 || list[0] != want {
			t.Errorf("%s: %d, recorded %+v", path, got.status, list)
		}
	}
}

func TestAnnotatedGetWithAllHeaders(t *testing.T) {
	t.Parallel()
	s, base := start(t, locked())
	header := append(deploymentHeaders(), headerPrefix+"Url", "https://ci.corp.local/1", headerPrefix+"UserName", "Jürgen",
		headerPrefix+"Date", "2026-11-20T10:00:00Z", "Authorization", basic("jsmith", "s3cret"))
	get(t, base+contentPath, header...)
	want := documented()
	want.Via, want.User, want.UserName, want.URL = ViaGet, "jsmith", "Jürgen", "https://ci.corp.local/1"
	want.Date = time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	if list := s.Deployments(); len(list) != 1 || list[0] != want {
		t.Errorf("recorded %+v", list)
	}
}

func TestAnnotatedGetNamesTheAuthenticatedUser(t *testing.T) {
	t.Parallel()
	s, base := start(t, locked())
	get(t, base+contentPath, append(deploymentHeaders(), "Authorization", basic("jsmith", "s3cret"))...)
	if list := s.Deployments(); len(list) != 1 || list[0].UserName != "jsmith" {
		t.Errorf("recorded %+v", list)
	}
}

func TestWhatIsNoDeployment(t *testing.T) {
	t.Parallel()
	full := deploymentHeaders()
	tests := []struct {
		name, method, path string
		header             []string
		status             int
		note               string
	}{
		{"no headers", "GET", contentPath, nil, 200, ""},
		{"head", "HEAD", contentPath, full, 200, ""},
		{"range", "GET", contentPath, append([]string{"Range", "bytes=5-"}, full...), 206, ""},
		{"still good", "GET", contentPath, append([]string{"If-None-Match", "*"}, full...), 304, ""},
		{"index", "GET", "/nuget/DefaultNuGet/v3/index.json", full, 200, ""},
		{"entry", "GET", "/nuget/DefaultNuGet/Packages(Id='Newtonsoft.Json',Version='12.0.3')", full, 200, ""},
		{"no such version", "GET", "/nuget/DefaultNuGet/package/Newtonsoft.Json/1.0", full, 404, ""},
		{"two of three", "GET", contentPath, full[:4], 200, "without Target"},
		{"empty target", "GET", contentPath, append(full[:4:4], headerPrefix+"Target", ""), 200, "without Target"},
		{"one optional", "GET", contentPath, []string{headerPrefix + "Url", "https://x"}, 200,
			"without Application, Description, Target"},
		{"bad date", "GET", contentPath, append(full[:6:6], headerPrefix+"Date", "today"), 200, `"today"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, base := start(t, Options{})
			got := call{method: test.method, url: base + test.path, header: test.header}.send(t)
			if got.status != test.status || len(s.Deployments()) != 0 {
				t.Errorf("answered %d, recorded %v", got.status, s.Deployments())
			}
			note := s.Requests()[0].Note
			if !strings.Contains(note, test.note) || (note != "") != (test.note != "") {
				t.Errorf("note %q", note)
			}
		})
	}
}

func TestResume(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	whole := get(t, base+contentPath)
	etag := whole.header.Get("ETag")
	if !strings.HasPrefix(etag, `"`) || whole.header.Get("Accept-Ranges") != "bytes" {
		t.Fatalf("headers %v", whole.header)
	}
	rest := get(t, base+contentPath, "Range", "bytes=10-", "If-Range", etag)
	if rest.status != http.StatusPartialContent || rest.body != whole.body[10:] {
		t.Errorf("the rest: %d, %d bytes", rest.status, len(rest.body))
	}
	other := get(t, base+contentPath, "Range", "bytes=10-", "If-Range", `"other"`)
	if other.status != http.StatusOK || other.body != whole.body {
		t.Errorf("after a change: %d, %d bytes", other.status, len(other.body))
	}
	if got := get(t, base+contentPath, "Range", "bytes=99999999-"); got.status != http.StatusRequestedRangeNotSatisfiable {
		t.Errorf("beyond the end: %d", got.status)
	}
	head := call{method: http.MethodHead, url: base + contentPath}.send(t)
	if head.body != "" || head.header.Get("Content-Length") != whole.header.Get("Content-Length") {
		t.Errorf("HEAD: %v", head.header)
	}
}
