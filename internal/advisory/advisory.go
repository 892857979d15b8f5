// Package advisory reads security advisories in the OSV format and finds which package versions
// they affect.
//
// Doubt is never dropped: a version that cannot be compared with what an advisory says is a
// [Finding] with a reason. Source: the Open Source Vulnerability format, ossf.github.io/osv-schema.
package advisory

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// Advisory is what matters here of one OSV document.
type Advisory struct {
	ID string
	// Severity is "low", "medium", "high", "critical", or "" if the document gives none that is
	// understood.
	Severity string

	affected []affected
	unknown  []string // ecosystems that are neither ProGet's nor known to have nothing in ProGet
}

// affected says which versions of one package are affected.
type affected struct {
	index    int    // in the advisory
	named           // of which the kind is "" if no package of ProGet's is named
	loose    string // see looseKey
	strange  string // why the name may be that of a package of any type, "" if it is not
	nameless bool   // no package is named, not even one that ProGet has no feeds for
	versions []string
	ranges   []versionRange
	severity string
	cached   *ready // nil until a version is compared with it
}

// gitOnly reports whether commits are all that is said of the affected versions.
func (a *affected) gitOnly() bool {
	for _, r := range a.ranges {
		if r.Type != "GIT" {
			return false
		}
	}
	return len(a.ranges) > 0 && len(a.versions) == 0
}

// document is the JSON form, without what is not used.
type document struct {
	ID        string          `json:"id"`
	Modified  string          `json:"modified"`
	Withdrawn string          `json:"withdrawn"`
	Affected  []affectedField `json:"affected"`
	Severity  []score         `json:"severity"`
	Database  struct {
		Severity word `json:"severity"`
	} `json:"database_specific"`
}

type affectedField struct {
	Package *struct {
		Ecosystem string `json:"ecosystem"`
		Name      string `json:"name"`
		PURL      string `json:"purl"`
	} `json:"package"`
	Versions []string       `json:"versions"`
	Ranges   []versionRange `json:"ranges"`
	Severity []score        `json:"severity"`
}

// word is a text, or empty if there is something else.
type word string

// UnmarshalJSON ignores what is not a text.
func (w *word) UnmarshalJSON(text []byte) error {
	_ = json.Unmarshal(text, (*string)(w))
	return nil
}

// maxText is the longest name or version in bytes: what an advisory says is shown for each row of a
// ledger.
const maxText = 1 << 10

// checkLength refuses texts that are too long.
func checkLength(property string, texts ...string) error {
	for _, text := range texts {
		if len(text) > maxText {
			return fmt.Errorf("%q has a text longer than %d KiB", property, maxText>>10)
		}
	}
	return nil
}

// errWithdrawn is the error of a document that its authors took back.
var errWithdrawn = errors.New("withdrawn")

// decode makes an advisory of a document's text.
func decode(text []byte) (*Advisory, error) {
	if bytes.Count(text, []byte(",")) >= maxValues {
		return nil, fmt.Errorf("an advisory with more than %d values", maxValues)
	}
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, wrongShape(err)
	}
	if strings.TrimSpace(d.ID) == "" {
		return nil, errors.New("not an OSV document: it has no \"id\"")
	}
	if err := cmp.Or(checkLength("id", d.ID), checkLength("withdrawn", d.Withdrawn)); err != nil {
		return nil, err
	}
	// Many other JSON objects have an id, this program's own output too.
	if d.Modified == "" && d.Affected == nil {
		return nil, errors.New("not an OSV document: it has neither \"modified\" nor \"affected\"")
	}
	if d.Withdrawn != "" {
		if _, err := time.Parse(time.RFC3339, d.Withdrawn); err != nil {
			return nil, fmt.Errorf("%s: \"withdrawn\" is %q, not a date and time", d.ID, d.Withdrawn)
		}
		return nil, errWithdrawn
	}
	a := &Advisory{ID: d.ID, Severity: severity(d.Database.Severity, d.Severity), affected: make([]affected, 0, len(d.Affected))}
	for i, field := range d.Affected {
		one, err := a.decodeAffected(i, field)
		if err != nil {
			return nil, fmt.Errorf("%s: affected[%d]: %w", d.ID, i, err)
		}
		a.affected = append(a.affected, one)
	}
	return a, nil
}

func (a *Advisory) decodeAffected(index int, field affectedField) (affected, error) {
	one := affected{index: index, versions: field.Versions, ranges: field.Ranges, severity: severity("", field.Severity)}
	if err := checkLength("versions", field.Versions...); err != nil {
		return one, err
	}
	for i, r := range field.Ranges {
		if err := r.check(); err != nil {
			return one, fmt.Errorf("ranges[%d]: %w", i, err)
		}
	}
	p := field.Package
	if p == nil || p.Ecosystem == "" && p.Name == "" && p.PURL == "" {
		one.nameless = true
		return one, nil
	}
	if err := checkLength("package", p.Ecosystem, p.Name, p.PURL); err != nil {
		return one, err
	}
	kind, known := typeOf(p.Ecosystem)
	group, name := "", p.Name
	if p.PURL != "" && (kind == "" || name == "") {
		identity, err := ecosystem.ParsePURL(p.PURL)
		if err != nil {
			return one, err
		}
		if identity.Type.Known() {
			kind, group, name = identity.Type, identity.Group, identity.Name
		}
	}
	if name == "" {
		return one, errors.New("the package has no name")
	}
	one.kind, one.loose = kind, looseKey(group, name)
	switch {
	case kind != "":
		one.key = packageKey(kind, group, name)
	case !known && p.Ecosystem == "":
		one.strange = "the advisory names no ecosystem"
	case !known:
		one.strange = fmt.Sprintf("the advisory's ecosystem %q is unknown", p.Ecosystem)
	}
	if one.strange != "" {
		a.unknown = append(a.unknown, p.Ecosystem)
	}
	return one, nil
}

// wrongShape says in OSV's words what a decoder says in Go's.
func wrongShape(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		if wrong.Field == "" {
			return fmt.Errorf("not an OSV document: found JSON of the kind %q, expected an object", wrong.Value)
		}
		return fmt.Errorf("not an OSV document: %q has a value of the kind %q", wrong.Field, wrong.Value)
	}
	return fmt.Errorf("not JSON: %w", err)
}
