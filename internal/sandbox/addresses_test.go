package sandbox

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// oddNames have what must be escaped in an address, and what need not but often is.
func oddNames() []string { return []string{"a b", "c++", "50%", "q?r#s", "ü~x", "a&b;c", "%2e%2e"} }

// published are the addresses in the answers of the protocols that publish whole ones.
func published(t *testing.T, base, feed, name string) string {
	t.Helper()
	escaped := map[string]string{" ": "%20", "+": "%2B", "%": "%25", "?": "%3F", "#": "%23", ";": "%3B", "&": "%26"}
	segment := ""
	for _, r := range name {
		if code, ok := escaped[string(r)]; ok {
			segment += code
		} else {
			segment += string(r)
		}
	}
	switch feed {
	case "pub":
		return decode[pubPackage](t, get(t, base+"/pub/pub/api/packages/"+segment)).Versions[0].URL
	case "terraform":
		got := get(t, base+"/terraform-modules/v1/terraform__acme/"+segment+"/aws/1.0.0/download")
		return got.header.Get("X-Terraform-Get")
	case "composer":
		document := decode[struct {
			Packages map[string][]struct{ Dist struct{ URL string } }
		}](t, get(t, base+"/composer/composer/p2/acme/"+segment+".json"))
		return document.Packages["acme/"+name][0].Dist.URL
	}
	var list gallery
	if err := xml.Unmarshal([]byte(get(t, base+"/vsix/vsix").body), &list); err != nil {
		t.Fatal(err)
	}
	for _, entry := range list.Entries {
		if entry.ID == name {
			return entry.Content.Source
		}
	}
	t.Fatalf("%q is not in the gallery", name)
	return ""
}

// Whatever a package is called, the address that its index publishes leads to its content.
func TestPublishedAddressesAreEscaped(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	for _, feed := range []string{"pub", "composer", "vsix", "terraform"} {
		for _, name := range oddNames() {
			p := Package{Name: name, Version: "1.0.0", FileName: name + "-1.0.0.zip", Content: []byte(feed + name)}
			switch feed {
			case "composer":
				p.Group = "acme"
			case "terraform":
				p.Group, p.Name = "acme", name+".aws"
			}
			if err := s.AddPackage(feed, p); err != nil {
				t.Fatal(err)
			}
			address := published(t, base, feed, name)
			got := get(t, address, deploymentHeaders()...)
			list := s.Deployments()
			if got.status != http.StatusOK || got.body != feed+name || len(list) == 0 || list[len(list)-1].PackageName != p.Name {
				t.Errorf("%s %q: %s answers %d", feed, name, address, got.status)
			}
		}
	}
}

// While packages arrive, each index is whole, and what it lists exists.
func TestIndexesWhilePackagesArrive(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	var group sync.WaitGroup
	group.Go(func() {
		for i := range 20 {
			version := fmt.Sprintf("2.%d-1", i)
			for feed, qualifier := range map[string]string{"debian": "arch=amd64&component=main&distro=stable", "rpm": "arch=noarch"} {
				p := Package{Name: "acme-new", Version: version, FileName: "acme-new-" + version, Qualifier: qualifier, Content: []byte(version)}
				if err := s.AddPackage(feed, p); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for range 4 {
		group.Go(func() {
			for range 5 {
				got, err := call{url: base + "/debian/debian/dists/stable/main/binary-amd64/Packages"}.try(t)
				if err != nil {
					t.Error(err)
					return
				}
				for _, p := range stanzas(got.body) {
					content, err := call{url: base + "/debian/debian/" + p["Filename"]}.try(t)
					if err != nil || content.status != http.StatusOK || sha256Of(content.body) != p["SHA256"] {
						t.Errorf("%s: %d %v", p["Filename"], content.status, err)
					}
				}
			}
		})
		group.Go(func() {
			got, err := call{url: base + "/rpm/rpm/repodata/repomd.xml"}.try(t)
			if err != nil || !strings.HasSuffix(got.body, "</repomd>") {
				t.Errorf("%d %q %v", got.status, got.body, err)
			}
		})
	}
	group.Wait()
}
