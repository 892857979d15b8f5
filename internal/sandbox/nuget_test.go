package sandbox

import (
	"archive/zip"
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/sandbox/nupkg"
)

// packageBase reads the flat container's address as a client has to.
func packageBase(t *testing.T, index string) string {
	t.Helper()
	for _, resource := range decode[serviceIndex](t, get(t, index)).Resources {
		if resource.Type == "PackageBaseAddress/3.0.0" {
			return strings.TrimSuffix(resource.ID, "/")
		}
	}
	t.Fatal("no PackageBaseAddress")
	return ""
}

func TestNuGetV3(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{BasePath: "/proget"})
	base += "/proget"
	flat := packageBase(t, base+"/nuget/DefaultNuGet/v3/index.json")
	versions := decode[map[string][]string](t, get(t, flat+"/acme.web/index.json"))["versions"]
	if !slices.Equal(versions, []string{"1.0.0", "1.1.0", "2.0.0-beta.1"}) {
		t.Errorf("versions %v", versions)
	}
	got := get(t, flat+"/newtonsoft.json/12.0.3/newtonsoft.json.12.0.3.nupkg")
	id, err := nupkg.Read([]byte(got.body))
	if err != nil || id != (nupkg.Identity{ID: "Newtonsoft.Json", Version: "12.0.3"}) {
		t.Errorf("%d, %v, %v", got.status, id, err)
	}
	if _, err := zip.NewReader(bytes.NewReader([]byte(got.body)), int64(len(got.body))); err != nil {
		t.Error(err)
	}
	for _, path := range []string{
		"/Newtonsoft.Json/12.0.3/newtonsoft.json.12.0.3.nupkg", "/newtonsoft.json/12.0.3/Newtonsoft.Json.12.0.3.nupkg",
		"/newtonsoft.json/12.0/newtonsoft.json.12.0.nupkg", "/newtonsoft.json/9.9.9/newtonsoft.json.9.9.9.nupkg",
		"/newtonsoft.json/12.0.3/readme", "/Acme.Web/index.json", "/nothing/index.json", "/x",
	} {
		if got := get(t, flat+path); got.status != http.StatusNotFound || got.body == "" {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if n := len(s.Deployments()); n != 0 {
		t.Errorf("plain downloads recorded %d deployments", n)
	}
}

func TestNuGetNormalVersions(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{NoSamples: true})
	if err := s.AddFeed(Feed{Name: "f", Type: "nuget"}); err != nil {
		t.Fatal(err)
	}
	if err := (samples{s}).addNupkg("f", "Acme", "1.0-RC+x", noon()); err != nil {
		t.Fatal(err)
	}
	flat := packageBase(t, base+"/nuget/f/v3/index.json")
	if got := get(t, flat+"/acme/1.0.0-rc/acme.1.0.0-rc.nupkg"); got.status != http.StatusOK {
		t.Errorf("normal form: %d", got.status)
	}
	if got := get(t, base+"/nuget/f/package/ACME/1.0.0-rc"); got.status != http.StatusOK {
		t.Errorf("v2: %d", got.status)
	}
}

func TestWhichFeedHasWhichAPI(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{})
	if err := s.AddFeed(Feed{Name: "v3only", Type: "nuget", NoV2: true}); err != nil {
		t.Fatal(err)
	}
	for name, has := range map[string]struct{ v2, v3 bool }{
		"DefaultNuGet": {true, true}, "nuget-legacy": {true, false}, "choco": {true, false}, "powershell": {true, false},
		"v3only": {false, true}, "npm-approved": {false, false}, "nowhere": {false, false},
	} {
		v2 := get(t, base+"/nuget/"+name+"/").status == http.StatusOK
		v3 := get(t, base+"/nuget/"+name+"/v3/index.json").status == http.StatusOK
		if v2 != has.v2 || v3 != has.v3 {
			t.Errorf("%s: v2 %v, v3 %v", name, v2, v3)
		}
	}
	got := call{method: http.MethodPut, url: base + "/nuget/choco/package"}.send(t)
	if got.status != http.StatusMethodNotAllowed {
		t.Errorf("PUT: %d", got.status)
	}
	if got := get(t, base+"/nuget/"); got.status != http.StatusNotFound {
		t.Errorf("no feed: %d", got.status)
	}
}

// readEntry is how a client sees an entry: namespaces resolved, prefixes forgotten.
type readEntry struct {
	XMLName xml.Name
	Content struct {
		Source string `xml:"src,attr"`
	} `xml:"http://www.w3.org/2005/Atom content"`
	Properties struct {
		ID        string `xml:"http://schemas.microsoft.com/ado/2007/08/dataservices Id"`
		Version   string `xml:"http://schemas.microsoft.com/ado/2007/08/dataservices Version"`
		Hash      string `xml:"http://schemas.microsoft.com/ado/2007/08/dataservices PackageHash"`
		Algorithm string `xml:"http://schemas.microsoft.com/ado/2007/08/dataservices PackageHashAlgorithm"`
		Size      int    `xml:"http://schemas.microsoft.com/ado/2007/08/dataservices PackageSize"`
		Latest    bool   `xml:"http://schemas.microsoft.com/ado/2007/08/dataservices IsLatestVersion"`
	} `xml:"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata properties"`
}

