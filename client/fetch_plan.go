package client

import (
	"context"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/progetctl/progetctl/client/feedtype"
)

// fetching is one call of [DownloadsService.Fetch]: a transfer, or the several that
// an image takes, with what they share.
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
	f := &fetching{c: s.c, req: req, url: u, attempts: s.c.newAttempts(), wanted: wantedChecksums(req)}
	f.result.URL = s.c.scrub.url(u)
	if req.Verify == VerifyRequired && len(f.wanted) == 0 && req.Content.Image == nil {
		return nil, &Error{
			Kind: KindIntegrity, Message: "the feed publishes no checksum for this package, and one is required",
			Hint: "give one with --checksum, or fetch without --verify required",
		}
	}
	if req.Destination.Stream == nil {
		f.file = &fileSink{Destination: req.Destination, known: req.Content.FileName, from: u, same: f.holds, again: req.Annotation != nil}
	}
	if req.Annotation == nil {
		return f, nil
	}
	if _, err := DeploymentHeaders(*req.Annotation); err != nil {
		return nil, err
	}
	if !sameOrigin(u, s.c.base) {
		return nil, s.c.otherOriginError(u)
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
		c: f.c, url: u, accept: "*/*", name: f.req.Content.FileName, size: -1, note: f.req.Content.Note,
		into: into, hash: newHasher(wanted), attempts: f.attempts, result: &f.result,
	}
}

// content fetches a package that is one file.
func (f *fetching) content(ctx context.Context) error {
	t := f.transfer(f.url, f.sink(), f.wanted)
	t.annotation, t.progress = f.req.Annotation, f.req.Progress
	if f.req.Verify != VerifyOff {
		t.stated = statedSize{bytes: f.req.Content.Size, hashed: len(f.wanted) > 0}
	}
	verified, err := t.run(ctx)
	if err != nil || f.result.Existing {
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
		return asLocal(err)
	}
	f.result.File = f.file.path
	return nil
}

// holds reports whether the file at path is the package; for a plain download
// it describes it.
func (f *fetching) holds(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || len(f.wanted) == 0 {
		return false
	}
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	hash := newHasher(f.wanted)
	n, err := io.Copy(hash, file)
	if err != nil {
		return false
	}
	verified, err := hash.check()
	if err != nil {
		return false
	}
	if f.req.Annotation == nil {
		f.result.File, f.result.Existing, f.result.Bytes = path, true, n
		f.result.SHA256, f.result.Verified = hash.sha256(), verified
	}
	return true
}

// consequence gives the error of a fetch that failed the kind that follows
// from what is known of its deployment record.
func (f *fetching) consequence(err error) error {
	e := asLocal(err)
	if searched := f.req.Content.Search; searched != "" && e.Kind == KindNotFound {
		e.Hint = strings.TrimSuffix(f.c.scrub.text(searched)+"; "+e.Hint, "; ")
	}
	if doubt := f.req.Content.Doubt; e.Kind == KindNotFound && doubt != nil {
		e.Kind, e.Hint = KindUnavailable, "the package may exist under another address, which only the index knows"
		e.Message += "; and its index was refused: " + f.c.scrub.text(doubt.Error())
	}
	again := "to download the package again, leave out the deployment headers (the --deployment-* flags)"
	if e.Kind == KindIntegrity && e.Hint != "" {
		again = e.Hint + "; " + again
	}
	final := e.Kind == KindIntegrity || e.Kind == KindInterrupted
	switch f.result.Deployment {
	case DeploymentRecorded:
		if !final {
			e.Kind = KindPartial
		}
		e.Message += "; the deployment was recorded"
		e.Hint = again
	case DeploymentUncertain:
		if !final {
			e.Kind = KindUncertain
		}
		e.Message += "; the deployment may have been recorded"
		e.Hint = "check the package's history in ProGet; " + again
	}
	return e
}
