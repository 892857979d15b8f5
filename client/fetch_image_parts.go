package client

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// choose takes one image out of an index, if the caller named a platform.
func (m *image) choose(ctx context.Context, top part) (part, error) {
	want := wantedPlatform(*m.req.Content.Image)
	parsed, err := m.parse(top)
	if err != nil || want == (platform{}) {
		return top, err
	}
	if parsed.Manifests == nil {
		return top, m.checkPlatform(ctx, parsed, want)
	}
	var fit *descriptor
	var has []string
	var silent []descriptor // that do not say what they are for
	for i, d := range parsed.Manifests {
		if d.describes() {
			continue
		}
		if d.Platform == nil {
			silent = append(silent, d)
			continue
		}
		has = append(has, d.Platform.String())
		if d.Platform.fits(want) && (fit == nil || d.Platform.usual() && !fit.Platform.usual()) {
			fit = &parsed.Manifests[i]
		}
	}
	if fit == nil && len(has) == 0 && len(silent) == 1 {
		return m.single(ctx, silent[0], want)
	}
	if fit == nil {
		return top, m.notForPlatform(has)
	}
	child, err := m.child(ctx, *fit)
	if KindOf(err) == KindNotFound {
		err = m.missingParts([]string{fit.Platform.String()}, nil)
	}
	return child, err
}

// single takes the only image of an index, which says itself what it is for.
func (m *image) single(ctx context.Context, d descriptor, want platform) (part, error) {
	child, err := m.child(ctx, d)
	if err != nil {
		return part{}, err
	}
	parsed, err := m.parse(child)
	if err != nil {
		return part{}, err
	}
	return child, m.checkPlatform(ctx, parsed, want)
}

// notForPlatform is the error of an image that exists for other platforms.
func (m *image) notForPlatform(has []string) *Error {
	if len(has) > shownPlatforms {
		has = append(has[:shownPlatforms:shownPlatforms], fmt.Sprintf("and %d more", len(has)-shownPlatforms))
	}
	text := fmt.Sprintf("the image does not exist for this platform: it has %q", has)
	if len(has) == 0 {
		text = "the index does not say which platforms its images are for"
	}
	e := m.notFound(text)
	return e.with(func(e *Error) { e.Reason = ReasonPlatform })
}

// shownPlatforms is how many platforms a message lists.
const shownPlatforms = 20

// checkPlatform refuses a single image that says that it is for another platform than the one that
// was asked for.
func (m *image) checkPlatform(ctx context.Context, parsed manifest, want platform) error {
	if parsed.Config == nil || !strings.Contains(parsed.Config.MediaType, "image") || parsed.Config.Size > manifestLimit {
		return nil
	}
	into := &memorySink{limit: manifestLimit}
	t, err := m.part(*parsed.Config, "blobs", into)
	if err != nil {
		return err
	}
	if _, err := m.run(ctx, t); err != nil {
		return err
	}
	m.small[parsed.Config.Digest] = into.Bytes()
	is, err := parseConfig(into.Bytes())
	if err != nil || is.Architecture == "" || is.fits(want) {
		return nil // an empty configuration is not an image's
	}
	return m.notForPlatform([]string{is.String()})
}

// missing are the parts of an index that the server does not have.
type missing struct{ gone, here []string }

// add notes whether the image that d points to exists.
func (l *missing) add(d descriptor, here bool) {
	name := d.Digest
	if d.Platform != nil {
		name = d.Platform.String()
	}
	if here {
		l.here = append(l.here, name)
	} else {
		l.gone = append(l.gone, name)
	}
}

