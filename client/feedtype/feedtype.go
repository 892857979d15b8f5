package feedtype

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// Words instead of a version: [Protocol.Locate] resolves them to a concrete version. In a feed with
// tags of its own (npm) the word latest is that tag; elsewhere it is the newest version, and
// latest-stable the newest that is not a pre-release. Letters may have any case, except in Docker
// feeds, where the words are tags.
const (
	Latest       = "latest"
	LatestStable = "latest-stable"
)

// Index fetches the documents that describe packages, never the packages.
type Index interface {
	// Fetch asks for ref: relative to the server's base URL and escaped already
	// ("nuget/F/v3/index.json"), or absolute, as an index named it. An implementation must refuse
	// an absolute one that leaves the server's origin. accept is the Accept header, "" for any
	// type. A document that does not exist (404, 410) is an error that is [ErrNotFound]; any other
	// answer but 200 or 204 is a [*RefusedError]; no answer is another error. The caller closes
	// Body.
	Fetch(ctx context.Context, ref, accept string) (*Document, error)
}

// Prober is an [Index] that can also ask for a file without fetching it.
type Prober interface {
	// Missing reports whether the file at ref, as in [Index.Fetch], certainly does not exist (404,
	// 410). Whatever else the server answers is not certain.
	Missing(ctx context.Context, ref string) bool
}

// Document is one answer of an [Index].
type Document struct {
	URL         string      // absolute, after redirects: the document's links are relative to it
	ContentType string      // media type as the server wrote it, may be ""
	Header      http.Header // may be nil
	Body        io.ReadCloser
}

// Content says where the content of one version of a package is.
type Content struct {
	Ref       string     // the one request that fetches it: absolute, or relative to the server's base URL; escaped
	FileName  string     // the name its ecosystem gives it; perhaps from a server: not safe to use on a disk but as a base name
	Version   string     // as the feed spells it, else as asked for; "" for an asset
	Checksums []Checksum // what the feed publishes: one, or none
	Size      int64      // bytes, as the index states them; -1 if it does not
	Ignored   []string   // what was published as a checksum and is not one, each as a sentence
	Search    string     // where the version was looked for, if no index lists it and Ref is made from what was asked for; else ""
	Note      string     // what a person should know when a checksum does not match; may be ""
	Doubt     error      // why an index that the server has but did not give was skipped; nil if there is no such index
	Image     *Image     // not nil if Ref is the manifest of a container image, which names the parts that are its content
	guessed   bool       // no index lists the version
}

// Image has what is needed of a container image besides its manifest.
type Image struct {
	Repository string // with the feed: what a registry's token is for
	// Architecture, OS and Variant choose among the images of an index, in Go's words ("arm64",
	// "linux"); "" takes any.
	Architecture, OS, Variant string
}

// Checksum is a checksum that a feed publishes for a package's content.
type Checksum struct {
	Algorithm string   // sha256, sha512, sha384, sha1 or md5
	Sum       []byte   // raw, not hex
	Or        [][]byte // further ones, of which any may match instead; usually nil
	Source    string   // the document that it was read from: "npm index"
}

// Matches reports whether sum, of the same algorithm, is one that the feed publishes.
func (c Checksum) Matches(sum []byte) bool {
	return bytes.Equal(c.Sum, sum) || slices.ContainsFunc(c.Or, func(other []byte) bool { return bytes.Equal(other, sum) })
}

// String gives the algorithm and the source: "sha512 (npm index)".
func (c Checksum) String() string { return c.Algorithm + " (" + c.Source + ")" }

// ErrNotFound is in the chain of an error if the feed, the package or this version of it does not
// exist.
var ErrNotFound = errors.New("not found")

// ErrUnsupported is in the chain of an error if packages of this type can't be fetched as one file.
var ErrUnsupported = errors.New("cannot be fetched as one file")

// Protocol is the protocol of one type of feed. Get one from [For].
type Protocol struct {
	Type   ecosystem.Type
	locate locator
}

// locator is what each protocol's file provides. Its package has passed [check].
type locator func(ctx context.Context, q query) (Content, error)

// query is one question to a feed: everything that a locator works with.
type query struct {
	Index
	feed  string // escaped path segment
	pkg   ecosystem.Package
	doubt *error // the first that [query.refusable] did without
	list  *work  // what the documents of one list take together; nil if each has its own bounds
}

// Locate finds the content of pkg in feed. It asks ix for index documents only. Errors:
// [ErrNotFound] when an index has no such package or version, [*QualifierError], [*NameError], what
// ix returned, and what is wrong with a document.
func (k Protocol) Locate(ctx context.Context, ix Index, feed string, pkg ecosystem.Package) (Content, error) {
	if err := check(k.Type, feed, pkg); err != nil {
		return Content{}, err
	}
	if word := strings.ToLower(pkg.Version); isLatest(word) && k.Type != ecosystem.Docker { // whose tags have a case
		pkg.Version = word
	}
	var doubt error
	seen := &trail{Index: ix}
	content, err := k.locate(ctx, query{Index: seen, feed: escape(feed), pkg: pkg, doubt: &doubt})
	if missing, ok := errors.AsType[*MissingError](err); ok {
		missing.Looked, missing.Absent = seen.looked, seen.absent
		err = missing // the document is named in it
	}
	if doubt != nil && errors.Is(err, ErrNotFound) {
		err = doubt
	}
	if content.guessed && content.Search == "" {
		content.Search = seen.String()
	}
	if err == nil && isLatest(content.Version) && (k.Type != ecosystem.Docker || content.Version != Latest) {
		err = fmt.Errorf("the index does not say which version %q is", content.Version) // the word is not to be recorded
	}
	if err == nil && content.Version != pkg.Version && k.Type != ecosystem.Asset { // a server chose it
		err = checkPublished("version", content.Version)
	}
	if err != nil {
		return Content{}, err
	}
	content.Doubt = doubt
	content.FileName = safeFileName(k.Type, pkg, content)
	return content, nil
}