func TestNuGetV2Entry(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	for _, key := range []string{
		"Packages(Id='Acme.Legacy',Version='1.0')", "Packages(Id='acme.legacy',%20Version='1.0.0')",
		"Packages%28Id=%27Acme.Legacy%27,Version=%271.0%27%29",
	} {
		got := get(t, base+"/nuget/nuget-legacy/"+key)
		var entry readEntry
		if err := xml.Unmarshal([]byte(got.body), &entry); err != nil {
			t.Fatalf("%s: %d %q %v", key, got.status, got.body, err)
		}
		if entry.XMLName.Local != "entry" || entry.Properties.ID != "Acme.Legacy" || entry.Properties.Version != "1.0" {
			t.Errorf("%s: %+v", key, entry)
		}
		content := get(t, entry.Content.Source)
		sum := sha512.Sum512([]byte(content.body))
		if entry.Properties.Hash != base64.StdEncoding.EncodeToString(sum[:]) || entry.Properties.Algorithm != "SHA512" ||
			entry.Properties.Size != len(content.body) {
			t.Errorf("%s: the hash or the size is not that of %s", key, entry.Content.Source)
		}
	}
}

func TestNuGetV2Refusals(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	for path, status := range map[string]int{
		"Packages(Id='Nothing',Version='1.0')":        404,
		"Packages(Id='Acme.Legacy',Version='9.9')":    404,
		"Packages(Id='Acme.Legacy')":                  404,
		"Packages(Id=Acme.Legacy,Version='1.0')":      400,
		"Packages()?$filter=Id%20gt%20'a'":            400,
		"Packages()?$filter=IsLatestVersion%20eq%201": 400,
		"FindPackagesById()?id=Acme.Legacy":           400,
		"package/Acme.Legacy/9.9":                     404,
		"package/Acme.Legacy":                         404,
		"GetUpdates()":                                404,
		"Search":                                      404,
	} {
		if got := get(t, base+"/nuget/nuget-legacy/"+path); got.status != status || got.body == "" {
			t.Errorf("%s: %d %q, want %d", path, got.status, got.body, status)
		}
	}
}

func TestNuGetV2Lists(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	for query, want := range map[string][]string{
		"FindPackagesById()?id='newtonsoft.json'":                                                                                {"Newtonsoft.Json 12.0.3", "Newtonsoft.Json 13.0.1", "Newtonsoft.Json 13.0.4-beta1"},
		"FindPackagesById()?id='Nothing''s'":                                                                                     {},
		"Packages()?$filter=Id eq 'Newtonsoft.Json' and IsLatestVersion":                                                         {"Newtonsoft.Json 13.0.1"},
		"Packages()?$filter=Id eq 'Newtonsoft.Json' and IsAbsoluteLatestVersion&$top=1":                                          {"Newtonsoft.Json 13.0.4-beta1"},
		"Packages()?$filter=tolower(Id) eq 'newtonsoft.json' and IsAbsoluteLatestVersion eq true":                                {"Newtonsoft.Json 13.0.4-beta1"},
		"Packages()?$filter=Version eq '12.0.3.0'":                                                                               {"Newtonsoft.Json 12.0.3"},
		"Packages()?$filter=Id eq 'a and b'":                                                                                     {},
		"Packages()?$filter=(Id ne null) and substringof('soft',tolower(Id)) and not IsPrerelease&$orderby=Version desc&$skip=1": {"Newtonsoft.Json 12.0.3"},
		"FindPackagesById()?id='Newtonsoft.Json'&$orderby=Version desc&$top=1":                                                   {"Newtonsoft.Json 13.0.4-beta1"},
		"Search()?searchTerm='NEWTON'&includePrerelease=false":                                                                   {"Newtonsoft.Json 12.0.3", "Newtonsoft.Json 13.0.1"},
		"Search()?searchTerm='NEWTON'&includePrerelease=true&$orderby=Published&$top=1":                                          {"Newtonsoft.Json 12.0.3"},
		"Search()?searchTerm='nothing'":                                                                                          {},
		"Packages?$top=2":                                                                                                        {"Newtonsoft.Json 12.0.3", "Newtonsoft.Json 13.0.1"},
	} {
		got := get(t, base+"/nuget/nuget-unapproved/"+strings.ReplaceAll(query, " ", "%20"))
		var list struct {
			Entries []readEntry `xml:"http://www.w3.org/2005/Atom entry"`
		}
		if err := xml.Unmarshal([]byte(got.body), &list); err != nil {
			t.Fatalf("%s: %d %q %v", query, got.status, got.body, err)
		}
		found := []string{}
		for _, entry := range list.Entries {
			found = append(found, entry.Properties.ID+" "+entry.Properties.Version)
		}
		if !slices.Equal(found, want) {
			t.Errorf("%s: %v, want %v", query, found, want)
		}
	}
}

