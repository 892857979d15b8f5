package sandbox

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// crateLines reads an index file as cargo does: a JSON document on each line.
func crateLines(t *testing.T, got reply) []crateLine {
	t.Helper()
	var lines []crateLine
	for text := range strings.Lines(got.body) {
		var line crateLine
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestCargo(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{APIKey: testKey, BasePath: "/proget"})
	feed := base + "/proget/cargo/cargo"
	config := decode[map[string]any](t, get(t, feed+"/config.json", "Authorization", testKey))
	if config["dl"] != feed+"/api/v1/crates" || config["auth-required"] != true || config["api"] != feed {
		t.Errorf("config %v", config)
	}
	lines := crateLines(t, get(t, feed+"/ac/me/acme_core", "Authorization", testKey))
	if len(lines) != 4 {
		t.Fatalf("index %+v", lines)
	}
	for _, line := range lines {
		header := append(deploymentHeaders(), "Authorization", testKey)
		crate := get(t, feed+"/api/v1/crates/"+line.Name+"/"+line.Version+"/download", header...)
		if crate.status != http.StatusOK || sha256Of(crate.body) != line.Checksum {
			t.Errorf("%s: %d", line.Version, crate.status)
		}
		if line.Yanked != (line.Version == "0.5.0") || line.Dependencies == nil || line.Features == nil {
			t.Errorf("%+v", line)
		}
	}
	if list := s.Deployments(); len(list) != 4 || list[0].User != apiUser || list[3].Version != "1.0.0-alpha.1" {
		t.Errorf("recorded %+v", list)
	}
}

func TestCargoWithoutAKey(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	if got := get(t, base+"/cargo/cargo/config.json"); strings.Contains(got.body, "auth-required") {
		t.Errorf("config %s", got.body)
	}
}

func TestCratePath(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"a": "1/a", "ab": "2/ab", "abc": "3/a/abc", "abcd": "ab/cd/abcd", "Serde_JSON": "se/rd/serde_json", "R2D": "3/r/r2d",
	} {
		if got := cratePath(name); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-Za-z][A-Za-z0-9_-]{0,9}`).Draw(t, "name")
		path := cratePath(name)
		if !strings.HasSuffix(path, "/"+strings.ToLower(name)) || path != cratePath(strings.ToUpper(name)) {
			t.Fatalf("%q", path)
		}
	})
}
