package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/progetctl/progetctl/client/feedtype"
)

// image is a container image that is being fetched: what its manifests say, in the order in which
// they came.
type image struct {
	*fetching
	out       sink
	token     Secret
	manifests []part
	size      int // bytes of all manifests that were fetched
	blobs     []descriptor
	small     map[string][]byte // blobs that were fetched to look at them
	published []string          // what of the manifest was checked
	seen      map[string]int64  // the size of each digest
	asked     int               // how many manifests were asked for, also those that are missing
}

// part is a manifest with its bytes.
type part struct {
	descriptor
	raw []byte
}

// image fetches an image: the manifest of the reference and then whatever that points to
// (distribution-spec, pull). The annotated request comes last: only then is it known that the image
// can be had at all.
func (f *fetching) image(ctx context.Context) error {
	m := &image{fetching: f, out: f.sink(), small: map[string][]byte{}}
	var err error
	if m.token, err = (registryAuth{f.c}).forScope(ctx, m.scope()); err != nil {
		return err
	}
	top, err := m.top(ctx, nil)
	if err != nil {
		return m.withSearch(localError(err))
	}
	if err := m.fill(ctx, top); err != nil {
		return err
	}
	if f.req.Annotation != nil {
		if err := m.record(ctx, top); err != nil {
			return err
		}
	}
	return m.commit()
}

// fill fetches all that the manifest top points to.
func (m *image) fill(ctx context.Context, top part) error {
	m.manifests, m.blobs, m.seen, m.size, m.asked = nil, nil, map[string]int64{}, len(top.raw), 0
	chosen, err := m.choose(ctx, top)
	if err != nil {
		return err
	}
	if err := m.collect(ctx, chosen, 1); err != nil {
		return err
	}
	return m.write(ctx, chosen)
}

// record fetches the manifest top once more, with the annotation. If the tag names another image by
// now, that is the one that was recorded.
func (m *image) record(ctx context.Context, top part) error {
	again, err := m.top(ctx, m.req.Annotation)
	switch {
	case err == nil && again.Digest == top.Digest:
		return nil
	case err != nil && m.result.Deployment == DeploymentUncertain && KindOf(err) != KindInterrupted:
		return nil // the image is whole, whatever the outcome of the request
	case err != nil:
		return err
	case !m.out.restart():
		return &Error{
			Kind: KindUnavailable, Method: http.MethodGet, URL: m.result.URL,
			Message: fmt.Sprintf("the tag names another image since: %s instead of %s", again.Digest, top.Digest),
		}
	}
	return m.fill(ctx, again)
}

// scope is what the token must be good for.
func (m *image) scope() string { return pullScope(m.req.Content.Image.Repository) }

// run runs the transfer of a manifest or a part, if need be with a new token: one lasts some
// minutes, and a large image longer. What was refused for its token certainly did nothing.
func (m *image) run(ctx context.Context, t *transfer) (verified []string, err error) {
	verified, err = t.run(ctx)
	challenge, ok := bearerRealm(err)
	if !ok {
		return verified, err
	}
	challenge["scope"] = m.scope()
	if m.token, err = (registryAuth{m.c}).token(ctx, challenge); err != nil {
		return nil, err
	}
	t.token = m.token
	return t.run(ctx)
}

// top fetches the manifest that the user named.
func (m *image) top(ctx context.Context, annotation *Annotation) (part, error) {
	into := &memorySink{limit: manifestLimit}
	var wanted []feedtype.Checksum
	if sum, err := (descriptor{Digest: m.req.Content.Version}).checksum(); err == nil {
		sum.Source = "reference"
		wanted = append(wanted, sum)
	}
	t := m.transfer(m.url, into, wanted)
	t.token, t.accept = m.token, strings.Join(manifestTypes(), ", ")
	t.annotate(annotation)
	if annotation != nil {
		m.attempts.made-- // the image was here at the first attempt
	}
	verified, err := m.run(ctx, t)
	if err != nil {
		return part{}, err
	}
	p := part{descriptor{Digest: "sha256:" + t.hash.sha256(), Size: t.offset, MediaType: t.began.Get("Content-Type")}, into.Bytes()}
	said, err := checkDigests(t.began.Values("Docker-Content-Digest"), p.raw)
	if err != nil {
		return part{}, t.mismatch(err)
	}
	if !t.elsewhere { // only the registry can say what its tag means
		verified = append(verified, said...)
	}
	if len(verified) == 0 && m.req.Verify == VerifyRequired {
		return part{}, t.mismatch(errors.New("the registry states no digest of the manifest, and one is required"))
	}
	m.published = verified
	return p, nil
}

