package nupkg

import (
	"archive/zip"
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/sandbox/archive"
)

func TestBuildAndRead(t *testing.T) {
	t.Parallel()
	for _, id := range []Identity{{"Acme.Web", "1.0.0"}, {"A&B<c>", "1.0-beta+x"}, {"日本", "1"}} {
		content, err := Build(id, "For <testing> & more")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Read(content); err != nil || got != id {
			t.Errorf("read %+v, %v, want %+v", got, err, id)
		}
	}
}

func TestBuildHasTheParts(t *testing.T) {
	t.Parallel()
	content, err := Build(Identity{"Acme.Web", "1.0.0"}, "x")
	if err != nil {
		t.Fatal(err)
	}
	reader, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range reader.File {
		names = append(names, file.Name)
	}
	if !slices.Equal(names, []string{"_rels/.rels", "Acme.Web.nuspec", "[Content_Types].xml", "content/readme.txt"}) {
		t.Errorf("parts %v", names)
	}
	relations, err := reader.Open("_rels/.rels")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(relations)
	if err != nil || !strings.Contains(string(text), `Target="/Acme.Web.nuspec"`) {
		t.Errorf("%s %v", text, err)
	}
}

func TestBuildIsReproducible(t *testing.T) {
	t.Parallel()
	one, err := Build(Identity{"Acme.Web", "1.0.0"}, "x")
	if err != nil {
		t.Fatal(err)
	}
	two, err := Build(Identity{"Acme.Web", "1.0.0"}, "x")
	if err != nil || !bytes.Equal(one, two) {
		t.Errorf("two builds differ, %v", err)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	none, err := archive.Zip(archive.File{Name: "readme.txt", Content: "x"}, archive.File{Name: "sub/x.nuspec", Content: "<package/>"})
	if err != nil {
		t.Fatal(err)
	}
	broken, err := archive.Zip(archive.File{Name: "x.nuspec", Content: "<package><metadata>"})
	if err != nil {
		t.Fatal(err)
	}
	blank, err := archive.Zip(archive.File{Name: "x.nuspec", Content: "<package><metadata><id> </id><version>1</version></metadata></package>"})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"empty": nil, "text": []byte("hello"), "no nuspec": none,
		"broken": broken, "blank": blank} {
		if id, err := Read(content); err == nil {
			t.Errorf("%s: read as %+v", name, id)
		}
	}
}

func FuzzRead(f *testing.F) {
	content, err := Build(Identity{"Acme.Web", "1.0.0"}, "x")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content)
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, content []byte) {
		id, err := Read(content)
		if (err == nil) != (id != Identity{}) || err == nil && (id.ID == "" || id.Version == "") {
			t.Errorf("%+v with error %v", id, err)
		}
	})
}
