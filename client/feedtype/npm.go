package feedtype

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// npmAccept is what npm itself sends: the abbreviated document has all that an installer needs (npm
// docs, package-metadata).
const npmAccept = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"

// locateNPM takes the tarball's address from the package document; an npm client never builds it.
func locateNPM(ctx context.Context, q query) (content Content, err error) {
	ref := "npm/" + q.feed + "/" + escape(ecosystem.JoinName(ecosystem.NPM, q.pkg.Group, q.pkg.Name))
	err = q.read(ctx, ref, npmAccept, func(doc *Document, r io.Reader) error {
		p, err := readPackument(r, q)
		if err != nil {
			return err
		}
		version := p.pick(q.pkg)
		dist, ok := p.dists[version]
		if !ok {
			return missing(q.pkg)
		}
		if dist.odd != nil {
			return fmt.Errorf("version %s: %w", version, dist.odd)
		}
		content = Content{FileName: q.pkg.Name + "-" + version + ".tgz", Version: version, Size: -1}
		if content.Ref, err = resolveContent(doc, version, dist.Tarball); err != nil {
			return err
		}
		content.publishSRI("npm index", dist.Integrity)
		content.publish("npm index", map[string]string{"sha1": dist.Shasum})
		return nil
	})
	return content, err
}

// packument is what is kept of a package document.
type packument struct {
	tags  map[string]string // a tag's version
	dists map[string]npmDist
}

type npmDist struct {
	Tarball    string `json:"tarball"`
	Integrity  string `json:"integrity"` // SRI
	Shasum     string `json:"shasum"`    // sha1, hex
	odd        error  // why there is no tarball
	deprecated bool
}

// maxKeptBytes bounds what is kept of all versions of a package: 64 MiB.
const maxKeptBytes = 64 << 20

// isSemVer reports whether v is a whole semantic version: three numbers at least. The library's own
// question takes "1" and "1.2", too, which are ranges in npm.
func isSemVer(v string) bool {
	v = "v" + v
	return semver.IsValid(v) && semver.Canonical(v)+semver.Build(v) == v
}

// readPackument collects what a version may mean: the versions that equal it by the rules of
// semantic versions, or all of them if it may be a tag, because the tags may come after the
// versions in the document.
func readPackument(r io.Reader, q query) (packument, error) {
	version := q.pkg.Version
	p := packument{tags: map[string]string{}, dists: map[string]npmDist{}}
	mayBeTag := !isSemVer(strings.TrimPrefix(version, "v"))
	kept := 0
	err := readJSON(r, func(j *jsonReader, key string) error {
		switch key {
		case "name":
			return q.sameName(j)
		case "dist-tags":
			return ifThere(j.members(func(tag string) error {
				var tagged text
				_, err := j.decode(&tagged)
				if tag == version || tag == Latest {
					p.tags[tag] = string(tagged)
				}
				return err
			}))
		case "versions":
			return j.members(func(v string) error {
				if !mayBeTag && likeness(ecosystem.NPM, v, version) == 0 {
					return j.drop()
				}
				dist, err := readDist(j, v)
				p.dists[v] = dist
				if kept += len(v) + len(dist.Tarball) + len(dist.Integrity) + len(dist.Shasum) + npmOverhead; kept > maxKeptBytes {
					return errTooMany
				}
				return err
			})
		}
		return j.skip()
	})
	return p, err
}

// npmOverhead is what a version takes in memory beside its texts, in bytes.
const npmOverhead = 200

// readDist reads what is used of a version. A checksum that is not text is ignored.
func readDist(j *jsonReader, version string) (npmDist, error) {
	var entry struct {
		Version    text    `json:"version"`
		Deprecated flag    `json:"deprecated"` // the reason
		Dist       npmDist `json:"dist"`
	}
	odd, err := j.decode(&entry)
	entry.Dist.deprecated = bool(entry.Deprecated)
	if entry.Dist.Tarball == "" {
		entry.Dist.odd = odd
	}
	if v := string(entry.Version); v != "" && !ecosystem.SameVersion(ecosystem.NPM, v, version) {
		entry.Dist.odd = fmt.Errorf("it is of version %q", v)
	}
	return entry.Dist, err
}

// pick finds the requested version: itself, a tag, or one that differs only in its build metadata,
// which npm drops when it publishes. The tag latest says what the newest release is, so
// latest-stable is that, or the newest release before it if the tag is on a pre-release: versions
// newer than the tag are under another tag. Without a tag, a deprecated version is the newest only
// if all are, as in npm (github.com/npm/npm-pick-manifest).
func (p packument) pick(pkg ecosystem.Package) string {
	if _, ok := p.dists[pkg.Version]; ok && !isLatest(pkg.Version) {
		return pkg.Version
	}
	tagged := p.tags[pkg.Version]
	if pkg.Version == LatestStable {
		tagged = p.tags[Latest]
	}
	if tagged != "" && (pkg.Version != LatestStable || !ecosystem.IsPrerelease(ecosystem.NPM, tagged)) {
		return tagged
	}
	for _, deprecated := range []bool{false, true} {
		pick, found := newestOf(pkg), ""
		for _, version := range slices.Sorted(maps.Keys(p.dists)) {
			switch {
			case tagged != "" && ecosystem.CompareVersions(ecosystem.NPM, version, tagged) > 0:
			case isLatest(pkg.Version) && p.dists[version].deprecated && !deprecated:
			case pick.wanted(pkg, version):
				found = version
			}
		}
		if found != "" {
			return found
		}
	}
	return ""
}
