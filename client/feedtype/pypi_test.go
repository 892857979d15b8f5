package feedtype

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

var pypiProject = `<!DOCTYPE html><html><head><title>Links</title></head><body><h1>my.project</h1>
<a href="../../files/my_project-1.0-py3-none-any.whl#sha256=` + fill(1, 32) + `" data-requires-python="&gt;=3.8">my_project-1.0-py3-none-any.whl</a><br/>
<a href="../../files/my-project-1.0.tar.gz#sha256=` + fill(2, 32) + `">my-project-1.0.tar.gz</a>
<a href="/pg/f/my_project-1.10-cp312-cp312-linux_x86_64.whl">my_project-1.10-cp312-cp312-linux_x86_64.whl</a>
<a href="/pg/f/my_project-1.10-cp312-cp312-win_amd64.whl#md5=` + fill(3, 16) + `"> my_project-1.10-cp312-cp312-win_amd64.whl
</a>
<a href="f/my_project-1.9.tar.gz">my_project-1.9.tar.gz</a>
<a href="f/my_project-3.0rc1.tar.gz?a=1&amp;b=2">my_project-3.0rc1.tar.gz</a>
<a href="f/my_project-4.0.tar.gz" data-yanked="">my_project-4.0.tar.gz</a>
<a href="f/other-5.0.tar.gz">other-5.0.tar.gz</a><a>my_project-0.6.zip</a><a href="x"></a>`

var pypiJSON = `{"meta": {"api-version": "1.1"}, "name": "my-project", "files": [
 {"filename": "my_project-1.0-py3-none-any.whl", "url": "https://proget.example/pg/f/x.whl", "hashes": {"md5": "` + fill(9, 16) + `", "sha256": "` + fill(1, 32) + `"}, "size": 5, "yanked": false},
 {"filename": "my_project-2.0.tar.gz", "url": "y.tgz", "hashes": {}, "yanked": "broken"}]}`

func TestPyPI(t *testing.T) {
	t.Parallel()
	const ref = "pypi/feed/simple/my-project/"
	page := map[string]string{ref: pypiProject}
	project := func(version, file string) ecosystem.Package {
		p := ecosystem.Package{Type: ecosystem.PyPI, Name: "My__Project", Version: version}
		if file != "" {
			p.Qualifiers = map[string]string{"file_name": file}
		}
		return p
	}
	content := func(version, ref, file string) Content {
		return Content{Ref: "https://proget.example/pg/" + ref, FileName: file, Version: version, Size: -1}
	}
	old := project("1.10", "")
	old.Qualifiers = map[string]string{"file": "MY_project-1.10-cp312-cp312-win_amd64.whl"}
	runLocate(t, []locateTest{
		{
			name:  "the wheel for all",
			pkg:   project("1.0.0", ""),
			pages: page,
			asked: []string{ref},
			want:  content("1.0", "pypi/feed/files/my_project-1.0-py3-none-any.whl", "my_project-1.0-py3-none-any.whl"),
			sums:  "sha256:" + fill(1, 32) + " (pypi index)",
		},
		{
			name:  "source by name",
			pkg:   project("1.0", "my-project-1.0.tar.gz"),
			pages: page,
			want:  content("1.0", "pypi/feed/files/my-project-1.0.tar.gz", "my-project-1.0.tar.gz"),
			sums:  "sha256:" + fill(2, 32) + " (pypi index)",
		},
		{name: "name of another version", pkg: project("1.1", "my-project-1.0.tar.gz"), pages: page, is: ErrNotFound},
		{
			name:  "another file of the version",
			pkg:   project("1.0", "my_project-1.0-cp312-cp312-win_amd64.whl"),
			pages: page,
			is:    ErrNotFound,
			fails: "it exists for file_name my-project-1.0.tar.gz, my_project-1.0-py3-none-any.whl",
		},
		{
			name:  "several wheels",
			pkg:   project("1.10", ""),
			pages: page,
			fails: `the qualifier "file_name", for example "file_name=my_project-1.10-cp312-cp312-linux_x86_64.whl"`,
		},
		{
			name:  "ProGet's qualifier",
			pkg:   old,
			pages: page,
			want:  content("1.10", "f/my_project-1.10-cp312-cp312-win_amd64.whl", "my_project-1.10-cp312-cp312-win_amd64.whl"),
			sums:  "md5:" + fill(3, 16) + " (pypi index)",
		},
		{
			name:  "latest is not yanked",
			pkg:   project("latest", ""),
			pages: page,
			want:  content("3.0rc1", "pypi/feed/simple/my-project/f/my_project-3.0rc1.tar.gz?a=1&b=2", "my_project-3.0rc1.tar.gz"),
		},
		{
			name:  "latest stable with a file",
			pkg:   project("latest-stable", "my_project-1.9.tar.gz"),
			pages: page,
			want:  content("1.9", "pypi/feed/simple/my-project/f/my_project-1.9.tar.gz", "my_project-1.9.tar.gz"),
		},
		{
			name:  "yanked by number",
			pkg:   project("4.0", ""),
			pages: page,
			want:  content("4.0", "pypi/feed/simple/my-project/f/my_project-4.0.tar.gz", "my_project-4.0.tar.gz"),
		},
		{name: "no link", pkg: project("0.6", ""), pages: page, fails: "version 0.6: the link to the content is empty"},
		{name: "no such project", pkg: project("1.0", ""), is: ErrNotFound},
		{name: "no versions", pkg: project("latest", ""), pages: map[string]string{ref: "<html></html>"}, is: ErrNotFound},
	})
}

