package ecosystem

import (
	"errors"
	"fmt"
	"strings"
)

// Range is a set of versions: bounds that all have to hold, or several such lists of which one has
// to. Which versions it contains depends on the order of an ecosystem, so the type is given when a
// version is looked up. The zero value holds nothing.
type Range struct {
	text string
	any  [][]bound
}

// bound is one comparison with a version, such as "<13.0.1".
type bound struct{ operator, version string }

// ErrNotOrdered is the error of a version that has no place in the order of its ecosystem, so that
// nothing can be said about a range: it breaks the ecosystem's rules, names a branch, or its type
// is unknown.
var ErrNotOrdered = errors.New("the version cannot be compared")

// IsRange reports whether s is meant as a range, not as a single version: it has what no version of
// any ecosystem has, and in the ranges of some. [ParseRange] does not read all of them ("^1.2",
// "[1.0,2.0)").
func IsRange(s string) bool {
	return strings.ContainsAny(s, "<>=|^*[](), ") || strings.HasPrefix(s, "~")
}

// ParseRange reads a range: ">=12.0 <13.0.1". Bounds that all have to hold are separated by spaces
// or commas, ranges of which one is enough by "||". There may be spaces after an operator. "="
// holds the versions that the ecosystem puts in the same place (1.0 and 1.0.0 in most).
func ParseRange(s string) (Range, error) {
	r := Range{text: s}
	for part := range strings.SplitSeq(s, "||") {
		bounds, err := parseBounds(part)
		if err != nil {
			return Range{}, fmt.Errorf("version range %q: %w; write bounds with <, <=, >, >=, = or !=, such as \">=12.0 <13.0.1\"", s, err)
		}
		r.any = append(r.any, bounds)
	}
	return r, nil
}

// parseBounds reads what is between two "||".
func parseBounds(part string) (bounds []bound, err error) {
	fields := strings.FieldsFunc(part, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
	for i := 0; i < len(fields); i++ {
		operator, version := cutAnyPrefix(fields[i], "<=", ">=", "!=", "==", "<", ">", "=")
		if operator != "" && version == "" && i+1 < len(fields) {
			i++
			version = fields[i]
		}
		switch {
		case operator == "":
			return nil, fmt.Errorf("%q has no operator", version)
		case version == "":
			return nil, fmt.Errorf("nothing follows %q", operator)
		case strings.ContainsAny(version, "<>=^*|[]()") || version[0] == '~' || !strings.ContainsAny(version, "0123456789"):
			return nil, fmt.Errorf("%q is not a version", version)
		}
		bounds = append(bounds, bound{operator, version})
	}
	if len(bounds) == 0 {
		return nil, errors.New("a bound is missing")
	}
	return bounds, nil
}

// String is the range as it was written.
func (r Range) String() string { return r.text }

// Check returns an error that wraps [ErrNotOrdered] if the order of the type cannot place a version
// in the range.
func (r Range) Check(t Type) error {
	for _, bounds := range r.any {
		for _, b := range bounds {
			if !Ordered(t, b.version) {
				return fmt.Errorf("%w: %q in the range %q is not a version that packages of type %s can have", ErrNotOrdered, b.version, r.text, typeWord(t))
			}
		}
	}
	return nil
}

// Holds reports whether a version is in the range by the order of its ecosystem. Pre-releases have
// no rule of their own: "<2.0" holds 2.0-beta, because it comes before 2.0. The error wraps
// [ErrNotOrdered]; the range may hold the version then.
func (r Range) Holds(t Type, version string) (bool, error) {
	if err := r.Check(t); err != nil {
		return false, err
	}
	if !Ordered(t, version) {
		return false, notOrdered(t, version)
	}
	for _, bounds := range r.any {
		if holdsAll(t, bounds, version) {
			return true, nil
		}
	}
	return false, nil
}

func holdsAll(t Type, bounds []bound, version string) bool {
	for _, b := range bounds {
		if !b.holds(CompareVersions(t, version, b.version)) {
			return false
		}
	}
	return true
}

// holds takes the order of a version and the bound's.
func (b bound) holds(order int) bool {
	switch b.operator {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	case "!=":
		return order != 0
	}
	return order == 0
}

// Ordered reports whether a version has a place in its ecosystem's order, so that [CompareVersions]
// means something: it keeps the ecosystem's rules, the type is one of [KnownTypes], and its
// versions are an order at all. The files of an asset directory have none, and the head of a
// Composer branch is neither before nor after a release.
func Ordered(t Type, version string) bool {
	if !t.Known() || t == Asset || t == Composer && composerBranchName(version) {
		return false
	}
	var space [keySpace]byte
	key := appendSortKey(space[:0], t, version)
	return version != "" && key[0] == keyRegular
}

func notOrdered(t Type, version string) error {
	if !t.Known() {
		return fmt.Errorf("%w: the type of the package is unknown", ErrNotOrdered)
	}
	return fmt.Errorf("%w: %q is not a version that packages of type %s can have", ErrNotOrdered, version, t)
}

// typeWord is the type as a message has it.
func typeWord(t Type) string {
	if t == "" {
		return "unknown"
	}
	return string(t)
}
