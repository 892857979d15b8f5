package ecosystem

import (
	"fmt"
	"strings"
)

// Package is the identity of a package, with or without a version.
type Package struct {
	Type       Type
	Group      string
	Name       string
	Version    string
	Qualifiers map[string]string
	Subpath    string
}

// ParsePURL reads a package URL.
func ParsePURL(s string) (Package, error) {
	rest, ok := strings.CutPrefix(s, "pkg:")
	if !ok {
		return Package{}, fmt.Errorf("package URL %q: expected pkg:TYPE/[GROUP/]NAME@VERSION", s)
	}
	t, rest, _ := strings.Cut(rest, "/")
	p := Package{Type: ParseType(t)}
	if i := strings.LastIndex(rest, "@"); i > 0 {
		rest, p.Version = rest[:i], rest[i+1:]
	}
	p.Group, p.Name = SplitName(p.Type, strings.ReplaceAll(rest, "%40", "@"))
	return p, nil
}

// PURL writes the package URL as ProGet writes it.
func (p Package) PURL() string {
	return "pkg:" + string(p.Type) + "/" + JoinName(p.Type, p.Group, p.Name) + "@" + p.Version
}