func TestPyPIChoices(t *testing.T) {
	t.Parallel()
	_, err := locatePyPI(t.Context(), query{
		Index: serve(map[string]string{"pypi/feed/simple/my-project/": pypiProject}),
		feed:  "feed",
		pkg:   ecosystem.Package{Type: ecosystem.PyPI, Name: "my-project", Version: "1.10"},
	})
	var needed *QualifierError
	if !errors.As(err, &needed) || needed.Key != "file_name" || len(needed.Choices) != 2 || !slices.Contains(needed.Choices, needed.Example) {
		t.Errorf("error %v", err)
	}
}

// TestPyPILinks: the link names the file and says where it is, the text of the link does not; a
// base element and several parameters behind the # are seen to.
func TestPyPILinks(t *testing.T) {
	t.Parallel()
	sum := "sha256=" + fill(1, 32)
	for _, test := range []struct {
		name, page, ref, file string // ref and file "" if it is not found
		summed                bool
	}{
		{"text that is cut", `<a href="f/my_project-1.0-py3-none-any.whl#` + sum + `">my_project-1.0-py3-no&hellip;</a>`, "pypi/feed/simple/my-project/f/my_project-1.0-py3-none-any.whl", "my_project-1.0-py3-none-any.whl", true},
		{"text of another file", `<a href="f/my_project-1.0.zip">my_project-2.0.zip</a>`, "pypi/feed/simple/my-project/f/my_project-1.0.zip", "my_project-1.0.zip", false},
		{"text inside of an element", `<a href="f/my_project-1.0.zip"><b>my_project</b></a>`, "pypi/feed/simple/my-project/f/my_project-1.0.zip", "my_project-1.0.zip", false},
		{"no text", `<a href="f/my_project-1.0.zip"/>`, "pypi/feed/simple/my-project/f/my_project-1.0.zip", "my_project-1.0.zip", false},
		{"link without a name", `<a href="get?id=7#` + sum + `"> my_project-1.0.zip </a>`, "pypi/feed/simple/my-project/get?id=7", "my_project-1.0.zip", true},
		{"escaped", `<a href="f/my_project-1.0%2Blocal.1.zip">x</a><a href="f/my%5Fproject-1.0.zip">y</a>`, "pypi/feed/simple/my-project/f/my%5Fproject-1.0.zip", "my_project-1.0.zip", false},
		{"base", `<head><base href="/pg/files/"/><base href="/other/"></head><a href="my_project-1.0.zip">x</a>`, "files/my_project-1.0.zip", "my_project-1.0.zip", false},
		{"base without an address", `<base target="_blank"><a href="my_project-1.0.zip">x</a>`, "pypi/feed/simple/my-project/my_project-1.0.zip", "my_project-1.0.zip", false},
		{"relative base", `<BASE HREF="../../files/x"><a href="my_project-1.0.zip">x</a>`, "pypi/feed/files/my_project-1.0.zip", "my_project-1.0.zip", false},
		{"absolute link under a base", `<base href="/x/"><a href="https://proget.example/pg/my_project-1.0.zip">x</a>`, "my_project-1.0.zip", "my_project-1.0.zip", false},
		{"base that is not http", `<base href="file:///etc/"><a href="my_project-1.0.zip">x</a>`, "", "", false},
		{"checksum before an egg", `<a href="my_project-1.0.zip#` + sum + `&amp;egg=my_project">x</a>`, "pypi/feed/simple/my-project/my_project-1.0.zip", "my_project-1.0.zip", true},
		{"checksum behind an egg", `<a href="my_project-1.0.zip#egg=my_project&amp;SHA256=` + fill(1, 32) + `">x</a>`, "pypi/feed/simple/my-project/my_project-1.0.zip", "my_project-1.0.zip", true},
		{"an egg alone", `<a href="my_project-1.0.zip#egg=my_project">x</a>`, "pypi/feed/simple/my-project/my_project-1.0.zip", "my_project-1.0.zip", false},
		{"checksum of the metadata", `<a href="my_project-1.0.zip" data-dist-info-metadata="` + sum + `" data-core-metadata="` + sum + `">x</a>`, "pypi/feed/simple/my-project/my_project-1.0.zip", "my_project-1.0.zip", false},
		{"a signature beside it", `<a href="my_project-1.0.zip.asc">x</a><a href="my_project-1.0.zip">x</a>`, "pypi/feed/simple/my-project/my_project-1.0.zip", "my_project-1.0.zip", false},
		{"listed twice", `<a href="a/my_project-1.0.zip">x</a><a href="b/my_project-1.0.zip">x</a>`, "pypi/feed/simple/my-project/a/my_project-1.0.zip", "my_project-1.0.zip", false},
		{"a wheel listed twice", `<a href="my_project-1.0.zip">x</a><a href="a/my_project-1.0-py3-none-any.whl">x</a><a href="b/my_project-1.0-py3-none-any.whl">x</a>`, "pypi/feed/simple/my-project/a/my_project-1.0-py3-none-any.whl", "my_project-1.0-py3-none-any.whl", false},
		{"two files", `<a href="my_project-1.0.zip">x</a><a href="my_project-1.0.tgz">x</a>`, "", "", false},
		{"JSON in the name of HTML", `{"files": [{"url": "my_project-1.0.zip", "hashes": {"SHA256": "` + fill(1, 32) + `"}, "core-metadata": {"sha256": "x"}}]}`, "pypi/feed/simple/my-project/my_project-1.0.zip", "my_project-1.0.zip", true},
	} {
		got, err := Protocol{ecosystem.PyPI, locatePyPI}.Locate(t.Context(), serve(map[string]string{"pypi/feed/simple/my-project/": test.page}), "feed",
			ecosystem.Package{Type: ecosystem.PyPI, Name: "my-project", Version: "1.0"})
		if (err != nil) != (test.ref == "") || err == nil && (got.Ref != "https://proget.example/pg/"+test.ref || got.FileName != test.file || (len(got.Checksums) == 1) != test.summed) {
			t.Errorf("%s: %+v, %v", test.name, got, err)
		}
	}
}

