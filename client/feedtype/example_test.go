package feedtype_test

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
)

// documents is an index that holds its documents in memory; a real one asks a server.
type documents map[string]string

func (d documents) Fetch(_ context.Context, ref, _ string) (*feedtype.Document, error) {
	body, ok := d[ref]
	if !ok {
		return nil, fmt.Errorf("GET %s: %w", ref, feedtype.ErrNotFound)
	}
	return &feedtype.Document{URL: "https://proget.example/" + ref, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func Example() {
	index := documents{"npm/approved/left-pad": `{
		"dist-tags": {"latest": "1.3.0"},
		"versions": {"1.3.0": {"dist": {
			"tarball": "https://proget.example/npm/approved/left-pad/-/left-pad-1.3.0.tgz",
			"shasum": "5b8a3a7765dfe001261dde915589e782f8c94d1e"}}}}`}
	kind, err := feedtype.For(ecosystem.NPM)
	if err != nil {
		fmt.Println(err)
		return
	}
	pkg := ecosystem.Package{Type: ecosystem.NPM, Name: "left-pad", Version: feedtype.Latest}
	content, err := kind.Locate(context.Background(), index, "approved", pkg)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(content.Ref)
	fmt.Println(content.FileName, content.Version, content.Checksums[0])
	// Output:
	// https://proget.example/npm/approved/left-pad/-/left-pad-1.3.0.tgz
	// left-pad-1.3.0.tgz 1.3.0 sha1 (npm index)
}

func ExampleFor_unsupported() {
	_, err := feedtype.For(ecosystem.Bower)
	fmt.Println(err)
	// Output: packages of type "bower": cannot be fetched as one file: a Bower feed lists git repositories and holds no content
}

func ExampleQualifierError() {
	kind, err := feedtype.For(ecosystem.Debian)
	if err != nil {
		fmt.Println(err)
		return
	}
	pkg := ecosystem.Package{Type: ecosystem.Debian, Name: "tool", Version: "1.0", Qualifiers: map[string]string{"distro": "bookworm"}}
	_, err = kind.Locate(context.Background(), documents{}, "approved", pkg)
	fmt.Println(err)
	// Output: a package of type "deb" needs the qualifier "component", for example "component=main", and "arch", for example "arch=amd64"
}
