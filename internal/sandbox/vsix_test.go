package sandbox

import (
	"archive/zip"
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestVSIX(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{BasePath: "/proget"})
	for _, address := range []string{"/proget/vsix/vsix", "/proget/vsix/vsix/"} {
		// The elements as the gallery's schema has them, by namespace and not by the server's own
		// types.
		var list struct {
			XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
			Entries []struct {
				ID      string `xml:"http://www.w3.org/2005/Atom id"`
				Content struct {
					Src string `xml:"src,attr"`
				} `xml:"http://www.w3.org/2005/Atom content"`
				Vsix struct {
					ID      string `xml:"Id"`
					Version string `xml:"Version"`
				} `xml:"http://schemas.microsoft.com/developer/vsx-syndication-schema/2010 Vsix"`
			} `xml:"http://www.w3.org/2005/Atom entry"`
		}
		got := get(t, base+address, deploymentHeaders()...)
		if err := xml.Unmarshal([]byte(got.body), &list); err != nil || len(list.Entries) != 2 {
			t.Fatalf("%s: %v %s", address, err, got.body)
		}
		if !strings.HasPrefix(got.header.Get("Content-Type"), "application/atom+xml") {
			t.Errorf("content type %q", got.header.Get("Content-Type"))
		}
		for i, entry := range list.Entries {
			version := []string{"1.0.0", "1.1.0"}[i]
			content := get(t, entry.Content.Src)
			if entry.ID != "Acme.Tools" || entry.Vsix.ID != entry.ID || entry.Vsix.Version != version || content.status != http.StatusOK {
				t.Errorf("%+v: %d", entry, content.status)
			}
			checkManifest(t, content.body, version)
		}
	}
	get(t, base+"/proget/vsix/vsix/files/Acme.Tools-1.1.0.vsix", deploymentHeaders()...)
	if list := s.Deployments(); len(list) != 1 || list[0].PackageName != "Acme.Tools" || list[0].Version != "1.1.0" {
		t.Errorf("recorded %+v", list)
	}
}

// checkManifest looks into an extension for the identity that Visual Studio compares with the
// gallery's.
func checkManifest(t *testing.T, content, version string) {
	t.Helper()
	archive, err := zip.NewReader(strings.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := archive.Open("extension.vsixmanifest")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Identity struct {
			ID      string `xml:"Id,attr"`
			Version string `xml:"Version,attr"`
		} `xml:"Metadata>Identity"`
	}
	text, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(text, &manifest); err != nil || manifest.Identity.ID != "Acme.Tools" ||
		manifest.Identity.Version != version {
		t.Errorf("%s: %v", text, err)
	}
}
