package feedtype

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// stripNote explains the most common harmless mismatch (Inedo docs,
// proget/feeds/nuget/symbol-and-source-server).
const stripNote = "the feed may strip symbols, sources or the signature when it serves a package, " +
	"but publish the checksum of the original file"

// flatContainer is the resource of a v3 service index that serves content (learn.microsoft.com,
// nuget/api/package-base-address-resource).
const flatContainer = "PackageBaseAddress/3.0.0"

// registrations are the resources that say which versions are listed, the most complete one first
// (learn.microsoft.com, nuget/api/registration-base-url-resource).
func registrations() []string {
	return []string{
		"RegistrationsBaseUrl/3.6.0", "RegistrationsBaseUrl/Versioned", "RegistrationsBaseUrl/3.4.0", "RegistrationsBaseUrl/3.0.0-rc",
		"RegistrationsBaseUrl/3.0.0-beta", "RegistrationsBaseUrl",
	}
}

// nugetQuery looks for a NuGet package.
type nugetQuery struct{ query }

// locateNuGet prefers v3. Either version of the protocol may be switched off for a feed, so v2 is
// the fallback.
func locateNuGet(ctx context.Context, of query) (Content, error) {
	q := nugetQuery{of}
	service, err := q.nugetService(ctx)
	if err != nil {
		return Content{}, err
	}
	v2 := "nuget/" + q.feed
	if service.flat == "" {
		return q.locateV2(ctx, v2)
	}
	flat := "" // the version as the addresses have it
	if isLatest(q.pkg.Version) {
		if q.pkg.Version, flat, err = q.latestV3(ctx, service); err != nil {
			return Content{}, err
		}
	}
	// The flat container publishes no checksum; the v2 entry of the same package does, if v2 is on.
	entry, err := q.entryV2(ctx, v2, q.pkg.Version)
	if extra(err) != nil {
		return Content{}, err
	}
	if flat == "" {
		if flat, err = q.flatVersion(ctx, service.flat, entry); err != nil {
			return Content{}, err
		}
	}
	version := q.pkg.Version
	switch {
	case entry.Properties.Version != "":
		version = entry.Properties.Version
	case flat != "" && !strings.EqualFold(flat, version): // it is in lower case there
		version = flat
	}
	content := q.nupkg(version)
	content.guessed = flat == "" && !entry.found()
	if flat == "" {
		flat = ecosystem.NormalizeVersion(ecosystem.NuGet, q.pkg.Version)
	}
	content.Ref = flatRef(service.flat, q.pkg.Name, flat)
	entry.describe(&content)
	return content, nil
}

// nupkg is what is known of a version before an index is read.
func (q nugetQuery) nupkg(version string) Content {
	return Content{FileName: q.pkg.Name + "." + version + ".nupkg", Version: version, Size: -1, Note: stripNote}
}

// nugetService is what is used of a v3 service index: addresses that end with a slash, "" for those
// that it does not name.
type nugetService struct{ flat, registration string }

// nugetService reads the service index; a zero one if the feed does not speak v3.
func (q nugetQuery) nugetService(ctx context.Context) (service nugetService, err error) {
	err = q.read(ctx, "nuget/"+q.feed+"/v3/index.json", "application/json", func(doc *Document, r io.Reader) error {
		found, err := readService(r)
		if err != nil {
			return err
		}
		for _, link := range []struct {
			from string
			to   *string
		}{{found.flat, &service.flat}, {found.registration, &service.registration}} {
			if link.from == "" {
				continue
			}
			if *link.to, err = resolve(doc, strings.TrimRight(link.from, "/")+"/"); err != nil {
				return err
			}
		}
		return nil
	})
	return service, q.refusable(err)
}

// readService finds the resources in a service index, as it writes them.
func readService(r io.Reader) (service nugetService, err error) {
	best := len(registrations())
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
			if slices.Contains(resource.Type, flatContainer) && service.flat == "" {
				service.flat = resource.ID
			}
			for rank, registration := range registrations()[:best] {
				if slices.Contains(resource.Type, registration) && resource.ID != "" {
					service.registration, best = resource.ID, rank
					break
				}
			}
			return nil
		})
	})
	return service, err
}

// stringList is a string or an array of them: JSON-LD allows both for a type.
type stringList []string

// UnmarshalJSON accepts both forms; any other is empty.
func (l *stringList) UnmarshalJSON(data []byte) error {
	var one text
	_ = one.UnmarshalJSON(data)
	if *l = (stringList{string(one)}); one == "" {
		*l = nil
		_, _ = mistyped(json.Unmarshal(data, (*[]string)(l)))
	}
	return nil
}

// flatRef builds a content URL as the flat container defines it, all of it in lower case.
func flatRef(base, id, version string) string {
	id, version = strings.ToLower(id), strings.ToLower(version)
	return base + escape(id) + "/" + escape(version) + "/" + escape(id+"."+version+".nupkg")
}

// flatVersion is the version as the flat container's list writes it, which is how its addresses do;
// "" if it is in no list. The protocol requires the normal form there, but a feed may list what was
// uploaded: 1.6, 5.1.0.0, 1.0.0+build. If the v2 entry says that the normal form is the feed's own,
// the list is not requested.
func (q nugetQuery) flatVersion(ctx context.Context, base string, entry atomEntry) (string, error) {
	asked := q.pkg.Version
	normal := ecosystem.NormalizeVersion(ecosystem.NuGet, asked)
	if strings.EqualFold(asked, normal) && strings.EqualFold(entry.Properties.Version, normal) {
		return normal, nil
	}
	found, rank := "", 0
	err := q.eachFlat(ctx, base, func(v string) error {
		if n := nugetRank(v, asked, normal); n > rank && checkPart("version", v) == nil {
			found, rank = v, n
		}
		return nil
	})
	return found, q.refusable(err)
}

// nugetRank rates how well v matches the version that is asked for: as it was typed, in its normal
// form, or in another spelling of the same; 0 for another version.
func nugetRank(v, asked, normal string) int {
	switch {
	case strings.EqualFold(v, asked):
		return 3
	case strings.EqualFold(v, normal):
		return 2
	case likeness(ecosystem.NuGet, v, asked) > 0:
		return 1
	}
	return 0
}

// eachFlat reads the flat container's list of versions.
func (q nugetQuery) eachFlat(ctx context.Context, base string, f func(string) error) error {
	ref := base + escape(strings.ToLower(q.pkg.Name)) + "/index.json"
	return q.read(ctx, ref, "application/json", func(_ *Document, r io.Reader) error { return eachVersion(r, f) })
}

// eachVersion reads a list of versions.
func eachVersion(r io.Reader, f func(string) error) error {
	return readJSON(r, func(j *jsonReader, key string) error {
		if key != "versions" {
			return j.skip()
		}
		return j.items(func() error {
			var v text
			if _, err := j.decode(&v); err != nil {
				return err
			}
			return f(string(v))
		})
	})
}
