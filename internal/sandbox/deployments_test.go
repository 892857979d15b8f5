package sandbox

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// The requests that Inedo's documentation prints, with their values
// (proget/packages/package-deployment). The form has raw spaces, because PowerShell's -Body sends a
// string as it is.
const (
	documentedForm = "FeedName=DefaultNuGet&Application=ProfitCalc&Description=Deployed by Custom Release Server" +
		"&Target=localhost&PackageName=Newtonsoft.Json&Version=12.0.3"
	documentedJSON = `{"FeedName":"DefaultNuGet","Application":"ProfitCalc",` +
		`"Description":"Deployed by Custom Release Server","Target":"localhost",` +
		`"PackageName":"Newtonsoft.Json","Version":"12.0.3"}`
)

func documented() Deployment {
	return Deployment{
		Application: "ProfitCalc", Description: "Deployed by Custom Release Server", Target: "localhost",
		FeedName: "DefaultNuGet", PackageName: "Newtonsoft.Json", Version: "12.0.3", UserName: anonymous,
		Date: noon(), Via: ViaPost, ReceivedAt: noon(), User: anonymous,
	}
}

// rawExchange sends bytes unchanged, so that the test sees the wire and not a library's idea of it.
func rawExchange(t *testing.T, base, request string) *http.Response {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	if _, err := connection.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func TestDocumentedRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	const path = "/api/package-deployment/"
	tests := map[string]struct{ target, contentType, body string }{
		"form":               {path, "application/x-www-form-urlencoded", documentedForm},
		"form with charset":  {path, "application/x-www-form-urlencoded; charset=utf-8", documentedForm},
		"json":               {path, "application/json", documentedJSON},
		"json with charset":  {path, `application/json; charset="UTF-8"`, documentedJSON},
		"query string":       {path + "?" + strings.ReplaceAll(documentedForm, " ", "%20"), "", ""},
		"no trailing slash":  {"/api/package-deployment", "application/json", documentedJSON},
		"path in other case": {"/API/Package-Deployment/", "application/json", documentedJSON},
		"query and body": {path + "?Target=localhost&Version=1", "application/json",
			strings.Replace(documentedJSON, `"Target":"localhost",`, "", 1)},
		"names in other case": {path, "application/json", strings.NewReplacer(
			"FeedName", "feedname", "PackageName", "PACKAGENAME", "Target", "tARGET").Replace(documentedJSON)},
		"feed in other case": {path, "application/json", strings.Replace(documentedJSON, "DefaultNuGet", "defaultnuget", 1)},
		"null and empty": {path, "application/json",
			strings.Replace(documentedJSON, "{", `{"GroupName":null,"Url":"","Date":null,"Unknown":"x",`, 1)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, base := start(t, Options{})
			request := "POST " + test.target + " HTTP/1.1\r\nHost: proget.corp.local\r\n"
			if test.contentType != "" {
				request += "Content-Type: " + test.contentType + "\r\n"
			}
			request += fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(test.body), test.body)
			response := rawExchange(t, base, request)
			if response.StatusCode != http.StatusOK || response.ContentLength != 0 {
				t.Fatalf("answered %d with %d bytes", response.StatusCode, response.ContentLength)
			}
			got := s.Deployments()
			if len(got) != 1 || got[0] != documented() {
				t.Errorf("recorded %+v", got)
			}
			if kept := s.Requests(); len(kept) != 1 || kept[0].Target != test.target || string(kept[0].Body) != test.body {
				t.Errorf("kept %+v", kept)
			}
		})
	}
}

func TestOptionalProperties(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	body := strings.Replace(documentedJSON, "{", `{"GroupName":"acme/tools","UserName":"jsmith",`+
		`"Url":"https://ci.corp.local/1","Date":"2026-11-20T10:00:00+02:00",`, 1)
	got := call{http.MethodPost, base + "/api/package-deployment/", body, []string{"Content-Type", "application/json"}}.send(t)
	want := documented()
	want.GroupName, want.UserName, want.URL = "acme/tools", "jsmith", "https://ci.corp.local/1"
	want.Date = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)
	if list := s.Deployments(); got.status != http.StatusOK || len(list) != 1 || list[0] != want {
		t.Errorf("answered %d, recorded %+v, want %+v", got.status, list, want)
	}
}

