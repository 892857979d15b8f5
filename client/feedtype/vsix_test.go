package feedtype

import (
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestVSIX(t *testing.T) {
	t.Parallel()
	pages := map[string]string{"vsix/feed": `<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>
		<entry><id>acme.tool</id><content type="application/octet-stream" src="http://proget.example/pg/vsix/feed/1.9"/>
		<Vsix xmlns="http://schemas.microsoft.com/developer/vsx-syndication-schema/2010"><Id>Acme.Tool</Id><Version>1.9.0</Version></Vsix></entry>
		<entry><id>acme.tool</id><content src="new"/><Vsix><Version>1.10.0</Version></Vsix></entry>
		<entry><id>other</id><content src="x"/><Vsix><Id>Other</Id><Version>9</Version></Vsix></entry></feed>`}
	tool := func(group, name, version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.VSIX, Group: group, Name: name, Version: version}
	}
	runLocate(t, []locateTest{
		{
			name:  "named",
			pkg:   tool("", "Acme.Tool", "1.9.0"),
			pages: pages,
			asked: []string{"vsix/feed"},
			want: Content{
				Ref:      "https://proget.example/pg/vsix/feed/1.9",
				FileName: "Acme.Tool-1.9.0.vsix",
				Version:  "1.9.0",
				Size:     -1,
			},
		},
		{
			name:  "latest, publisher as group",
			pkg:   tool("acme", "tool", "latest"),
			pages: pages,
			want:  Content{Ref: "https://proget.example/pg/vsix/new", FileName: "tool-1.10.0.vsix", Version: "1.10.0", Size: -1},
		},
		{
			name:  "texts with spaces around them",
			pkg:   tool("", "Acme.Tool", "1.9.0"),
			pages: map[string]string{"vsix/feed": "<feed><entry><id>\n acme.tool </id><content src=' /x.vsix '/><Vsix><Id> Acme.Tool\n</Id><Version> 1.9.0 </Version></Vsix></entry></feed>"},
			want:  Content{Ref: "https://proget.example/x.vsix", FileName: "Acme.Tool-1.9.0.vsix", Version: "1.9.0", Size: -1},
		},
		{
			name:  "no address",
			pkg:   tool("", "Acme.Tool", "1.9.0"),
			pages: map[string]string{"vsix/feed": "<feed><entry><content/><Vsix><Id>Acme.Tool</Id><Version>1.9.0</Version></Vsix></entry></feed>"},
			fails: "version 1.9.0: the link to the content is empty",
		},
		{name: "unknown", pkg: tool("", "Acme.Tool", "7"), pages: pages, is: ErrNotFound},
		{name: "no feed", pkg: tool("", "Acme.Tool", "7"), is: ErrNotFound},
	})
}
