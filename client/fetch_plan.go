package client

import (
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/progetctl/progetctl/client/feedtype"
)

// fetching is one call of [DownloadsService.Fetch]: a transfer, or the several that an image takes,
// with what they share.
type fetching struct {
	c        *Client
	req      FetchRequest
	url      *url.URL
	attempts *attempts
	file     *fileSink // nil for a stream
	wanted   []feedtype.Checksum
	result   Fetched
}

func (s *DownloadsService) newFetching(req FetchRequest) (*fetching, error) {
	u, err := s.c.resolve(req.Content.Ref)
	if err != nil {
		return nil, err
	}
	f := &fetching{c: s.c, req: req, url: u, attempts: newAttempts(s.c), wanted: wantedChecksums(req)}
	f.result.URL = s.c.scrub.url(u)
	if req.Verify == VerifyRequired && len(f.wanted) == 0 && req.Content.Image == nil {
		return nil, &Error{
			Kind: KindIntegrity, Reason: ReasonNoChecksum, Message: "the feed publishes no checksum for this package, and one is required",
		}
	}
	if req.Destination.Stream == nil {
		f.file = &fileSink{Destination: req.Destination, known: req.Content.FileName, from: u, same: f.existing, again: req.Annotation != nil}
	}
	if req.Annotation == nil {
		return f, nil
	}
	if _, err := DeploymentHeaders(*req.Annotation); err != nil {
		return nil, err
	}
	if !sameOrigin(u, s.c.base) {
		return nil, s.c.failures.otherOrigin(u)
	}
	f.result.Deployment = DeploymentFailed
	return f, nil
}

// sink is where the package goes.
func (f *fetching) sink() sink {
	if f.file == nil {
		return &streamSink{w: f.req.Destination.Stream}
	}
	return f.file
}

// transfer begins a transfer of this fetch.
func (f *fetching) transfer(u *url.URL, into sink, wanted []feedtype.Checksum) *transfer {
	return &transfer{
		c: f.c, url: u, accept: "*/*", name: f.req.Content.FileName, size: -1, state: askAll, note: f.req.Content.Note,
		into: into, hash: newHasher(wanted), attempts: f.attempts, result: &f.result,
	}
}

// content fetches a package that is one file.
func (f *fetching) content(ctx context.Context) error {
	t := f.transfer(f.url, f.sink(), f.wanted)
	t.annotate(f.req.Annotation)
	t.progress = f.req.Progress
	if f.req.Verify != VerifyOff {
		t.stated = statedSize{bytes: f.req.Content.Size, hashed: len(f.wanted) > 0}
	}
	verified, err := t.run(ctx)
	if errors.Is(err, errExists) {
		f.result.describe(*f.file.existing)
		return nil
	}
	if err != nil {
		return err
	}
	f.result.Bytes, f.result.SHA256, f.result.Verified = t.offset, t.hash.sha256(), verified
	return f.commit()
}

// commit gives the file its name.
func (f *fetching) commit() error {
	if f.file == nil {
		return nil
	}
	if err := f.file.commit(); err != nil {
		return localError(err)
	}
	f.result.File = f.file.path
	return nil
}

// existing is a file that holds the package already.
type existing struct {
	path     string
	bytes    int64
	sha256   string // hex
	verified []string
}

// describe makes f the result of a package that needs no download.
func (f *Fetched) describe(e existing) {
	f.File, f.Existing, f.Bytes, f.SHA256, f.Verified = e.path, true, e.bytes, e.sha256, e.verified
}

// existing reports whether the file at path is the package. Without a checksum, that can't be
// known.
func (f *fetching) existing(path string) (existing, bool) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || len(f.wanted) == 0 {
		return existing{}, false
	}
	file, err := os.Open(path)
	if err != nil {
		return existing{}, false
	}
	defer func() { _ = file.Close() }()
	hash := newHasher(f.wanted)
	n, err := io.Copy(hash, file)
	if err != nil {
		return existing{}, false
	}
	verified, err := hash.check()
	return existing{path, n, hash.sha256(), verified}, err == nil
}

// consequence gives the error of a fetch that failed the kind that follows from what is known of
// its deployment record.
func (f *fetching) consequence(err error) error {
	e := localError(err)
	if f.req.Content.Image == nil { // whose parts are searched for
		e = f.withSearch(e)
	}
	switch f.result.Deployment {
	case DeploymentRecorded:
		return e.recorded(KindPartial, ReasonRecorded)
	case DeploymentUncertain:
		return e.recorded(KindUncertain, ReasonMaybeRecorded)
	}
	return e
}

// withSearch adds to a package that was not found where it was looked for, behind what to do about
// it.
func (f *fetching) withSearch(e *Error) *Error {
	searched, doubt := f.req.Content.Search, f.req.Content.Doubt
	switch {
	case e.Kind != KindNotFound:
		return e
	case doubt != nil:
		return e.with(func(e *Error) {
			e.Kind, e.Hint = KindUnavailable, "the package may exist under another address, which only the index has"
			e.Message += "; and its index was refused: " + f.c.scrub.text(doubt.Error())
		})
	case searched != "":
		return e.with(func(e *Error) { e.Hint = strings.TrimPrefix(e.Hint+"; "+f.c.scrub.text(searched), "; ") })
	}
	return e
}

// recorded is the error of a download that failed with e after its deployment was recorded, or may
// have been. What a checksum or an interruption says is worse than that.
func (e *Error) recorded(kind Kind, reason Reason) *Error {
	return e.with(func(after *Error) {
		after.Err, after.Reason = e, reason
		after.Message += "; " + string(reason)
		if e.Kind != KindIntegrity {
			after.Hint = ""
		}
		if e.Kind != KindIntegrity && e.Kind != KindInterrupted {
			after.Kind = kind
		}
	})
}