func TestRefusedDeployments(t *testing.T) {
	t.Parallel()
	without := func(name string) string {
		return strings.Replace(documentedJSON, `"`+name+`":`, `"X`+name+`":`, 1)
	}
	with := func(property string) string { return strings.Replace(documentedJSON, "{", "{"+property+",", 1) }
	tests := []struct {
		name, contentType, body string
		status                  int
		text                    string
	}{
		{"no application", "application/json", without("Application"), 400, "Application"},
		{"no description", "application/json", without("Description"), 400, "Description"},
		{"no target", "application/json", without("Target"), 400, "Target"},
		{"no feed", "application/json", without("FeedName"), 400, "FeedName"},
		{"no package", "application/json", without("PackageName"), 400, "PackageName"},
		{"no version", "application/json", without("Version"), 400, "Version"},
		{"nothing", "application/json", "{}", 400, "Application, Description, Target, FeedName, PackageName, Version"},
		{"blank target", "application/x-www-form-urlencoded",
			strings.Replace(documentedForm, "localhost", "+", 1), 400, "Target"},
		{"bad date", "application/json", with(`"Date":"yesterday"`), 400, `"yesterday"`},
		{"day that is not", "application/json", with(`"Date":"2026-02-30"`), 400, "Date"},
		{"number", "application/json", with(`"Url":5`), 400, "Url"},
		{"not json", "application/json", "FeedName=x", 400, "JSON"},
		{"json null", "application/json", "null", 400, "JSON"},
		{"json array", "application/json", "[" + documentedJSON + "]", 400, "JSON"},
		{"bad form", "application/x-www-form-urlencoded", "a=%zz", 400, "form"},
		{"no content type", "", documentedJSON, 400, "Content-Type"},
		{"other content type", "text/xml", "<x/>", 400, "text/xml"},
		{"too large", "application/json", with(`"Url":"` + strings.Repeat("x", maxBody) + `"`), 400, "larger"},
		{"no such feed", "application/json", strings.Replace(documentedJSON, "DefaultNuGet", "nowhere", 1), 404,
			"Feed nowhere not found."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, base := start(t, Options{})
			c := call{method: http.MethodPost, url: base + "/api/package-deployment/", body: test.body}
			if test.contentType != "" {
				c.header = []string{"Content-Type", test.contentType}
			}
			got := c.send(t)
			if got.status != test.status || !strings.Contains(got.body, test.text) {
				t.Errorf("answered %d %q, want %d with %q", got.status, got.body, test.status, test.text)
			}
			if !strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") {
				t.Errorf("content type %q", got.header.Get("Content-Type"))
			}
			if len(s.Deployments()) != 0 {
				t.Error("recorded anyway")
			}
		})
	}
}

func TestOtherMethods(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	for _, method := range []string{"GET", "PUT", "DELETE", "HEAD", "PATCH"} {
		got := call{method: method, url: base + "/api/package-deployment/"}.send(t)
		if got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "POST" {
			t.Errorf("%s: %d, Allow %q", method, got.status, got.header.Get("Allow"))
		}
	}
	got := call{method: "POST", url: base + "/api/promotions/list"}.send(t)
	if got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST to promotions: %d, Allow %q", got.status, got.header.Get("Allow"))
	}
}

func TestUnknownVersionIsRecorded(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	body := strings.Replace(documentedJSON, "12.0.3", "99.0.0", 1)
	got := call{http.MethodPost, base + "/api/package-deployment/", body, []string{"Content-Type", "application/json"}}.send(t)
	if got.status != http.StatusOK || len(s.Deployments()) != 1 {
		t.Errorf("answered %d, recorded %d", got.status, len(s.Deployments()))
	}
}

func TestFeedWithoutRecords(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{NoSamples: true})
	if err := s.AddFeed(Feed{Name: "DefaultNuGet", Type: "nuget", NoRecords: true}); err != nil {
		t.Fatal(err)
	}
	got, err := record(t, base)
	if err != nil || got.status != http.StatusOK || len(s.Deployments()) != 0 {
		t.Errorf("answered %d, %v, recorded %d", got.status, err, len(s.Deployments()))
	}
	if note := s.Requests()[0].Note; !strings.Contains(note, "no deployment records") {
		t.Errorf("note %q", note)
	}
}

func TestParallelRecording(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	const workers, each = 8, 25
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: workers}}
	defer client.CloseIdleConnections()
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for range each {
				response, err := client.Post(base+"/api/package-deployment/", "application/json", strings.NewReader(documentedJSON))
				if err != nil {
					t.Error(err)
					return
				}
				response.Body.Close()
			}
		})
	}
	group.Wait()
	if n := len(s.Deployments()); n != workers*each {
		t.Errorf("recorded %d", n)
	}
}

func TestParseDate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-21":                    "2026-11-21T00:00:00Z",
		"2026-11-21T10:00":              "2026-11-21T10:00:00Z",
		"2026-11-21T10:00:00":           "2026-11-21T10:00:00Z",
		"2026-11-21T10:00:00Z":          "2026-11-21T10:00:00Z",
		"2026-11-21T10:00:00.1234567Z":  "2026-11-21T10:00:00.1234567Z",
		"2026-11-21T10:00:00.5":         "2026-11-21T10:00:00.5Z",
		"2026-11-21T01:00:00+02:00":     "2026-11-20T23:00:00Z",
		"2026-11-21T10:00:00.000-05:30": "2026-11-21T15:30:00Z",
	} {
		got, err := parseDate(text)
		if err != nil || got.Format(time.RFC3339Nano) != want {
			t.Errorf("%q: %v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "now", "21.11.2026", "2026-13-01", "2026-11-21 10:00:00", "1700000000", "2026-11-21T25:00:00Z"} {
		if got, err := parseDate(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func FuzzReadProperties(f *testing.F) {
	for _, body := range []string{documentedForm, documentedJSON, "{}", `{"a":1}`, "a=%zz", "\x00", `{"API_Key":null}`} {
		f.Add("application/json", body)
		f.Add("application/x-www-form-urlencoded", body)
	}
	f.Fuzz(func(t *testing.T, contentType, body string) {
		r, err := http.NewRequest(http.MethodPost, "http://proget.corp.local/?Key=k", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header["Content-Type"] = []string{contentType}
		given, problem := readProperties(r)
		// Whatever the body is, it is read or refused with a sentence, and names come out in lower
		// case.
		if given["key"] == "" && problem != "" {
			t.Errorf("the query was lost: %q", problem)
		}
		for name := range given {
			if name != strings.ToLower(name) {
				t.Errorf("name %q", name)
			}
		}
	})
}
