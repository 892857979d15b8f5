package sandbox

import (
	"archive/zip"
	"net/http"
	"strings"
	"testing"
)

// discovered is the address of the module registry, as a client learns it.
func discovered(t *testing.T, base string) string {
	t.Helper()
	services := decode[map[string]string](t, get(t, base+"/.well-known/terraform.json"))
	address := services["modules.v1"]
	if !strings.HasPrefix(address, "/") || !strings.HasSuffix(address, "/") {
		t.Fatalf("services %v", services)
	}
	return address
}

func TestTerraform(t *testing.T) {
	t.Parallel()
	s, host := start(t, Options{APIKey: testKey, BasePath: "/proget"})
	bearer := []string{"Authorization", "Bearer " + testKey}
	module := host + discovered(t, host+"/proget") + "terraform__acme/network/aws/"
	list := decode[moduleList](t, get(t, module+"versions", bearer...))
	if len(list.Modules) != 1 || len(list.Modules[0].Versions) != 2 {
		t.Fatalf("%+v", list)
	}
	for i, version := range list.Modules[0].Versions {
		got := get(t, module+version["version"]+"/download", append(deploymentHeaders(), bearer...)...)
		address := got.header.Get("X-Terraform-Get")
		if got.status != http.StatusNoContent || got.body != "" || !strings.HasPrefix(address, host+"/proget/terraform/") {
			t.Fatalf("%d %v", got.status, got.header)
		}
		if n := len(s.Deployments()); n != i {
			t.Errorf("asking for the address recorded a deployment: %d", n)
		}
		plain, _, _ := strings.Cut(address, "?archive=zip")
		content := get(t, plain, append(deploymentHeaders(), bearer...)...)
		archive, err := zip.NewReader(strings.NewReader(content.body), int64(len(content.body)))
		if err != nil || archive.File[0].Name != "main.tf" {
			t.Errorf("%s: %d %v", plain, content.status, err)
		}
		last := s.Deployments()
		if len(last) != i+1 || last[i].GroupName != "acme" || last[i].PackageName != "network.aws" || last[i].Version != version["version"] {
			t.Errorf("recorded %+v", last)
		}
	}
	if got := get(t, strings.Replace(module, "acme/network", "Acme/Network", 1)+"versions", bearer...); got.status != http.StatusOK {
		t.Errorf("another case: %d", got.status)
	}
}

func TestTerraformDiscovery(t *testing.T) {
	t.Parallel()
	_, base := start(t, locked())
	if got := get(t, base+"/.well-known/terraform.json"); got.status != http.StatusOK {
		t.Errorf("discovery requires credentials: %d", got.status)
	}
	got := call{method: http.MethodPost, url: base + "/.well-known/terraform.json", body: "x"}.send(t)
	if got.status != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", got.status)
	}
	if got := get(t, base+"/terraform/terraform/download/acme/network.aws/1.0.0"); got.status != http.StatusUnauthorized {
		t.Errorf("an archive without a key: %d", got.status)
	}
}
