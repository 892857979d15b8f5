package client

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
)

// DownloadsService finds packages in feeds and fetches them.
type DownloadsService service

// Verify says what is checked of a package beside the caller's own checksums.
type Verify string

// The ways to verify.
const (
	VerifyAuto     Verify = "auto"     // what the feed's index publishes, if anything
	VerifyRequired Verify = "required" // fail if nothing is published to check against
	VerifyOff      Verify = "off"      // only the caller's checksums
)

// Verifications lists every way, the default first.
func Verifications() []Verify { return []Verify{VerifyAuto, VerifyRequired, VerifyOff} }

// DeploymentState is the outcome of the deployment record of a fetch.
type DeploymentState string

// The states of the record of an annotated fetch.
const (
	DeploymentNone      DeploymentState = ""          // none was asked for
	DeploymentRecorded  DeploymentState = "recorded"  // the server answered the annotated request with the package
	DeploymentUncertain DeploymentState = "uncertain" // it was sent and not answered
	DeploymentFailed    DeploymentState = "failed"    // it certainly left no record
)

// FetchRequest is one package to fetch.
type FetchRequest struct {
	Content     feedtype.Content    // from Locate or LocatePath
	Annotation  *Annotation         // nil for a plain download
	Checksums   []feedtype.Checksum // the caller's own
	Verify      Verify              // the zero value is VerifyAuto
	Destination Destination
	// Progress gets the size (-1 if unknown) when the content begins to arrive, and how many bytes
	// have come in all, which falls back when a transfer begins again. It may be nil.
	Progress func(done, size int64)
}

// Destination is where a package goes: a stream or a file.
type Destination struct {
	Stream io.Writer // takes the bytes as they come; nil for a file
	Folder string    // folder of the file; "" is the current one
	Name   string    // name of the file; "" takes the package's own
	// Overwrite replaces an existing file.
	Overwrite bool
}

// Fetched says how a fetch went. It is filled in next to an error, too.
type Fetched struct {
	File       string          // path of the file; "" for a stream
	URL        string          // the URL that was asked for, redacted
	Bytes      int64           // size of the content
	SHA256     string          // of the content, hex
	Verified   []string        // what was checked: "sha512 (npm index)"
	Warnings   []string        // what is odd about a package that was downloaded anyway
	Attempts   int             // requests for the content, annotated or not
	Resumed    bool            // the transfer broke and went on where it stopped
	Existing   bool            // the file existed already, with the published checksum
	Deployment DeploymentState // of an annotated fetch
	// DeploymentAttempts counts the requests that carried the annotation, the hops of a redirect as
	// one.
	DeploymentAttempts int
	// DeploymentError says why Deployment is uncertain or failed.
	DeploymentError *Error
}

// Locate finds where the content of a package is. It asks the feed's index only, never for the
// package. [KindNotFound] means that the index does not have it.
func (s *DownloadsService) Locate(ctx context.Context, feed string, pkg ecosystem.Package) (feedtype.Content, error) {
	protocol, err := feedtype.For(pkg.Type)
	if err != nil {
		return feedtype.Content{}, &Error{Kind: KindUsage, Message: err.Error(), Err: err}
	}
	content, err := askIndex(ctx, s.c, protocol, feed, pkg)
	if err != nil {
		return content, s.c.failures.notLocated(ctx, err)
	}
	u, err := s.c.resolveLink(content.Ref)
	if err != nil {
		return content, err
	}
	if !sameOrigin(u, s.c.base) {
		return content, s.c.failures.otherOrigin(u)
	}
	content.Ref = u.String()
	return content, nil
}

// LocatePath takes a path below the server's base URL as the content, asking nothing.
func (s *DownloadsService) LocatePath(ref string) (feedtype.Content, error) {
	content := feedtype.Content{Ref: strings.TrimPrefix(ref, "/"), Size: -1, FileName: pathFileName(ref)}
	u, err := s.c.resolve(content.Ref)
	if err != nil {
		return content, err
	}
	if strings.Contains(ref, "#") {
		return content, usageError("the path %q holds a #, which begins a fragment: write it as %%23", ref)
	}
	if strings.Contains(ref, "://") || strings.HasPrefix(ref, "//") || !sameOrigin(u, s.c.base) {
		return content, usageError("%q is not a path below the server's address", ref)
	}
	if strings.Trim(content.Ref, "/") == "" {
		return content, usageError("the path is empty")
	}
	content.Ref = u.String()
	return content, nil
}

// pathFileName is the name that an ecosystem gives a package whose path ends in its version instead
// of a file's name; "" for any other path.
func pathFileName(ref string) string {
	_, pkg := feedtype.ParsePath(ref)
	switch {
	case pkg.Version == "":
	case pkg.Type == ecosystem.NuGet:
		return pkg.Name + "." + pkg.Version + ".nupkg"
	case pkg.Type == ecosystem.Universal:
		return pkg.Name + "-" + pkg.Version + "." + universalExtension(ref)
	}
	return ""
}

// universalExtension is zip or tgz if a path asks for a universal package's content alone (Inedo
// docs, proget/api/universal-feed).
func universalExtension(ref string) string {
	_, query, _ := strings.Cut(ref, "?")
	// ASP.NET, by which ProGet reads them, ignores the case of names. What cannot be read is
	// skipped.
	parameters, _ := url.ParseQuery(strings.ToLower(query))
	if form := parameters.Get("contentonly"); form == "zip" || form == "tgz" {
		return form
	}
	return "upack"
}

// URL returns the URL of content as it may be shown.
func (s *DownloadsService) URL(content feedtype.Content) string {
	u, err := s.c.resolve(content.Ref)
	if err != nil {
		return ""
	}
	return s.c.scrub.url(u)
}

// Fetch fetches a package's content. The annotation, if any, goes on exactly one request; it is
// repeated only if that certainly did nothing. The file is written only when complete and verified.
// An image becomes a tar archive in the OCI image layout; the annotated request asks for its
// manifest once more, after all of it was fetched and checked.
//
// Kinds of error: [KindUsage] if the file exists already, [KindIntegrity] if a checksum or the
// length does not match, [KindPartial] if the deployment is recorded but the content could not be
// had, [KindUncertain] if neither is known.
func (s *DownloadsService) Fetch(ctx context.Context, req FetchRequest) (Fetched, error) {
	f, err := s.newFetching(req)
	if err != nil {
		return Fetched{}, err
	}
	if f.file != nil {
		defer f.file.close()
		err = f.file.prepare()
		if errors.Is(err, errExists) {
			f.result.describe(*f.file.existing)
			return f.result, nil
		}
		if err != nil {
			return f.result, localOrNil(err)
		}
	}
	download := f.content
	if req.Content.Image != nil {
		download = f.image
	}
	if err := download(ctx); err != nil {
		return f.result, f.consequence(err)
	}
	return f.result, nil
}
