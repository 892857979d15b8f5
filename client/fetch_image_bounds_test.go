package client

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// TestImageBounds: documents that are made to ask for more than any image has are refused, before
// most of it was asked for, and nothing is recorded.
func TestImageBounds(t *testing.T) {
	none := `"digest":"sha256:` + strings.Repeat("0", 64) + `","size":1`
	for _, test := range []struct {
		name  string
		make  func(r *registry)
		says  string
		asked int
	}{
		{"a chain of indexes", func(r *registry) { r.chain(depthLimit + 1) }, "more than 10 manifests", depthLimit},
		{"a million layers", func(r *registry) {
			r.content["1"] = []byte(`{"schemaVersion":2,"config":{` + none + `},"layers":[{}` + strings.Repeat(`,{}`, 1_300_000) + `]}`)
		}, "more than 10000 parts", 1},
		{"a million images", func(r *registry) {
			r.content["1"] = []byte(`{"schemaVersion":2,"manifests":[{}` + strings.Repeat(`,{}`, 1_300_000) + `]}`)
		}, "more than 10000 parts", 1},
		{"a million annotations", func(r *registry) {
			var text strings.Builder
			for i := range 300_000 {
				fmt.Fprintf(&text, `"%d":"",`, i)
			}
			r.content["1"] = []byte(`{"schemaVersion":2,"config":{` + none + `,"annotations":{` + text.String() + `"x":""}}}`)
		}, "404", 2},
		{"a million addresses", func(r *registry) {
			r.content["1"] = []byte(`{"schemaVersion":2,"config":{` + none + `,"urls":["x"` + strings.Repeat(`,"x"`, 1_000_000) + `]}}`)
		}, "404", 2},
		{"deep nesting", func(r *registry) { r.content["1"] = []byte(strings.Repeat(`[`, 4_000_000)) }, "not the JSON of a manifest", 1},
		{"deep nesting in an annotation", func(r *registry) {
			r.content["1"] = []byte(`{"schemaVersion":2,"config":{"annotations":` + strings.Repeat(`{"":`, 1_000_000))
		}, "not the JSON of a manifest", 1},
		{"large manifests", func(r *registry) {
			var all []map[string]any
			for i := range 20 {
				all = append(all, r.add(fmt.Appendf(nil, `{"schemaVersion":2,"manifests":[],"x":"%d%s"}`, i, strings.Repeat("x", manifestLimit-100)), nil))
			}
			r.index(all...)
		}, "64 MiB in all", 16},
		{"a manifest that is said to be large", func(r *registry) {
			r.index(map[string]any{"digest": "sha256:" + strings.Repeat("0", 64), "size": manifestLimit + 1})
		}, "at most 4 MiB", 1},
		{"a manifest that is larger than it is said to be", func(r *registry) {
			r.index(r.addJSON(map[string]any{"schemaVersion": 2, "manifests": []any{}}, map[string]any{"size": 3}))
		}, "more than the 3 bytes", 2},
		{"a layer of two sizes", func(r *registry) {
			layer := r.add([]byte("layer"), nil)
			other := map[string]any{"digest": layer["digest"], "size": 6}
			r.index(r.addJSON(map[string]any{"schemaVersion": 2, "config": layer, "layers": []any{layer, layer, other}}, nil))
		}, "has 5 bytes and 6 bytes", 2},
		{"a layer of another size in another image", func(r *registry) {
			layer := r.add([]byte("layer"), nil)
			other := map[string]any{"digest": layer["digest"], "size": 4}
			r.index(r.addJSON(map[string]any{"schemaVersion": 2, "config": layer}, nil), r.addJSON(map[string]any{"schemaVersion": 2, "config": other}, nil))
		}, "has 5 bytes and 4 bytes", 3},
		{"an image of two sizes", func(r *registry) {
			image := r.addJSON(map[string]any{"schemaVersion": 2, "manifests": []any{}}, nil)
			r.index(image, image, map[string]any{"digest": image["digest"], "size": 1})
		}, "bytes and 1 bytes", 2},
		{"a size beyond all disks", func(r *registry) {
			r.content["1"] = []byte(`{"schemaVersion":2,"config":{"digest":"sha256:` + strings.Repeat("0", 64) + `","size":9223372036854775807}}`)
		}, "9223372036854775807 bytes", 1},
		{"parts of many indexes", func(r *registry) {
			var all []map[string]any
			for i := range 3 {
				var layers []map[string]any
				for j := range 4000 {
					layers = append(layers, map[string]any{"digest": fmt.Sprintf("sha256:%064x", i*4000+j), "size": 1})
				}
				all = append(all, r.addJSON(map[string]any{"schemaVersion": 2, "config": layers[0], "layers": layers}, nil))
			}
			r.index(all...)
		}, "more than 10000 parts", 4},
		{"attestations that are missing", func(r *registry) {
			var all []map[string]any
			for i := range 3 {
				var missing []map[string]any
				for j := range 4000 {
					missing = append(missing, map[string]any{
						"digest": fmt.Sprintf("sha256:%064x", i*4000+j), "size": 1, "platform": map[string]string{"os": "unknown", "architecture": "unknown"},
					})
				}
				all = append(all, r.addJSON(map[string]any{"schemaVersion": 2, "manifests": missing}, nil))
			}
			r.index(all...)
		}, "more than 10000 parts", partsLimit + 1},
	} {
		r := newRegistry()
		test.make(r)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, err := fetchImage(t, newClient(t, startServer(t, r), WithRetries(0)), imagePackage("1", nil), someAnnotation())
		runtime.ReadMemStats(&after)
		if err == nil || !strings.Contains(err.Error(), test.says) || len(err.Error()) > 2000 {
			t.Errorf("%s: %.300v", test.name, err)
		}
		if len(r.asked) > test.asked || r.annotations() > 0 || got.Deployment != DeploymentFailed {
			t.Errorf("%s: %d requests, %d annotated", test.name, len(r.asked), r.annotations())
		}
		if held := int64(after.HeapSys) - int64(before.HeapSys); held > 160<<20 {
			t.Errorf("%s: the heap grew by %d MiB", test.name, held>>20)
		}
	}
}

