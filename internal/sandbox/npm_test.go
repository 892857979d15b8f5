package sandbox

import (
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"testing"
)

func TestNpm(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{BasePath: "/proget"})
	for _, path := range []string{"@angular%2fanimation", "@angular%2Fanimation", "%40angular/animation", "@angular/animation/"} {
		document := decode[packument](t, get(t, base+"/proget/npm/npm-unapproved/"+path, deploymentHeaders()...))
		if document.Name != "@angular/animation" || len(document.Versions) != 2 ||
			document.Tags["latest"] != "12.3.1" || document.Tags["next"] != "13.0.0-rc.1" {
			t.Fatalf("%s: %+v", path, document)
		}
		dist := document.Versions["12.3.1"].Dist
		got := get(t, dist.Tarball)
		short, long := sha1.Sum([]byte(got.body)), sha512.Sum512([]byte(got.body))
		if got.status != http.StatusOK || dist.Shasum != hex.EncodeToString(short[:]) ||
			dist.Integrity != "sha512-"+base64.StdEncoding.EncodeToString(long[:]) {
			t.Errorf("%s: %d, digests do not match", dist.Tarball, got.status)
		}
	}
	if len(s.Deployments()) != 0 {
		t.Error("a packument was recorded as a deployment")
	}
	get(t, base+"/proget/npm/npm-approved/@angular/animation/-/animation-12.3.1.tgz", deploymentHeaders()...)
	list := s.Deployments()
	if len(list) != 1 || list[0].GroupName != "@angular" || list[0].PackageName != "animation" || list[0].Version != "12.3.1" {
		t.Errorf("recorded %+v", list)
	}
}

func TestNpmRefusals(t *testing.T) {
	t.Parallel()
	_, base := start(t, locked())
	for path, status := range map[string]int{
		"/npm/npm-approved/nothing":                       404,
		"/npm/npm-approved/animation":                     404,
		"/npm/npm-approved/":                              404,
		"/npm/npm-approved/lodash/-/lodash-9.tgz":         404,
		"/npm/npm-approved/lodash/4.17.21":                404,
		"/npm/DefaultNuGet/lodash":                        404,
		"/npm/npm-approved/lodash":                        200,
		"/npm/npm-approved/lodash/-/lodash-4.17.21.tgz":   200,
		"/npm/npm-approved/%40angular%2Fanimation?x=y":    200,
		"/npm/npm-unapproved/@angular/animation?write=no": 200,
	} {
		if got := get(t, base+path, "Authorization", "Bearer "+testKey); got.status != status {
			t.Errorf("%s: %d, want %d", path, got.status, status)
		}
	}
	if got := get(t, base+"/npm/npm-approved/lodash", "X-ApiKey", testKey); got.status != http.StatusUnauthorized {
		t.Errorf("X-ApiKey: %d", got.status)
	}
	if got := (call{method: http.MethodPut, url: base + "/npm/npm-approved/lodash", header: []string{"Authorization",
		basic("api", testKey)}}).send(t); got.status != http.StatusMethodNotAllowed {
		t.Errorf("PUT: %d", got.status)
	}
}
