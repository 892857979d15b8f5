package sandbox

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
)

const testKey = "abc12345"

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

func locked() Options { return Options{APIKey: testKey, User: "jsmith", Password: "s3cret"} }

func TestKeyOfTheDeploymentEndpoint(t *testing.T) {
	t.Parallel()
	const form = "application/x-www-form-urlencoded"
	tests := []struct {
		name, query, contentType, body string
		header                         []string
		status                         int
		user                           string
	}{
		{name: "header", header: []string{"X-ApiKey", testKey}, status: 200, user: apiUser},
		{name: "query", query: "?key=" + testKey, status: 200, user: apiUser},
		{name: "form", contentType: form, body: documentedForm + "&key=" + testKey, status: 200, user: apiUser},
		{name: "json", body: strings.Replace(documentedJSON, "{", `{"API_Key":"abc12345",`, 1), status: 200, user: apiUser},
		{name: "basic api", header: []string{"Authorization", basic("api", testKey)}, status: 200, user: apiUser},
		{name: "basic user", header: []string{"Authorization", basic("jsmith", "s3cret")}, status: 200, user: "jsmith"},
		{name: "user:password as a key", header: []string{"X-ApiKey", "jsmith:s3cret"}, status: 200, user: "jsmith"},
		{name: "none", status: 403},
		{name: "wrong header", header: []string{"X-ApiKey", "abc1234"}, status: 403},
		{name: "wrong query", query: "?key=ABC12345", status: 403},
		{name: "wrong password", header: []string{"Authorization", basic("jsmith", "x")}, status: 403},
		{name: "key under another user", header: []string{"Authorization", basic("jsmith", testKey)}, status: 403},
		{name: "none and not json", body: "{", status: 403},
		{name: "key and not json", body: "{", header: []string{"X-ApiKey", testKey}, status: 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, base := start(t, locked())
			if test.body == "" {
				test.body = documentedJSON
			}
			if test.contentType == "" {
				test.contentType = "application/json"
			}
			header := append([]string{"Content-Type", test.contentType}, test.header...)
			got := call{http.MethodPost, base + "/api/package-deployment/" + test.query, test.body, header}.send(t)
			if got.status != test.status {
				t.Fatalf("answered %d %q, want %d", got.status, got.body, test.status)
			}
			list := s.Deployments()
			if test.status != http.StatusOK {
				if len(list) != 0 || got.body == "" {
					t.Errorf("recorded %v, said %q", list, got.body)
				}
				return
			}
			if len(list) != 1 || list[0].User != test.user || list[0].UserName != test.user {
				t.Errorf("recorded %+v", list)
			}
		})
	}
}

func TestWrongKeyOnAFreshServer(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	got, err := record(t, base, "X-ApiKey", "whatever")
	if err != nil || got.status != http.StatusOK || s.Deployments()[0].User != anonymous {
		t.Errorf("answered %d, %v", got.status, err)
	}
}

func TestFeedEndpointsTakeBasicOnly(t *testing.T) {
	t.Parallel()
	_, base := start(t, locked())
	const path = "/nuget/DefaultNuGet/v3/index.json"
	for _, header := range [][]string{nil, {"X-ApiKey", testKey}, {"Authorization", basic("api", "wrong")},
		{"Authorization", "Bearer " + testKey}} {
		got := get(t, base+path, header...)
		want := `Basic realm="ProGet Feed DefaultNuGet"`
		if got.status != http.StatusUnauthorized || got.header.Get("WWW-Authenticate") != want || got.body == "" {
			t.Errorf("%v: %d %v %q", header, got.status, got.header, got.body)
		}
	}
	if got := get(t, base+path+"?key="+testKey); got.status != http.StatusUnauthorized {
		t.Errorf("query: %d", got.status)
	}
	for _, value := range []string{basic("api", testKey), basic("jsmith", "s3cret")} {
		if got := get(t, base+path, "Authorization", value); got.status != http.StatusOK {
			t.Errorf("%s: %d", value, got.status)
		}
	}
}

func TestPromotionsHaveTheirOwnRefusals(t *testing.T) {
	t.Parallel()
	_, base := start(t, locked())
	got := get(t, base+"/api/promotions/list")
	if got.status != http.StatusUnauthorized || got.header.Get("WWW-Authenticate") == "" {
		t.Errorf("without credentials: %d %v", got.status, got.header)
	}
	got = get(t, base+"/api/promotions/list", "X-ApiKey", "wrong")
	if got.status != http.StatusForbidden || got.body != "" {
		t.Errorf("with a wrong key: %d %q", got.status, got.body)
	}
	if got = get(t, base+"/api/promotions/list?key="+testKey); got.status != http.StatusOK {
		t.Errorf("with the key: %d", got.status)
	}
}

func TestOtherEndpointsUnderAKey(t *testing.T) {
	t.Parallel()
	_, base := start(t, locked())
	for path, status := range map[string]int{
		"/api/packages/DefaultNuGet":             403,
		"/api/management/feeds/list":             403,
		"/api/management/feeds/get/DefaultNuGet": 403,
		"/health":                                200,
		"/health/json":                           200,
		"/":                                      200,
		"/api/packages/DefaultNuGet?key=abc12345": 200,
	} {
		if got := get(t, base+path); got.status != status {
			t.Errorf("%s: %d, want %d", path, got.status, status)
		}
	}
}
