package commands

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/progetctl/progetctl/internal/sandbox"
)

// schemas are the JSON Schema files of the docs, as compiled for these tests: they take no property
// that they do not name, so that a new one has to be written down.
type schemas struct {
	t        *testing.T
	compiler *jsonschema.Compiler
	unused   map[string]bool // files that no output was held against
}

const schemaFolder = "../docs/schemas"

func readSchemas(t *testing.T) *schemas {
	t.Helper()
	s := &schemas{t: t, compiler: jsonschema.NewCompiler(), unused: map[string]bool{}}
	s.compiler.AssertFormat()
	files, err := filepath.Glob(schemaFolder + "/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d schemas, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		schema, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		if err := s.compiler.AddResource(name, strict(schema)); err != nil {
			t.Fatal(err)
		}
		s.unused[name] = true
	}
	return s
}

// strict closes every object that names its properties.
func strict(schema any) any {
	switch node := schema.(type) {
	case map[string]any:
		for key, value := range node {
			node[key] = strict(value)
		}
		if _, named := node["properties"]; named && node["type"] == "object" {
			node["additionalProperties"] = false
		}
	case []any:
		for i := range node {
			node[i] = strict(node[i])
		}
	}
	return schema
}

// wantShape insists that text is at least one value of the schema: an array of them, an object, or
// an object a line.
func (s *schemas) wantShape(name, text string) {
	s.t.Helper()
	schema, err := s.compiler.Compile(name)
	if err != nil {
		s.t.Fatal(err)
	}
	delete(s.unused, name)
	values := 0
	for decoder := json.NewDecoder(strings.NewReader(text)); decoder.More(); {
		var value any
		if err := decoder.Decode(&value); err != nil {
			s.t.Fatalf("%s: %v in %s", name, err, text)
		}
		items, isArray := value.([]any)
		if !isArray {
			items = []any{value}
		}
		for _, item := range items {
			values++
			if err := schema.Validate(item); err != nil {
				s.t.Errorf("%v\n%s", err, text)
			}
		}
	}
	if values == 0 {
		s.t.Errorf("%s: no output to hold against it", name)
	}
}

// TestOutputsMeetTheirSchemas runs the commands and holds what they print against the files in
// docs/schemas.
func TestOutputsMeetTheirSchemas(t *testing.T) {
	t.Parallel()
	b, s := keepBooks(t, nil), readSchemas(t)
	osv := b.write("osv.json", `{"id": "GHSA-1", "affected": [{"package": {"ecosystem": "NuGet", "name": "Newtonsoft.Json"}, "versions": ["12.0.3"]}],
		"database_specific": {"severity": "HIGH"}}`)
	record := []string{"deploy", "record", "pkg:nuget/Newtonsoft.Json@12.0.3", "--feed", "DefaultNuGet", "--application", "Shop", "--description", "d", "--target"}
	var history string
	for _, run := range []struct {
		schema string
		code   int
		args   []string
	}{
		{"deployment", 0, append(record, "web01", "--deployment-user", "jsmith", "--date", "2026-11-20", "-o", "json")},
		{"deployment", 0, append(record, "web02", "-o", "ndjson")},
		{"deployment", 0, append(record, "web03", "--dry-run", "-o", "json")},
		{"deployment", 0, []string{"deploy", "history", "-o", "ndjson"}},
		{"deployment", 0, []string{"deploy", "where", "--affected-by", osv, "-o", "json"}},
		{"deployment", 0, []string{"deploy", "retire", "--target", "web02", "-o", "json"}},
		{"prune", 0, []string{"deploy", "prune", "--older-than", "1d", "-o", "json"}},
		{"promoted-package", 0, []string{"promotions", "list", "-o", "json"}},
		{"promotion", 0, []string{"promotions", "list", "-o", "ndjson"}},
		{"promotion", 0, []string{"promotions", "list", "--flat", "-o", "json"}},
		{"promoted-package", 0, []string{"promotions", "check", "pkg:nuget/Newtonsoft.Json@12.0.3", "--to-feed", "nuget-approved", "-o", "json"}},
		{"matrix", 0, []string{"promotions", "matrix", "--stages", "nuget-dev,nuget-test,nuget-prod", "-o", "json"}},
		{"audit", 8, []string{"promotions", "audit", "--feed", "nuget-prod", "--from-feed", "nuget-dev", "--all", "-o", "json"}},
		{"fetched-package", 0, []string{"feed", "get", "pkg:nuget/Newtonsoft.Json@12.0.3", "--feed", "DefaultNuGet", "-o", "json",
			"--deployment-application", "Shop", "--deployment-description", "d", "--deployment-target", "web01"}},
		{"planned-fetch", 0, []string{"feed", "get", "pkg:nuget/Newtonsoft.Json@12.0.3", "--feed", "DefaultNuGet", "-o", "json", "--dry-run",
			"--deployment-application", "Shop", "--deployment-description", "d", "--deployment-target", "web01"}},
		{"check", 0, []string{"doctor", "--feed", "DefaultNuGet", "-o", "json"}},
		{"check", 4, []string{"doctor", "--api-key", "wrong", "-o", "json"}},
		{"source", 0, []string{"sources", "add", "--name", "Test", "--url", b.url, "--feed", "npm", "--insecure", "-o", "json"}},
		{"version", 0, []string{"version", "-o", "json"}},
	} {
		got := b.expect(run.code, run.args...)
		s.wantShape(run.schema, got.stdout)
		if slices.Contains(run.args, "history") {
			history = got.stdout
		}
	}
	other := filepath.Join(b.dir, "other.db")
	s.wantShape("import", b.expect(0, "deploy", "import", b.write("history.ndjson", history), "--ledger", other, "-o", "json").stdout)
	b.server.Fault("/api/package-deployment/", sandbox.Fault{Status: 400, Times: -1})
	failed := b.expect(3, append(record, "web04", "-o", "json")...)
	s.wantShape("deployment", failed.stdout)
	s.wantShape("message", failed.stderr)
	for name := range s.unused {
		t.Errorf("no output was held against %s.json", name)
	}
}

// TestSchemasAreStrict makes sure that the test above can fail.
func TestSchemasAreStrict(t *testing.T) {
	t.Parallel()
	s := readSchemas(t)
	schema, err := s.compiler.Compile("deployment")
	if err != nil {
		t.Fatal(err)
	}
	const good = `{"id": "1", "server": "s", "made_at": "2026-11-21T10:00:00Z", "via": "post", "status": "recorded", "attempts": 1,
		"record": {"FeedName": "f", "PackageName": "p", "Version": "1"}}`
	for change, valid := range map[[2]string]bool{
		{"", ""}:                                     true,
		{`"attempts": 1,`, `"attempts": "1",`}:       false,
		{`"attempts": 1,`, ``}:                       false,
		{`"attempts": 1,`, `"attempts": 1, "x": 1,`}: false,
		{`"FeedName": "f"`, `"Feed": "f"`}:           false,
		{`2026-11-21T10:00:00Z`, `yesterday`}:        false,
	} {
		text := strings.Replace(good, change[0], change[1], 1)
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); (err == nil) != valid {
			t.Errorf("%s: %v", text, err)
		}
	}
}