// collect lists what p points to, and fetches the manifests among it. depth is 1 for the manifest
// that was asked for.
func (m *image) collect(ctx context.Context, p part, depth int) error {
	if fresh, err := m.note(p, p.descriptor); err != nil || !fresh {
		return err
	}
	parsed, err := m.parse(p)
	if err != nil {
		return err
	}
	if len(parsed.Manifests) > 0 && depth == depthLimit {
		return m.unreadable(p, shapeError(fmt.Sprintf("more than %d manifests lead to one another", depthLimit)))
	}
	var parts missing
	for _, d := range parsed.Manifests {
		here, err := m.collectChild(ctx, p, d, depth)
		if err != nil {
			return err
		}
		if !d.describes() {
			parts.add(d, here)
		}
	}
	if len(parts.gone) > 0 {
		return m.missingParts(parts.gone, parts.here)
	}
	for _, d := range parsed.blobs() {
		fresh, err := m.note(p, d)
		if err != nil {
			return err
		}
		if fresh {
			m.blobs = append(m.blobs, d)
		}
	}
	m.manifests = append(m.manifests, p)
	return nil
}

// collectChild fetches the manifest that d points to and collects its parts. It is not here if the
// server says that it has none.
func (m *image) collectChild(ctx context.Context, p part, d descriptor, depth int) (here bool, err error) {
	if _, known := m.seen[d.Digest]; known {
		_, err := m.note(p, d)
		return true, err
	}
	// Before the request: an index must not make us ask for more than we use.
	if m.asked++; max(m.asked, len(m.seen)+1) > partsLimit {
		return false, m.unreadable(p, errTooManyParts)
	}
	child, err := m.child(ctx, d)
	if KindOf(err) == KindNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, m.collect(ctx, child, depth+1)
}

// note notes that the image has the part d, which p points to; it is fresh the first time. Content
// has one size: programs that read the archive would stumble over the other.
func (m *image) note(p part, d descriptor) (fresh bool, err error) {
	size, known := m.seen[d.Digest]
	switch {
	case known && size != d.Size:
		return false, m.unreadable(p, shapeError(fmt.Sprintf("%s has %d bytes and %d bytes", d.Digest, size, d.Size)))
	case !known && len(m.seen) >= partsLimit:
		return false, m.unreadable(p, errTooManyParts)
	}
	m.seen[d.Digest] = d.Size
	return !known, nil
}

// child fetches a manifest that another one points to.
func (m *image) child(ctx context.Context, d descriptor) (part, error) {
	if d.Size > manifestLimit || m.size+int(d.Size) > manifestsLimit {
		return part{}, m.unreadable(part{descriptor: d}, shapeError(fmt.Sprintf(
			"manifests of at most %d MiB, and %d MiB in all, are fetched", manifestLimit>>20, manifestsLimit>>20)))
	}
	into := &memorySink{limit: manifestLimit}
	t, err := m.part(d, "manifests", into)
	if err != nil {
		return part{}, err
	}
	t.accept = strings.Join(manifestTypes(), ", ")
	_, err = m.run(ctx, t)
	m.size += into.Len()
	return part{d, into.Bytes()}, err
}

// missingParts is the error of an index whose images are not all there: a feed that mirrors another
// registry has what was pulled through it.
func (m *image) missingParts(gone, here []string) *Error {
	more := ""
	if len(gone) > shownPlatforms {
		gone, more = gone[:shownPlatforms], fmt.Sprintf(" and %d more", len(gone)-shownPlatforms)
	}
	e := m.notFound(fmt.Sprintf("the index names images that the server does not have: %s%s", strings.Join(gone, ", "), more))
	if len(here) == 0 {
		return e.with(func(e *Error) {
			e.Hint = "the feed has the index of the image but not these parts; its connector may have to fetch them first"
		})
	}
	return e.with(func(e *Error) {
		e.Reason = ReasonPlatform
		for _, name := range here {
			if parts := strings.Split(name, "/"); len(parts) > 1 {
				e.Choices = append(e.Choices, "arch="+m.c.scrub.text(parts[1]))
			}
		}
	})
}

func (m *image) notFound(text string) *Error {
	return &Error{Kind: KindNotFound, Method: http.MethodGet, URL: m.result.URL, Message: m.c.scrub.text(text)}
}
