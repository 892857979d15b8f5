package feedtype

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// MissingError says that the feed does not have a version of a package, and where it was looked
// for. It is an [ErrNotFound].
type MissingError struct {
	Package ecosystem.Package
	Looked  []string // URLs of the index documents that were searched
	Absent  []string // those that do not exist
	Key     string   // the qualifier for which the version exists with other values: "arch"; "" for none
	Others  []string // those values
}

// Error says where the version was looked for.
func (e *MissingError) Error() string {
	text := describe(e.Package) + " was not found"
	switch {
	case len(e.Looked) > 0:
		text += " in " + listed(e.Looked)
	case len(e.Absent) > 0:
		text += ": the feed has no index to look in (" + listed(e.Absent) + ")"
	}
	if e.Key != "" {
		text += fmt.Sprintf("; it exists for %s %s", e.Key, listed(e.Others))
	}
	return text
}

// Is makes it an [ErrNotFound].
func (e *MissingError) Is(target error) bool { return target == ErrNotFound }

// listed writes a few of many.
func listed(all []string) string {
	const shown = 4
	text := strings.Join(all[:min(len(all), shown)], ", ")
	if len(all) > shown {
		text += fmt.Sprintf(" and %d more", len(all)-shown)
	}
	return text
}

// trail notes which documents an index was asked for.
type trail struct {
	Index
	looked, absent []string
}

// Fetch asks for ref, and notes whether it exists.
func (t *trail) Fetch(ctx context.Context, ref, accept string) (*Document, error) {
	doc, err := t.Index.Fetch(ctx, ref, accept)
	switch {
	case err == nil:
		t.looked = append(t.looked, doc.URL)
	case errors.Is(err, ErrNotFound):
		t.absent = append(t.absent, ref)
	}
	return doc, err
}

// Missing makes a trail a [Prober] if its index is one.
func (t *trail) Missing(ctx context.Context, ref string) bool {
	p, ok := t.Index.(Prober)
	return ok && p.Missing(ctx, ref)
}

// missing reports whether the file at ref certainly does not exist; nothing is certain without a
// [Prober].
func (q query) missing(ctx context.Context, ref string) bool {
	p, ok := q.Index.(Prober)
	return ok && p.Missing(ctx, ref)
}

// builtByLayout is the [Content.Search] of packages whose address follows from their identity.
const builtByLayout = "no index was looked in, because the address follows from the group, name, version and qualifiers"

// String says where a version was looked for and not found.
func (t *trail) String() string {
	switch {
	case len(t.looked) > 0:
		return "this version is not listed in " + listed(t.looked)
	case len(t.absent) > 0:
		return "the feed has no index to look in (" + listed(t.absent) + "), so the address is made from what was asked for"
	}
	return ""
}

// addOther adds a value for the hint, once. A few are enough; a hostile index may have millions.
func addOther(values []string, value string) []string {
	if len(values) >= maxShown || len(value) > maxFieldBytes || slices.Contains(values, value) {
		return values
	}
	return append(values, value)
}

// sameName reads the name that an index gives for its package, and refuses another one's index. A
// scope may be left out.
func (q query) sameName(j *jsonReader) error {
	var name text
	if _, err := j.decode(&name); err != nil || name == "" {
		return err
	}
	if !ecosystem.SamePackage(q.pkg.Type, "", string(name), q.pkg.Group, q.pkg.Name) && !ecosystem.SameName(q.pkg.Type, string(name), q.pkg.Name) {
		return fmt.Errorf("it is of the package %q", name)
	}
	return nil
}

// missingBut is [missing] for a version that an index has with other values of a qualifier; without
// any it is missing.
func (q query) missingBut(key string, values []string) error {
	if len(values) == 0 {
		return missing(q.pkg)
	}
	return &MissingError{Package: q.pkg, Key: key, Others: slices.Sorted(slices.Values(values))}
}

// need checks that the package has the qualifiers, each given with an example. All that are missing
// are one error.
func (q query) need(qualifiers ...[2]string) error {
	var missing *QualifierError
	for _, k := range qualifiers {
		switch {
		case q.pkg.Qualifiers[k[0]] != "":
		case missing == nil:
			missing = &QualifierError{Type: q.pkg.Type, Key: k[0], Example: k[1]}
		default:
			missing.Also = append(missing.Also, k[0]+"="+k[1])
		}
	}
	if missing == nil {
		return nil
	}
	return missing
}