// chain makes the tag 1 the first of n indexes, each of which names the next.
func (r *registry) chain(n int) {
	next := r.addJSON(map[string]any{"schemaVersion": 2, "config": r.add([]byte("{}"), nil)}, nil)
	for range n - 1 {
		next = r.addJSON(map[string]any{"schemaVersion": 2, "manifests": []any{next}}, nil)
	}
	r.content["1"] = r.content[next["digest"].(string)]
}

// TestDeepestImage: what is within the bounds is fetched, and each part once.
func TestDeepestImage(t *testing.T) {
	t.Parallel()
	r := newRegistry()
	r.chain(depthLimit)
	got, err := fetchImage(t, newClient(t, startServer(t, r)), imagePackage("1", nil), nil)
	if err != nil || len(r.asked) != depthLimit+1 {
		t.Fatalf("%v, %d requests", err, len(r.asked))
	}
	if n := len(readLayout(t, got.File)); n != depthLimit+3 {
		t.Errorf("%d files", n)
	}
	twice := r.image("linux", "amd64", "")
	r.index(twice, twice, twice)
	r.asked = nil
	if _, err = fetchImage(t, newClient(t, startServer(t, r)), imagePackage("1", nil), nil); err != nil || len(r.asked) != 4 {
		t.Errorf("%v, asked %q", err, r.asked)
	}
}

// TestManifestErrors: what a registry sends is described in our words.
func TestManifestErrors(t *testing.T) {
	t.Parallel()
	digest := `"digest":"sha256:` + strings.Repeat("a", 64) + `"`
	for body, says := range map[string]string{
		``:                                "not the JSON of a manifest",
		`[]`:                              "not the JSON of a manifest",
		`null`:                            "neither an image nor an index",
		`{}`:                              "neither an image nor an index",
		`{"schemaVersion":"2"}`:           "not the JSON of a manifest",
		`{"schemaVersion":2,"layers":[]}`: "neither an image nor an index",
		`{"schemaVersion":2,"config":{` + digest + `,"size":1},"manifests":[]}`:                          "an image and an index",
		`{"schemaVersion":2,"layers":[{` + digest + `,"size":1}],"manifests":[]}`:                        "an image and an index",
		`{"schemaVersion":2,"config":{` + digest + `,"size":1},"layers":{}}`:                             "not an array",
		`{"schemaVersion":2,"config":{` + digest + `,"size":1},"layers":[7]}`:                            "not the JSON of a manifest",
		`{"schemaVersion":2,"config":{` + digest + `,"size":"1"}}`:                                       "not the JSON of a manifest",
		`{"schemaVersion":2,"config":{` + digest + `,"size":-1}}`:                                        "-1 bytes",
		`{"schemaVersion":2,"config":{"digest":"sha256:` + strings.Repeat("A", 64) + `","size":1}}`:      "not a digest",
		`{"schemaVersion":2,"config":{"digest":"md5:d41d8cd98f00b204e9800998ecf8427e","size":1}}`:        "not a digest",
		`{"schemaVersion":2,"manifests":[{"digest":"sha256:` + strings.Repeat("a", 63) + `","size":1}]}`: "not a digest",
	} {
		if _, err := parseManifest([]byte(body)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", body, err, says)
		}
	}
	if m, err := parseManifest([]byte(`{"schemaVersion":2,"config":{` + digest + `,"size":1},"layers":null}`)); err != nil || len(m.blobs()) != 1 {
		t.Errorf("null layers: %v", err)
	}
	if raw, err := json.Marshal(descriptor{Annotations: &annotations{RefName: "1"}}); err != nil || strings.Contains(string(raw), "vnd.docker") {
		t.Errorf("%s, %v", raw, err)
	}
}
