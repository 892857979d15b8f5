package feedtype

import (
	"context"
	"io"
	"slices"
	"strings"
)

// dockerQuery looks for an image.
type dockerQuery struct{ query }

// locateDocker builds the address of an image's manifest: the feed is the first part of the
// repository, and the version a tag or a digest (Inedo docs, proget/docker/private-registries). The
// word latest is a tag there.
func locateDocker(ctx context.Context, of query) (Content, error) {
	q := dockerQuery{of}
	repository := q.pkg.Name
	if q.pkg.Group != "" {
		repository = q.pkg.Group + "/" + repository
	}
	base := "v2/" + q.feed + "/" + escapePath(repository)
	version, search := q.pkg.Version, "no index was looked in, because the address follows from the repository and the tag"
	if version == LatestStable {
		search = ""
		var err error
		if version, err = q.latestTag(ctx, base+"/tags/list"); err != nil {
			return Content{}, err
		}
	}
	file := repository[strings.LastIndexByte(repository, '/')+1:] + "-" + strings.ReplaceAll(version, ":", "-") + ".tar"
	qualifiers := q.pkg.Qualifiers
	return Content{
		Ref: base + "/manifests/" + escape(version), FileName: file, Version: version, Size: -1, Search: search,
		Image: &Image{q.feed + "/" + repository, qualifiers["arch"], qualifiers["os"], qualifiers["variant"]},
	}, nil
}

// maxTagPages bounds the requests for the tags of one repository. A registry without ProGet's long
// lists gives 100 or 1,000 a page.
const maxTagPages = 1000

// latestTag picks the newest of the tags that are stable versions, with or without a "v" before
// them. The list may come in pages, of which the last may have it
// (github.com/opencontainers/distribution-spec, listing tags).
func (q dockerQuery) latestTag(ctx context.Context, ref string) (string, error) {
	pick := newestOf(q.pkg)
	seen := map[string]bool{}
	q.query = q.together(maxIndexBytes)
	for ref != "" && !seen[ref] {
		if len(seen) == maxTagPages {
			return "", q.broken(ref, errTooMany)
		}
		seen[ref] = true
		next := ""
		err := q.read(ctx, ref, "application/json", func(doc *Document, r io.Reader) (err error) {
			if link := nextLink(doc.Header.Values("Link")); link != "" {
				if next, err = resolve(doc, link); err != nil {
					return err
				}
			}
			return eachTag(r, func(tag string) {
				if stableTag(tag) {
					pick.offer(tag)
				}
			})
		})
		if err != nil {
			return "", err
		}
		ref = next
	}
	if pick.best == "" {
		return "", missing(q.pkg)
	}
	return pick.best, nil
}

func eachTag(r io.Reader, f func(string)) error {
	return readJSON(r, func(j *jsonReader, key string) error {
		if !strings.EqualFold(key, "tags") {
			return j.skip()
		}
		return j.items(func() error {
			var tag text
			_, err := j.decode(&tag)
			f(string(tag))
			return err
		})
	})
}

// stableTag reports whether a tag is the version of a release; 1.2.3-alpine, for example, is not.
func stableTag(tag string) bool {
	numbers := strings.TrimLeft(tag, "vV")
	return len(tag)-len(numbers) < 2 && numbers != "" && strings.Trim(numbers, "0123456789.") == ""
}

// nextLink finds the next page in Link headers (RFC 8288): <URL>; rel="next". Of several relations
// one may be next.
func nextLink(headers []string) string {
	for _, header := range headers {
		for header != "" {
			_, rest, ok := strings.Cut(header, "<")
			if !ok {
				break
			}
			target, parameters, _ := strings.Cut(rest, ">")
			parameters, header = cutLink(parameters)
			for parameter := range strings.SplitSeq(parameters, ";") {
				name, value, _ := strings.Cut(parameter, "=")
				words := strings.Fields(strings.ToLower(strings.Trim(strings.TrimSpace(value), `"`)))
				if strings.EqualFold(strings.TrimSpace(name), "rel") && slices.Contains(words, "next") {
					return target
				}
			}
		}
	}
	return ""
}

// cutLink cuts the parameters of one link off those that follow it.
func cutLink(s string) (parameters, rest string) {
	quoted := false
	for i, c := range s {
		if c == '"' {
			quoted = !quoted
		} else if c == ',' && !quoted {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}
