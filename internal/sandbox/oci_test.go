package sandbox

import (
	"strings"
	"testing"
)

func TestRegistryAsksForAToken(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{APIKey: "k", RegistryTokens: true})
	manifest := base + "/v2/docker/acme/builder/manifests/1.4.0"
	challenged := get(t, manifest, deploymentHeaders()...)
	want := `Bearer realm="` + base + `/v2/_auth",service="` + strings.TrimPrefix(base, "http://") + `"`
	if challenged.status != 401 || challenged.header.Get("WWW-Authenticate") != want {
		t.Errorf("%d %v", challenged.status, challenged.header)
	}
	if got := get(t, base+"/v2/_auth?service=x&scope=y"); got.status != 401 {
		t.Errorf("a token for nobody: %d %s", got.status, got.body)
	}
	answer := decode[struct{ Token string }](t, get(t, base+"/v2/_auth", "Authorization", basic("api", "k")))
	if got := get(t, manifest, "Authorization", "Bearer "+answer.Token); got.status != 200 || !strings.Contains(got.body, `"layers"`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := get(t, base+"/v2/", "Authorization", "Bearer "+answer.Token); got.body != "Authenticated as ProGet user: api" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if len(s.Deployments()) > 0 {
		t.Errorf("recorded %+v", s.Deployments())
	}
}

// TestImagesAreWhole: whatever a manifest points to exists, under its digest.
func TestImagesAreWhole(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	index := decode[ociDocument](t, get(t, base+"/v2/docker/acme/builder/manifests/1.5.0"))
	if index.MediaType != ociIndex || len(index.Manifests) != 2 {
		t.Fatalf("%+v", index)
	}
	for _, m := range index.Manifests {
		manifest := decode[ociDocument](t, get(t, base+"/v2/docker/acme/builder/manifests/"+m.Digest))
		config := decode[ociConfigFile](t, get(t, base+"/v2/docker/acme/builder/blobs/"+manifest.Config.Digest))
		if config.RootFS.Type != "layers" || len(config.RootFS.DiffIDs) != len(manifest.Layers) || config.Architecture != m.Platform.Architecture {
			t.Errorf("configuration %+v", config)
		}
		for i, d := range manifest.Layers {
			if mediaType, diffID := layer([]byte(get(t, base+"/v2/docker/acme/builder/blobs/"+d.Digest).body)); mediaType != ociGzip ||
				d.MediaType != ociGzip || diffID != config.RootFS.DiffIDs[i] || diffID == d.Digest {
				t.Errorf("layer %d: %s %s", i, mediaType, diffID)
			}
		}
		for _, d := range append(manifest.Layers, *manifest.Config) {
			if got := get(t, base+"/v2/docker/acme/builder/blobs/"+d.Digest); got.status != 200 || len(got.body) != d.Size {
				t.Errorf("%s: %d, %d bytes of %d", d.Digest, got.status, len(got.body), d.Size)
			}
		}
	}
}

func TestRegistryRefusals(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	for path, want := range map[string]struct {
		status int
		body   string
	}{
		"/v2/":                                  {200, "Authenticated as ProGet user: Anonymous"},
		"/v2/_catalog":                          {200, `{"repositories":["docker/acme/builder"]}`},
		"/v2/docker/acme/builder/tags/list":     {200, `{"name":"docker/acme/builder","tags":["1.4.0","1.5.0"]}`},
		"/v2/docker/nothing/tags/list":          {200, `{"name":"docker/nothing","tags":[]}`},
		"/v2/no-feed/x/manifests/1":             {400, "could not resolve proget feed"},
		"/v2/DefaultNuGet/x/manifests/1":        {400, "could not resolve proget feed"},
		"/v2/docker/acme/builder/manifests/9":   {404, "MANIFEST_UNKNOWN"},
		"/v2/docker/acme/builder/blobs/sha256:": {404, "BLOB_UNKNOWN"},
		"/v2/docker":                            {400, "UNKNOWN"},
	} {
		if got := get(t, base+path); got.status != want.status || !strings.Contains(got.body, want.body) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}
