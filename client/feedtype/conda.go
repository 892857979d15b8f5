package feedtype

import (
	"cmp"
	"context"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// condaRecord is one file of a channel (docs.conda.io, conda-build/concepts/generating-index).
type condaRecord struct {
	Name, Version, Build text
	Size                 int64  // bytes
	SHA256, MD5          string // hex
	Revoked              flag   // not to be installed but by who names it
	file                 string
}

// condaList is what an index has of a version.
type condaList struct {
	base   text // the address of the files, if they are not beside the index
	found  []condaRecord
	builds []string // others than the one that was asked for
}

// condaQuery looks for a conda package.
type condaQuery struct{ query }

// locateConda reads the subdir's index, which says which builds there are and has their checksums.
// ProGet also makes a connector's packages available by it. If there is none, a full identity is
// enough for the address.
func locateConda(ctx context.Context, of query) (content Content, err error) {
	q := condaQuery{of}
	if err := q.need([2]string{"subdir", "linux-64"}); err != nil {
		return Content{}, err
	}
	base := "conda/" + q.feed + "/" + escape(q.pkg.Qualifiers["subdir"]) + "/"
	var list condaList
	err = q.stream(ctx, base+"repodata.json", nil, func(doc *Document, r io.Reader) error {
		list, err = q.findConda(r)
		if err == nil {
			base = condaBase(doc, base, string(list.base))
		}
		return err
	})
	if q.refusable(err) != nil {
		return Content{}, err
	}
	if err != nil {
		return q.condaWithoutIndex(base, err)
	}
	if len(list.found) == 0 && len(list.builds) > 0 {
		return Content{}, q.missingBut("build", list.builds)
	}
	if len(list.found) == 0 {
		return Content{}, q.condaMissing(ctx)
	}
	record, err := q.pickConda(list.found)
	if err != nil {
		return Content{}, err
	}
	content = Content{Ref: base + escape(record.file), FileName: record.file, Version: string(record.Version), Size: knownSize(record.Size)}
	content.publish("conda repodata", map[string]string{"sha256": record.SHA256, "md5": record.MD5})
	return content, nil
}

// condaBase is where a channel's files are: beside its index, or where the index says (conda/ceps,
// cep-0015). Another server's address is that of the channel behind a connector, whose files the
// feed has too.
func condaBase(doc *Document, beside, said string) string {
	base, err := resolve(doc, strings.TrimRight(strings.TrimSpace(said), "/")+"/")
	if err != nil || said == "" {
		return beside
	}
	here, hereErr := url.Parse(doc.URL)
	there, err := url.Parse(base)
	if err != nil || hereErr != nil || there.Host != here.Host {
		return beside
	}
	return base
}

// condaForAll is the subdir of packages that run everywhere. Conda looks there too.
const condaForAll = "noarch"

// condaMissing is the error for a missing version, which says if it exists for all machines.
func (q condaQuery) condaMissing(ctx context.Context) error {
	if q.pkg.Qualifiers["subdir"] == condaForAll {
		return missing(q.pkg)
	}
	var others []string
	err := q.stream(ctx, "conda/"+q.feed+"/"+condaForAll+"/repodata.json", nil, func(_ *Document, r io.Reader) error {
		list, err := q.findConda(r)
		if len(list.found) > 0 {
			others = []string{condaForAll}
		}
		return err
	})
	if err := extra(err); err != nil {
		return err
	}
	return q.missingBut("subdir", others)
}

// condaWithoutIndex builds the address; absent is the reason why there is no index.
func (q condaQuery) condaWithoutIndex(base string, absent error) (Content, error) {
	if isLatest(q.pkg.Version) {
		return Content{}, absent
	}
	if err := q.need([2]string{"build", "py312h1234567_0"}, [2]string{"type", "conda"}); err != nil {
		return Content{}, cmp.Or(*q.doubt, err) // an index that was refused would have said which there are
	}
	file := q.pkg.Name + "-" + q.pkg.Version + "-" + q.pkg.Qualifiers["build"] + "." + q.pkg.Qualifiers["type"]
	return Content{Ref: base + escape(file), FileName: file, Version: q.pkg.Version, Size: -1, guessed: true}, nil
}

// maxBuilds is the most builds of one version that are kept: 10,000; real ones have a few dozen.
const maxBuilds = 10_000

// findConda collects the records of the version. Others are read one at a time and dropped, so the
// index may have any size; those of the package are bounded like an index of its own.
func (q condaQuery) findConda(r io.Reader) (list condaList, err error) {
	pick := newestOf(q.pkg)
	own := int64(0) // bytes of the package's own records
	err = readJSON(r, func(j *jsonReader, key string) error {
		if key == "info" {
			return ifThere(j.members(func(key string) error {
				if key != "base_url" {
					return j.skip()
				}
				_, err := j.decode(&list.base)
				return err
			}))
		}
		if key != "packages" && key != "packages.conda" {
			return j.skip()
		}
		return j.members(func(file string) error {
			if !q.isNamed(file) {
				return j.drop()
			}
			record := condaRecord{file: file}
			start := j.dec.InputOffset()
			if _, err := j.decode(&record); err != nil {
				return err
			}
			if own += j.dec.InputOffset() - start; own > maxIndexBytes {
				return errTooLarge
			}
			if q.addConda(&list, record, pick); len(list.found) > maxBuilds {
				return errTooMany
			}
			return nil
		})
	})
	return list, err
}

// isNamed recognizes the files of the package; conda reads names in lower case.
func (q condaQuery) isNamed(file string) bool {
	n := len(q.pkg.Name)
	return len(file) > n && file[n] == '-' && strings.EqualFold(file[:n], q.pkg.Name)
}

// addConda adds a matching record; for a word for a version, those of the newest so far.
func (q condaQuery) addConda(list *condaList, r condaRecord, pick *newest) {
	rank := pick.rank
	build, kind := q.pkg.Qualifiers["build"], q.pkg.Qualifiers["type"]
	switch {
	case bool(r.Revoked) && isLatest(q.pkg.Version):
	case !ecosystem.SameName(ecosystem.Conda, string(r.Name), q.pkg.Name), kind != "" && !strings.HasSuffix(r.file, "."+kind):
	case build != "" && string(r.Build) != build:
		if newestOf(q.pkg).wanted(q.pkg, string(r.Version)) {
			list.builds = addOther(list.builds, string(r.Build))
		}
	case pick.best != "" && ecosystem.SameVersion(ecosystem.Conda, string(r.Version), pick.best):
		list.found = append(list.found, r)
	case !pick.wanted(q.pkg, string(r.Version)):
	case isLatest(q.pkg.Version), pick.rank > rank: // those so far are less like what was asked for
		list.found = []condaRecord{r}
	default:
		list.found = append(list.found, r)
	}
}

// pickConda needs one build; of its two packings the newer one is taken, as conda does.
func (q condaQuery) pickConda(found []condaRecord) (condaRecord, error) {
	var builds []string
	for _, r := range found {
		if !slices.Contains(builds, string(r.Build)) {
			builds = append(builds, string(r.Build))
		}
	}
	if len(builds) > 1 {
		slices.Sort(builds)
		return condaRecord{}, &QualifierError{Type: ecosystem.Conda, Key: "build", Example: builds[0], Choices: builds, Version: string(found[0].Version)}
	}
	for _, r := range found {
		if strings.HasSuffix(r.file, ".conda") {
			return r, nil
		}
	}
	return found[0], nil
}