func TestNuGetV2Counts(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	base += "/nuget/nuget-unapproved/"
	for path, want := range map[string]string{
		"Packages()/$count": "3", "Packages/$count?$filter=IsLatestVersion": "1", "Search()/$count?searchTerm='x'": "0",
	} {
		if got := get(t, base+strings.ReplaceAll(path, " ", "%20")); got.status != http.StatusOK || got.body != want {
			t.Errorf("%s: %d %q", path, got.status, got.body)
		}
	}
	if got := get(t, base+"Packages()?$top=1&$inlinecount=allpages"); !strings.Contains(got.body, "<m:count>3</m:count>") {
		t.Errorf("no count: %s", got.body)
	}
}

// NuGet's own client refuses a content element with an end tag, and a feed without metadata.
func TestNuGetV2AsItsOwnClientReadsIt(t *testing.T) {
	t.Parallel()
	_, base := start(t, Options{})
	base += "/nuget/nuget-legacy/"
	if got := get(t, base+"Packages"); strings.Contains(got.body, "</content>") || !strings.Contains(got.body, `xml:base="`+base+`"`) {
		t.Errorf("%s", got.body)
	}
	metadata := get(t, base+"$metadata").body
	var any struct{ XMLName xml.Name }
	if err := xml.Unmarshal([]byte(metadata), &any); err != nil || any.XMLName.Local != "Edmx" {
		t.Errorf("metadata %v %v", any, err)
	}
	var entry struct {
		Properties struct {
			Names []struct{ XMLName xml.Name } `xml:",any"`
		} `xml:"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata properties"`
	}
	if err := xml.Unmarshal([]byte(get(t, base+"Packages(Id='Acme.Legacy',Version='1.0')").body), &entry); err != nil {
		t.Fatal(err)
	}
	for _, property := range entry.Properties.Names {
		if !strings.Contains(metadata, `<Property Name="`+property.XMLName.Local+`"`) {
			t.Errorf("the metadata lacks %s", property.XMLName.Local)
		}
	}
}

func TestNuGetUnlisted(t *testing.T) {
	t.Parallel()
	s, base := start(t, Options{NoSamples: true})
	if err := s.AddFeed(Feed{Name: "f", Type: "nuget"}); err != nil {
		t.Fatal(err)
	}
	for version, unlisted := range map[string]bool{"1.0.0": false, "2.0.0": true} {
		p := Package{Name: "Acme", Version: version, FileName: "Acme." + version + ".nupkg", Unlisted: unlisted}
		if err := s.AddPackage("f", p); err != nil {
			t.Fatal(err)
		}
	}
	latest := get(t, base+"/nuget/f/Packages()?$filter=IsLatestVersion").body
	if !strings.Contains(latest, "Version='1.0.0'") && !strings.Contains(latest, "Version=&#39;1.0.0&#39;") || strings.Contains(latest, "2.0.0") {
		t.Errorf("latest: %s", latest)
	}
	if entry := get(t, base+"/nuget/f/Packages(Id='Acme',Version='2.0.0')").body; !strings.Contains(entry, ">1900-01-01T00:00:00Z<") {
		t.Errorf("entry: %s", entry)
	}
}

func TestV2FilterErrors(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "Id", "'x'", "'' and 0", "Id or IsLatestVersion", "not Id", "Id eq", "Id eq 'x' and", "(Id eq 'x'", "Id eq 'x')", "Id eq 'x", "Id eq 1", "not", "Size eq 1",
		"tolower(Id,Id) eq 'x'", "substringof('x')", "replace(Id,'a','b') eq 'x'", "tolower(Id eq 'x'", "IsLatestVersion eq 'true'",
		strings.Repeat("(", 100) + "IsLatestVersion" + strings.Repeat(")", 100),
	} {
		if _, err := parseV2Filter(text); err == nil {
			t.Errorf("%q is taken for a filter", text)
		}
	}
}

func FuzzV2Filter(f *testing.F) {
	for _, text := range []string{
		"Id eq 'a and b' and IsLatestVersion", "not (Id eq 'x' or startswith(Id,'y'))", "((substringof('a''b',tolower(Id))))", "Version ne '1.0.0'",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := parseV2Filter(text)
		if err != nil {
			return
		}
		row := v2Properties(&stored{Package: Package{Name: "Acme", Version: "1.0"}}, true, false)
		yes, isCondition := filter(row).(bool)
		negated, err := parseV2Filter("not (" + text + ")")
		if !isCondition || err != nil || negated(row) == yes {
			t.Errorf("%q is %v, and its negation %v, %v", text, yes, negated(row), err)
		}
	})
}

func FuzzSplitOutside(f *testing.F) {
	for _, text := range []string{"Id eq 'a and b' and IsLatestVersion", "Id='X',Version='1,0'", "'", "a''b", " and ", "x and and "} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, separator := range []string{",", " and "} {
			parts := splitOutside(text, separator)
			if strings.Join(parts, separator) != text {
				t.Errorf("%q was not cut at %q but changed: %q", text, separator, parts)
			}
		}
	})
}