// part begins the transfer of a part by its digest.
func (m *image) part(d descriptor, kind string, into sink) (*transfer, error) {
	sum, err := d.checksum()
	if err != nil {
		return nil, err
	}
	u := *m.url
	path := u.EscapedPath()
	u.RawPath = path[:strings.LastIndex(path, "/manifests/")] + "/" + kind + "/" + d.Digest
	u.Path = u.Path[:strings.LastIndex(u.Path, "/manifests/")] + "/" + kind + "/" + d.Digest
	t := m.transfer(&u, into, []feedtype.Checksum{sum})
	t.name, t.token, t.stated = "part"+d.extension(), m.token, statedSize{bytes: d.Size, exact: true}
	m.attempts.made-- // the first attempt at a part is not counted as another one at the image
	return t, nil
}

func (m *image) parse(p part) (manifest, error) {
	parsed, err := parseManifest(p.raw)
	if err != nil {
		return parsed, m.unreadable(p, err)
	}
	return parsed, nil
}

func (m *image) unreadable(p part, err error) *Error {
	return &Error{
		Kind: KindUnavailable, Method: http.MethodGet, URL: m.result.URL, Err: err,
		Message: fmt.Sprintf("the manifest %s cannot be used: %s", p.Digest, m.c.scrub.text(err.Error())),
	}
}

// write writes the archive, fetching the blobs on the way.
func (m *image) write(ctx context.Context, chosen part) error {
	if err := m.out.open(""); err != nil {
		return afterAnswer(err)
	}
	l := newLayout(m.out, m.wanted)
	if err := m.writeIndex(l, chosen); err != nil {
		return localOrNil(err)
	}
	total := int64(0)
	for _, d := range m.blobs {
		total += d.Size
	}
	done := int64(0)
	for _, d := range m.blobs {
		if err := m.writeBlob(ctx, l, d, done, total); err != nil {
			return err
		}
		done += d.Size
	}
	if err := l.end(); err != nil {
		return localOrNil(err)
	}
	return m.finish(l)
}

// writeIndex writes what is small: the layout's own files and the manifests.
func (m *image) writeIndex(l *layout, chosen part) error {
	top := chosen.descriptor
	if parsed, err := parseManifest(chosen.raw); err == nil && parsed.MediaType != "" {
		top.MediaType = parsed.MediaType
	}
	top.Annotations = &annotations{RefName: m.req.Content.Version}
	index := map[string]any{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []descriptor{top},
	}
	err := errors.Join(l.json("oci-layout", map[string]string{"imageLayoutVersion": "1.0.0"}), l.json("index.json", index))
	for _, p := range m.manifests {
		err = errors.Join(err, l.file(blobPath(p.Digest), p.raw))
	}
	return err
}

// writeBlob writes one blob into the archive.
func (m *image) writeBlob(ctx context.Context, l *layout, d descriptor, done, total int64) error {
	if raw, here := m.small[d.Digest]; here {
		return localOrNil(l.file(blobPath(d.Digest), raw))
	}
	into, err := l.blob(d)
	if err != nil {
		return localOrNil(err)
	}
	t, err := m.part(d, "blobs", into)
	if err != nil {
		return err
	}
	if m.req.Progress != nil {
		t.progress = func(here, _ int64) { m.req.Progress(done+here, total) }
	}
	if _, err := m.run(ctx, t); err != nil {
		return err
	}
	return localOrNil(l.pad())
}

// finish checks the archive against the caller's own checksums.
func (m *image) finish(l *layout) error {
	verified, err := l.hash.check()
	if err != nil {
		return &Error{Kind: KindIntegrity, Method: http.MethodGet, URL: m.result.URL, Message: err.Error(), Err: err}
	}
	m.result.Bytes, m.result.SHA256 = l.size, l.hash.sha256()
	m.result.Verified = append(verified, m.published...)
	return nil
}
