package records

import (
	"errors"
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// purlName is the property and column of a package URL, in lower case. It stands for name, version
// and group.
const purlName = "purl"

func isPURLName(name string) bool { return strings.EqualFold(name, purlName) }

// fillFromPURL takes name, version, group and type from a package URL; "" says nothing.
func (l *line) fillFromPURL(purl string) {
	purl = trim(purl)
	if purl == "" {
		return
	}
	if l.Record.PackageName != "" || l.Record.Version != "" || l.Record.GroupName != "" {
		l.problems = append(l.problems, errors.New(`property "Purl" can't be used together with PackageName, Version or GroupName`))
		return
	}
	pkg, err := ecosystem.ParseKnownPURL(purl)
	if err != nil {
		l.problems = append(l.problems, err)
		return
	}
	l.Record.GroupName, l.Record.PackageName, l.Record.Version, l.Type = pkg.Group, pkg.Name, pkg.Version, pkg.Type
}

// takeType takes the package's type from the package URL beside a record of this program's output,
// which has the name and the version itself. It may be of a newer version, which has more types.
func (l *line) takeType(purl string) {
	if purl == "" || len(l.problems) > 0 {
		return
	}
	pkg, err := ecosystem.ParsePURL(purl)
	if err != nil {
		l.problems = append(l.problems, err)
		return
	}
	l.Type = pkg.Type
}

func hasPURLScheme(s string) bool {
	const scheme = "pkg:"
	return len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme)
}

// withoutComment is the text of a line of package URLs. A "#" inside of one is not a comment: it
// begins a path.
func withoutComment(text string) string {
	for i := range len(text) {
		if text[i] == '#' && (trim(text[:i]) == "" || strings.ContainsRune(" \t", rune(text[i-1]))) {
			text = text[:i]
			break
		}
	}
	return trim(text)
}

// readPURL reads a line that has one package URL.
func readPURL(purl string) line {
	path, _, _ := strings.Cut(purl, "?")
	var l line
	switch {
	case !hasPURLScheme(purl):
		l.problems = []error{fmt.Errorf("expected a package URL (pkg:TYPE/NAME@VERSION), found %s", excerpt([]byte(purl)))}
	case strings.ContainsFunc(purl, isPadding) || strings.ContainsAny(path, ",;\""):
		l.problems = []error{fmt.Errorf("expected one package URL and nothing else, found %s; several columns need a header line (Purl,Target)", excerpt([]byte(purl)))}
	default:
		l.fillFromPURL(purl)
	}
	return l
}
