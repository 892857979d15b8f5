package sandbox

import (
	"crypto/sha1"
	"encoding/hex"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// expand undoes the minified form as its documentation says: each version inherits, "__unset" takes
// away.
func expand[V any](versions []map[string]V, unset func(V) bool) []map[string]V {
	var all []map[string]V
	current := map[string]V{}
	for _, changed := range versions {
		current = maps.Clone(current)
		for name, value := range changed {
			if unset(value) {
				delete(current, name)
			} else {
				current[name] = value
			}
		}
		all = append(all, current)
	}
	return all
}

func isUnset(value any) bool { return value == "__unset" }

func TestComposer(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{BasePath: "/proget"})
	root := decode[map[string]any](t, get(t, base+"/proget/composer/composer/packages.json"))
	pattern, _ := root["metadata-url"].(string)
	if pattern != "/proget/composer/composer/p2/%package%.json" {
		t.Fatalf("%v", root)
	}
	for name, want := range map[string]string{
		"acme/web-kit":     "2.0.0-beta.1 2.0.0.0-beta1, v1.1.0 1.1.0.0, 1.0.0 1.0.0.0",
		"acme/web-kit~dev": "dev-main dev-main",
	} {
		document := decode[struct {
			Minified string
			Packages map[string][]map[string]any
		}](t, get(t, base+strings.ReplaceAll(pattern, "%package%", name), deploymentHeaders()...))
		var have []string
		for _, version := range expand(document.Packages["acme/web-kit"], isUnset) {
			have = append(have, version["version"].(string)+" "+version["version_normalized"].(string))
			dist := version["dist"].(map[string]any)
			archive := get(t, dist["url"].(string), deploymentHeaders()...)
			sum := sha1.Sum([]byte(archive.body))
			if archive.status != http.StatusOK || dist["shasum"] != hex.EncodeToString(sum[:]) || dist["type"] != "zip" ||
				version["name"] != "acme/web-kit" {
				t.Errorf("%v: %d", version, archive.status)
			}
			if _, timed := version["time"]; timed == strings.Contains(version["version"].(string), "-") {
				t.Errorf("%v: time of a release and of nothing else", version)
			}
		}
		if got := strings.Join(have, ", "); got != want || document.Minified != "composer/2.0" {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if list := s.Deployments(); len(list) != 4 || list[0].GroupName != "acme" || list[0].PackageName != "web-kit" {
		t.Errorf("recorded %+v", list)
	}
}

func TestNormalizeComposer(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"1.0.0": "1.0.0.0", "v1.2": "1.2.0.0", "1.2.3.4": "1.2.3.4", "1.0.0-beta.1": "1.0.0.0-beta1", "2.0.0-rc.2": "2.0.0.0-RC2",
		"1.0.0-RC1": "1.0.0.0-RC1", "dev-main": "dev-main", "1.x-dev": "1.x-dev",
	} {
		if got := normalizeComposer(version); got != want {
			t.Errorf("%s: %s", version, got)
		}
	}
}

func TestMinify(t *testing.T) {
	t.Parallel()
	got := minify([]composerVersion{{"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}, {"a": 1}, {"a": 1}})
	want := []composerVersion{{"a": 1, "b": 2}, {"b": 3, "c": 4}, {"b": "__unset", "c": "__unset"}, {}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	if got := minify(nil); got == nil || len(got) != 0 {
		t.Errorf("nothing is %v", got)
	}
	version := rapid.MapOf(rapid.StringMatching(`[a-d]`), rapid.IntRange(0, 2))
	rapid.Check(t, func(t *rapid.T) {
		var versions []composerVersion
		var plain []map[string]any
		for _, drawn := range rapid.SliceOfN(version, 0, 5).Draw(t, "versions") {
			one := composerVersion{}
			for name, value := range drawn {
				one[name] = value
			}
			versions, plain = append(versions, one), append(plain, one)
		}
		var small []map[string]any
		for _, one := range minify(versions) {
			small = append(small, one)
		}
		if got := expand(small, isUnset); !reflect.DeepEqual(got, plain) {
			t.Fatalf("%v became %v", plain, got)
		}
	})
}