func TestPyPIJSON(t *testing.T) {
	t.Parallel()
	index := serve(nil)
	index.pages["pypi/feed/simple/my-project/"] = page{body: pypiJSON, contentType: "application/vnd.pypi.simple.v1+json"}
	kind, err := For(ecosystem.PyPI)
	if err != nil {
		t.Fatal(err)
	}
	got, err := kind.Locate(t.Context(), index, "feed", ecosystem.Package{
		Type:    ecosystem.PyPI,
		Name:    "my_project",
		Version: "latest",
	})
	if err != nil {
		t.Fatal(err)
	}
	checkContent(t, got, locateTest{
		sums: "sha256:" + fill(1, 32) + " (pypi index)",
		want: Content{
			Ref:      "https://proget.example/pg/f/x.whl",
			FileName: "my_project-1.0-py3-none-any.whl",
			Version:  "1.0",
			Size:     5,
		},
	})
}

// TestPagesForPeople: a sign-in form is not an index without the version.
func TestPagesForPeople(t *testing.T) {
	t.Parallel()
	const file = `<a href="my_project-2.0.zip">x</a>`
	for _, test := range []struct {
		name, page string
		form       bool
	}{
		{"a form", `<html><form action="/log-in"><input type="password"></form></html>`, true},
		{"an application", `<!DOCTYPE html><div id="root"></div><script src="/app.js"></script>`, true},
		{"a form with links", `<a href="/forgot">x</a><FORM></FORM><a href="/">Home</a>`, true},
		{"an empty index", `<!DOCTYPE html><html><head><title>Links</title></head><body></body></html>`, false},
		{"an index with other versions", file, false},
		{"an index with a search form", `<form></form>` + file + `<script>x</script>`, false},
	} {
		_, err := Protocol{ecosystem.PyPI, locatePyPI}.Locate(t.Context(), serve(map[string]string{"pypi/feed/simple/my-project/": test.page}), "feed",
			ecosystem.Package{Type: ecosystem.PyPI, Name: "my-project", Version: "1.0"})
		if errors.Is(err, errForPeople) != test.form || errors.Is(err, ErrNotFound) == test.form {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

// TestIsSimplePage: a server may redirect to another spelling of the name, or to a file in its
// folder.
func TestIsSimplePage(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://h/pypi/f/simple/my-project/": true, "https://h/simple/My.Project": true, "https://h/simple/my_project/index.html": true,
		"https://h/log-in?return=/simple/my-project/": false, "https://h/": false, "": false, "https://h/%zz": false, "https://h/simple/my-project2/": false,
	} {
		if got := isSimplePage(address, "my-project"); got != want {
			t.Errorf("%s: %v", address, got)
		}
	}
	files := newPyPIFiles(ecosystem.Package{Type: ecosystem.PyPI, Name: "my-project", Version: "1.0"})
	if err := readSimple(&Document{URL: "https://h/log-in"}, strings.NewReader("<html>Welcome</html>"), files); !errors.Is(err, errForPeople) {
		t.Error(err)
	}
	if err := readSimple(&Document{URL: "https://h/mirror"}, strings.NewReader(`<a href="my_project-1.0.zip">x</a>`), files); err != nil || len(files.kept) != 1 {
		t.Errorf("%v, %d files", err, len(files.kept))
	}
}

// TestPyPIMislabelled: the first byte says what a page is, whatever its type says.
func TestPyPIMislabelled(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ contentType, body string }{
		{"application/vnd.pypi.simple.v1+json", ` <a href="my_project-1.0.zip">x</a>`},
		{"text/html", ` {"files": [{"url": "my_project-1.0.zip"}]}`},
	} {
		index := serve(nil)
		index.pages["pypi/feed/simple/my-project/"] = page{body: test.body, contentType: test.contentType}
		got, err := Protocol{ecosystem.PyPI, locatePyPI}.Locate(t.Context(), index, "feed", ecosystem.Package{Type: ecosystem.PyPI, Name: "my-project", Version: "1.0"})
		if err != nil || got.FileName != "my_project-1.0.zip" {
			t.Errorf("%s: %+v, %v", test.contentType, got, err)
		}
	}
}

func TestPyPIVersion(t *testing.T) {
	t.Parallel()
	tests := []struct{ project, file, want string }{
		{"tool", "tool-1.0.tar.gz", "1.0"},
		{"tool", "Tool-1.0-1-py3-none-any.whl", "1.0"},
		{"my.tool", "my_tool-1.0+local.1-py3-none-any.whl", "1.0+local.1"},
		{"my-tool", "my-tool-1.0.post1.zip", "1.0.post1"},
		{"tool", "tool-extra-1.0.zip", "extra-1.0"},
		{"tool", "tool-1.0-py3.12.egg", "1.0"},
		{"tool", "tool-1.0.win32.exe", "1.0.win32"},
		{"_tool", "_tool-1.0.zip", "1.0"},
		{"tool", "_tool-1.0.zip", ""},
		{"tool", "other-1.0.zip", ""},
		{"tool", "tool.zip", ""},
		{"tool", "tool-1.0.txt", ""},
		{"tool", "tool-1.0.TAR.Gz", "1.0"},
		{"tool", "\u023a\u023a\u023a\u023a\u023a\u023a\u023a\u023a.tar.gz", ""}, // longer in lower case
		{"\u212aool", "tool-\u212a\u212a.WHL", ""},
		{"tool", ".zip", ""},
		{"tool", "zip", ""},
		{"tool", "", ""},
	}
	for _, test := range tests {
		if got := pypiVersion(test.project, test.file); got != test.want {
			t.Errorf("pypiVersion(%q, %q) = %q, want %q", test.project, test.file, got, test.want)
		}
	}
}

func TestSimplePageBounds(t *testing.T) {
	t.Parallel()
	err := readSimpleHTML(strings.NewReader("<a href="+strings.Repeat("x", maxTokenBytes+1)+">"), &pypiFiles{}, false)
	if !errors.Is(err, errTooLarge) {
		t.Error("a tag of more than a MiB was read")
	}
}

func FuzzPyPI(f *testing.F) {
	f.Add(pypiProject, "latest", false)
	f.Add(pypiJSON, "1.0", true)
	f.Fuzz(func(t *testing.T, document, version string, asJSON bool) {
		doc := &Document{URL: "https://proget.example/", ContentType: "text/html"}
		if asJSON {
			doc.ContentType = "application/json"
		}
		files := newPyPIFiles(ecosystem.Package{Type: ecosystem.PyPI, Name: "my-project", Version: version})
		if err := readSimple(doc, strings.NewReader(document), files); err != nil {
			return
		}
		if link, err := files.resolve(doc, pypiFile{link: "x"}); err == nil && !strings.HasPrefix(link, "http") {
			t.Errorf("resolved to %q", link)
		}
		file, err := files.pick()
		if err == nil && (checkPart("file", file.name) != nil || len(file.name) > maxFileNameBytes) {
			t.Errorf("chose %q", file.name)
		}
	})
}

// TestKeptHashes: of the hashes of a file, of which a page may have any number, only those are kept
// that are known.
func TestKeptHashes(t *testing.T) {
	t.Parallel()
	const page = `{"files": [{"filename": "a", "hashes": {"SHA-256": "1", "s-ha256": "2", "sha_256": "  ", "x": "3", "md5": "4"}}]}`
	err := readSimpleJSON(strings.NewReader(page), func(f pypiFile) error {
		if want := map[string]string{"sha256": "2", "md5": "4"}; !maps.Equal(f.hashes, want) {
			t.Errorf("%v", f.hashes)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
