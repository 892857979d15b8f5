package sandbox

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// An annotated GET as curl sends it, with header names in whatever case, and the promotion query
// beside it.
func TestGetsOnTheWire(t *testing.T) {
	t.Parallel()
	for _, prefix := range []string{"X-ProGet-Deployment-", "x-proget-deployment-", "X-PROGET-DEPLOYMENT-"} {
		s, base := start(t, Options{})
		request := "GET " + contentPath + " HTTP/1.1\r\nHost: proget.corp.local\r\nAccept: */*\r\n"
		for _, name := range []string{"Application", "Description", "Target"} {
			request += fmt.Sprintf("%s%s:  %s of \u00fc \r\n", prefix, name, name)
		}
		response := rawExchange(t, base, request+"\r\n")
		list := s.Deployments()
		if response.StatusCode != http.StatusOK || len(list) != 1 || list[0].Target != "Target of \u00fc" {
			t.Errorf("%s: %d, recorded %+v", prefix, response.StatusCode, list)
		}
	}
	_, base := start(t, Options{})
	response := rawExchange(t, base, "GET /api/promotions/list?fromFeed=npm-unapproved&toFeed=npm-approved&group=angular"+
		"&package=animation&version=12.3.1 HTTP/1.1\r\nHost: proget.corp.local\r\n\r\n")
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || !strings.HasPrefix(string(body), `[{"group":"@angular"`) {
		t.Errorf("%d %s %v", response.StatusCode, body, err)
	}
}

func TestRequestsAreCopies(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	if _, err := record(t, base, "X-Test", "one"); err != nil {
		t.Fatal(err)
	}
	first := s.Requests()
	first[0].Header.Set("X-Test", "two")
	first[0].Body[0] = '?'
	first[0].Method = "BREW"
	again := s.Requests()[0]
	if again.Header.Get("X-Test") != "one" || string(again.Body) != documentedJSON || again.Method != http.MethodPost {
		t.Errorf("kept %+v", again)
	}
	list := s.Deployments()
	list[0].Target = "elsewhere"
	if s.Deployments()[0].Target != "localhost" {
		t.Error("a deployment was changed from outside")
	}
}

func TestKeptBodyIsCapped(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	body := strings.Repeat("x", maxBody+1000)
	got := call{http.MethodPost, base + "/api/package-deployment/", body, []string{"Content-Type", "application/json"}}.send(t)
	if kept := s.Requests()[0]; got.status != http.StatusBadRequest || len(kept.Body) != maxBody {
		t.Errorf("answered %d, kept %d bytes", got.status, len(kept.Body))
	}
}

func TestRequestsComeInOrder(t *testing.T) {
	t.Parallel()
	s, base := start(t, locked())
	targets := []string{"/health", "/nowhere?a=%20b", "/nuget/DefaultNuGet/v3/index.json", "/npm/npm-approved/@angular%2fanimation"}
	statuses := []int{200, 404, 401, 200}
	users := []string{anonymous, anonymous, anonymous, "jsmith"}
	for i, target := range targets {
		header := []string{"X-Number", fmt.Sprint(i)}
		if users[i] != anonymous {
			header = append(header, "Authorization", basic("jsmith", "s3cret"))
		}
		get(t, base+target, header...)
	}
	for i, kept := range s.Requests() {
		if kept.Target != targets[i] || kept.Status != statuses[i] || kept.User != users[i] ||
			kept.Header.Get("X-Number") != fmt.Sprint(i) {
			t.Errorf("request %d: %+v", i, kept)
		}
	}
}

// The documents show a deployment's answer without a body; a client that waits for one must not
// hang, and a connection must be fit for the next request.
func TestConnectionIsReused(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	s.Fault("/health", Fault{Status: 503, Body: "Busy."})
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}
	defer client.CloseIdleConnections()
	for range 3 {
		for _, target := range []string{"/api/package-deployment/", "/health"} {
			response, err := client.Post(base+target, "application/json", strings.NewReader(documentedJSON))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, response.Body); err != nil {
				t.Error(err)
			}
			response.Body.Close()
			if response.Close {
				t.Errorf("%s: the server closed the connection", target)
			}
		}
	}
}
