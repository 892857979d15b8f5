package feedtype

import (
	"context"
	"encoding/json"
	"io"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// stripNote explains the commonest harmless mismatch (Inedo docs, proget/feeds/nuget/symbol-and-source-server).
const stripNote = "the feed may strip symbols, sources or the signature from packages as it serves them; " +
	"the published checksum is that of the stored file"

// flatContainer is the resource of a v3 service index that serves content (learn.microsoft.com,
// nuget/api/package-base-address-resource).
const flatContainer = "PackageBaseAddress/3.0.0"

// locateNuGet prefers v3. Either version of the protocol may be switched off for a feed, so v2 is the fallback.
func locateNuGet(ctx context.Context, q query) (Content, error) {
	base, err := q.flatContainerURL(ctx)
	if err != nil {
		return Content{}, err
	}
	if base == "" {
		return q.locateV2(ctx, "nuget/"+q.feed)
	}
	version := q.pkg.Version
	if isLatest(version) {
		if version, err = q.latestV3(ctx, base); err != nil {
			return Content{}, err
		}
	}
	content := q.nupkg(version)
	content.Ref = flatRef(base, q.pkg.Name, version)
	// The flat container publishes no checksum; the v2 entry of the same package does, where v2 is on.
	q.pkg.Version = version
	entry, err := q.entryV2(ctx, "nuget/"+q.feed)
	if extra(err) != nil {
		return Content{}, err
	}
	entry.describe(&content)
	return content, nil
}

// nupkg is what is known of a version before any index was asked.
func (q query) nupkg(version string) Content {
	return Content{FileName: q.pkg.Name + "." + version + ".nupkg", Version: version, Size: -1, Note: stripNote}
}

// flatContainerURL reads the service index; "" where the feed does not speak v3.
func (q query) flatContainerURL(ctx context.Context) (base string, err error) {
	err = q.read(ctx, "nuget/"+q.feed+"/v3/index.json", "application/json", func(doc *Document, r io.Reader) error {
		id, err := resourceID(r)
		if err != nil || id == "" {
			return err
		}
		base, err = resolve(doc, strings.TrimRight(id, "/")+"/")
		return err
	})
	return base, q.refusable(err)
}

// resourceID finds the flat container in a service index.
func resourceID(r io.Reader) (id string, err error) {
	err = readJSON(r, func(j *jsonReader, key string) error {
		if key != "resources" {
			return j.skip()
		}
		return j.items(func() error {
			var resource struct {
				ID   string     `json:"@id"`
				Type stringList `json:"@type"`
			}
			if _, err := j.decode(&resource); err != nil {
				return err
			}
			if resource.Type.has(flatContainer) && id == "" {
				id = resource.ID
			}
			return nil
		})
	})
	return id, err
}

// stringList is a string or an array of them: JSON-LD allows both for a type.
type stringList []string

// UnmarshalJSON accepts both forms, and takes any other for none.
func (l *stringList) UnmarshalJSON(data []byte) error {
	var one text
	_ = one.UnmarshalJSON(data)
	if *l = (stringList{string(one)}); one == "" {
		*l = nil
		_, _ = mistyped(json.Unmarshal(data, (*[]string)(l)))
	}
	return nil
}

// has tells whether s is one of the strings.
func (l stringList) has(s string) bool {
	for _, v := range l {
		if v == s {
			return true
		}
	}
	return false
}

// flatRef builds a content URL as the flat container defines it: all of it in lower case, the version in its normal form.
func flatRef(base, id, version string) string {
	id = strings.ToLower(id)
	version = strings.ToLower(ecosystem.NormalizeVersion(ecosystem.NuGet, version))
	return base + escape(id) + "/" + escape(version) + "/" + escape(id+"."+version+".nupkg")
}

// latestV3 picks from the flat container's list, which has unlisted versions too.
func (q query) latestV3(ctx context.Context, base string) (string, error) {
	ref := base + escape(strings.ToLower(q.pkg.Name)) + "/index.json"
	pick := newestOf(q.pkg)
	err := q.read(ctx, ref, "application/json", func(_ *Document, r io.Reader) error {
		return eachVersion(r, func(v string) { pick.offer(v) })
	})
	if err == nil && pick.best == "" {
		err = missing(q.pkg)
	}
	return pick.best, err
}

// eachVersion reads the flat container's list of versions.
func eachVersion(r io.Reader, f func(string)) error {
	return readJSON(r, func(j *jsonReader, key string) error {
		if key != "versions" {
			return j.skip()
		}
		return j.items(func() error {
			var v text
			_, err := j.decode(&v)
			f(string(v))
			return err
		})
	})
}
