package records

import (
	"errors"
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// purlName is the property and column of a package URL, in lower case. It stands for name, version and group.
const purlName = "purl"

func isPURLName(name string) bool { return strings.EqualFold(name, purlName) }

// fillFromPURL takes name, version, group and type from a package URL; "" says nothing.
func (l *line) fillFromPURL(purl string) {
	purl = trim(purl)
	if purl == "" {
		return
	}
	if l.Record.PackageName != "" || l.Record.Version != "" || l.Record.GroupName != "" {
		l.problems = append(l.problems, errors.New("Purl can't be used together with PackageName, Version or GroupName"))
		return
	}
	pkg, err := ecosystem.ParseKnownPURL(purl)
	if err != nil {
		l.problems = append(l.problems, err)
		return
	}
	l.Record.GroupName, l.Record.PackageName, l.Record.Version, l.Type = pkg.Group, pkg.Name, pkg.Version, pkg.Type
}

// takeType takes the package's type from the package URL beside a record of this program's output, which has the name and
// the version itself. It may be of a newer version, which knows more types.
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

// beginsPURLs tells a file of package URLs from CSV by its first line, which is a package URL or a comment.
func (in *input) beginsPURLs() bool {
	const typeLine = "#TYPE"               // of Export-Csv
	start, _ := in.buf.Peek(len(typeLine)) // an error shows again at the next read
	return hasPURLScheme(string(start)) || start[0] == '#' && string(start) != typeLine
}

func hasPURLScheme(s string) bool {
	const scheme = "pkg:"
	return len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme)
}

// purls reads package URLs, one a line. A "#" at the beginning of a line or after a space begins a comment.
func (in *input) purls() {
	any := false
	for {
		in.src.next()
		text, err := in.firstLine()
		if err != nil {
			in.fail(linePlace(in.line), err)
			return
		}
		if len(text) == 0 {
			break
		}
		if purl := withoutComment(string(text)); purl != "" {
			any = true
			if !in.emit(linePlace(in.line), readPURL(purl)) {
				return
			}
		}
		in.line++
	}
	if !any {
		in.fail("", ErrEmpty)
	}
}

// withoutComment is the text of a line of package URLs. A "#" inside of one is not a comment: it begins a path.
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
