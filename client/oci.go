package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/progetctl/progetctl/client/feedtype"
)

// image is a container image on its way: what its manifests say, in the order
// in which they came.
type image struct {
	*fetching
	token     Secret
	manifests []part
	blobs     []descriptor
	seen      map[string]bool // digests
}

// part is a manifest with its bytes.
type part struct {
	descriptor
	raw []byte
}

// image fetches an image: the manifest of the reference with the annotation,
// then, plain, whatever that points to (distribution-spec, pull).
func (f *fetching) image(ctx context.Context) error {
	m := &image{fetching: f, seen: map[string]bool{}}
	var err error
	if m.token, err = f.c.registryToken(ctx, m.scope()); err != nil {
		return err
	}
	top, err := m.top(ctx)
	if err != nil {
		return err
	}
	chosen, err := m.choose(ctx, top)
	if err != nil {
		return err
	}
	if err := m.collect(ctx, chosen); err != nil {
		return err
	}
	return m.write(ctx, chosen)
}

// scope is what the token must be good for.
func (m *image) scope() string { return pullScope(m.req.Content.Image.Repository) }

// run runs the transfer of a part, if need be with a new token: one lasts some
// minutes, and a large image longer.
func (m *image) run(ctx context.Context, t *transfer) error {
	_, err := t.run(ctx)
	challenge, ok := bearerRealm(err)
	if !ok {
		return err
	}
	challenge["scope"] = m.scope()
	if m.token, err = m.c.token(ctx, challenge); err != nil {
		return err
	}
	t.token = m.token
	_, err = t.run(ctx)
	return err
}

// top fetches the manifest that the user named: the one annotated request.
func (m *image) top(ctx context.Context) (part, error) {
	into := &memorySink{limit: manifestLimit}
	var wanted []feedtype.Checksum
	if sum, err := (descriptor{Digest: m.req.Content.Version}).checksum(); err == nil {
		sum.Source = "reference"
		wanted = append(wanted, sum)
	}
	t := m.transfer(m.url, into, wanted)
	t.annotation, t.token, t.accept = m.req.Annotation, m.token, strings.Join(manifestTypes(), ", ")
	verified, err := t.run(ctx)
	if err != nil {
		return part{}, err
	}
	p := part{descriptor{Digest: "sha256:" + t.hash.sha256(), Size: t.offset, MediaType: t.header.Get("Content-Type")}, into.Bytes()}
	if said := t.header.Get("Docker-Content-Digest"); strings.HasPrefix(said, "sha256:") {
		if said != p.Digest {
			return part{}, t.mismatch(fmt.Errorf("the manifest's digest is %s, the registry says %s", p.Digest, said))
		}
		verified = append(verified, "sha256 (registry digest)")
	}
	if len(verified) == 0 && m.req.Verify == VerifyRequired {
		return part{}, t.mismatch(errors.New("the registry states no digest of the manifest, and one is required"))
	}
	m.result.Verified = verified
	return p, nil
}

// choose takes one image out of an index, where the caller named a platform.
func (m *image) choose(ctx context.Context, top part) (part, error) {
	want := *m.req.Content.Image
	want.Repository = ""
	parsed, err := m.parse(top)
	if err != nil || want == (feedtype.Image{}) || parsed.Manifests == nil {
		return top, err
	}
	var has []string
	for _, d := range parsed.Manifests {
		if d.matches(want) {
			return m.child(ctx, d)
		}
		if d.Platform != nil {
			has = append(has, strings.Trim(d.Platform.OS+"/"+d.Platform.Architecture+"/"+d.Platform.Variant, "/"))
		}
	}
	return top, &Error{
		Kind: KindNotFound, Method: http.MethodGet, URL: m.result.URL,
		Message: fmt.Sprintf("the image is not there for this platform: it has %q", has),
	}
}

// collect lists what p points to, and fetches the manifests among it.
func (m *image) collect(ctx context.Context, p part) error {
	if m.seen[p.Digest] {
		return nil
	}
	m.seen[p.Digest] = true
	parsed, err := m.parse(p)
	if err != nil {
		return err
	}
	for _, d := range parsed.Manifests {
		if m.seen[d.Digest] {
			continue
		}
		child, err := m.child(ctx, d)
		if err != nil {
			return err
		}
		if err := m.collect(ctx, child); err != nil {
			return err
		}
	}
	for _, d := range parsed.blobs() {
		if !m.seen[d.Digest] {
			m.seen[d.Digest] = true
			m.blobs = append(m.blobs, d)
		}
	}
	m.manifests = append(m.manifests, p)
	if len(m.seen) > partsLimit {
		return m.unreadable(p, fmt.Errorf("the image has more than %d parts", partsLimit))
	}
	return nil
}

// child fetches a manifest that another one points to.
func (m *image) child(ctx context.Context, d descriptor) (part, error) {
	into := &memorySink{limit: manifestLimit}
	t, err := m.part(d, "manifests", into)
	if err != nil {
		return part{}, err
	}
	t.accept = strings.Join(manifestTypes(), ", ")
	err = m.run(ctx, t)
	return part{d, into.Bytes()}, err
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
	t.token, t.stated = m.token, statedSize{bytes: d.Size, exact: true}
	m.attempts.made-- // the first attempt at a part is no further one at the image
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
	out := m.sink()
	if err := out.open(""); err != nil {
		return afterAnswer(err)
	}
	l := newLayout(out, m.wanted)
	if err := m.writeIndex(l, chosen); err != nil {
		return localError(err)
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
		return localError(err)
	}
	return m.finish(l)
}

// writeIndex writes what is small: the layout's own files and the manifests.
func (m *image) writeIndex(l *layout, chosen part) error {
	top := chosen.descriptor
	if parsed, err := parseManifest(chosen.raw); err == nil && parsed.MediaType != "" {
		top.MediaType = parsed.MediaType
	}
	top.Annotations = map[string]string{"org.opencontainers.image.ref.name": m.req.Content.Version}
	index := map[string]any{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": []descriptor{top},
	}
	err := errors.Join(l.json("oci-layout", map[string]string{"imageLayoutVersion": "1.0.0"}), l.json("index.json", index))
	for _, p := range m.manifests {
		err = errors.Join(err, l.file(blobPath(p.Digest), p.raw))
	}
	return err
}

// writeBlob brings one blob into the archive.
func (m *image) writeBlob(ctx context.Context, l *layout, d descriptor, done, total int64) error {
	into, err := l.blob(d)
	if err != nil {
		return localError(err)
	}
	t, err := m.part(d, "blobs", into)
	if err != nil {
		return err
	}
	if m.req.Progress != nil {
		t.progress = func(here, _ int64) { m.req.Progress(done+here, total) }
	}
	if err := m.run(ctx, t); err != nil {
		return err
	}
	return localError(l.pad())
}

// finish checks the archive against the caller's own checksums.
func (m *image) finish(l *layout) error {
	verified, err := l.hash.check()
	if err != nil {
		return &Error{Kind: KindIntegrity, Method: http.MethodGet, URL: m.result.URL, Message: err.Error(), Err: err}
	}
	m.result.Bytes, m.result.SHA256 = l.size, l.hash.sha256()
	m.result.Verified = append(verified, m.result.Verified...)
	return m.commit()
}
