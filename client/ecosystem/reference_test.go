package ecosystem_test

import (
	"cmp"
	"strconv"
	"strings"
	"testing"

	. "github.com/progetctl/progetctl/client/ecosystem"

	"pgregory.net/rapid"
)

// The specifications describe how two versions are compared step by step; the package maps each
// version to a key instead. Here the steps are followed as they are written, for short versions,
// and the two must agree.

// compareWith checks keys against a pairwise comparison on versions that match a pattern.
func compareWith(t *testing.T, kind Type, pattern string, reference func(a, b string) int) {
	t.Helper()
	t.Parallel()
	versions := rapid.StringMatching(pattern)
	rapid.Check(t, func(t *rapid.T) {
		a, b := versions.Draw(t, "a"), versions.Draw(t, "b")
		if got, want := sign(CompareVersions(kind, a, b)), sign(reference(a, b)); got != want {
			t.Fatalf("CompareVersions(%q, %q, %q) = %d, want %d", kind, a, b, got, want)
		}
	})
}

// take splits s behind its longest prefix of bytes from set (or not from it).
func take(s, set string, from bool) (run, rest string) {
	i := 0
	for i < len(s) && strings.Contains(set, s[i:i+1]) == from {
		i++
	}
	return s[:i], s[i:]
}

const digits = "0123456789"

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

func TestDebianAgreesWithThePolicy(t *testing.T) {
	compareWith(t, Debian, `[0-2]{1,2}([.+~a][0-2]?){0,3}[.~a]?`, debianSteps)
}

// debianSteps follows the Debian Policy Manual, section 5.6.12, for a version without epoch and
// revision.
func debianSteps(a, b string) int {
	for a != "" || b != "" {
		var aText, bText, aNumber, bNumber string
		aText, a = take(a, digits, false)
		bText, b = take(b, digits, false)
		for i := range max(len(aText), len(bText)) {
			if c := cmp.Compare(debianWeight(aText, i), debianWeight(bText, i)); c != 0 {
				return c
			}
		}
		aNumber, a = take(a, digits, true)
		bNumber, b = take(b, digits, true)
		if c := cmp.Compare(number(aNumber), number(bNumber)); c != 0 {
			return c
		}
	}
	return 0
}

// debianWeight sorts tildes before the end, the end before letters, letters before all else.
func debianWeight(text string, i int) int {
	switch {
	case i >= len(text):
		return 0
	case text[i] == '~':
		return -1
	case strings.ContainsRune("abcdefghijklmnopqrstuvwxyz", rune(text[i])):
		return int(text[i])
	}
	return 256 + int(text[i])
}

func TestRPMAgreesWithItsManual(t *testing.T) {
	compareWith(t, RPM, `[0-2]{1,2}([.+_~^a-b]{1,2}[0-2]?){0,3}[.~^a]?`, rpmSteps)
}

// rpmSteps follows rpm-version(7) for a version without epoch and release.
func rpmSteps(a, b string) int {
	const known = digits + "ab~^"
	for {
		_, a = take(a, known, false)
		_, b = take(b, known, false)
		switch {
		case strings.HasPrefix(a, "~") || strings.HasPrefix(b, "~"):
			if a == "" || a[0] != '~' {
				return 1
			}
			if b == "" || b[0] != '~' {
				return -1
			}
			a, b = a[1:], b[1:]
			continue
		case a == "" || b == "":
			return cmp.Compare(len(a), len(b))
		case a[0] == '^' || b[0] == '^':
			if a[0] != '^' {
				return 1
			}
			if b[0] != '^' {
				return -1
			}
			a, b = a[1:], b[1:]
			continue
		}
		var c int
		if c, a, b = rpmSegment(a, b); c != 0 {
			return c
		}
	}
}

// rpmSegment compares the leading runs of digits or letters.
func rpmSegment(a, b string) (c int, aRest, bRest string) {
	aNumber, aRest := take(a, digits, true)
	bNumber, bRest := take(b, digits, true)
	switch {
	case aNumber != "" && bNumber != "":
		return cmp.Compare(number(aNumber), number(bNumber)), aRest, bRest
	case aNumber != "":
		return 1, a, b
	case bNumber != "":
		return -1, a, b
	}
	aWord, aRest := take(a, "ab", true)
	bWord, bRest := take(b, "ab", true)
	return strings.Compare(aWord, bWord), aRest, bRest
}

func TestGemAgreesWithItsDocumentation(t *testing.T) {
	compareWith(t, Gem, `[0-1](\.[0-2ab]){0,4}`, gemSteps)
}

// gemSteps follows the documentation of Gem::Version for single letters and digits between dots.
func gemSteps(a, b string) int {
	as, bs := gemSegments(a), gemSegments(b)
	at := func(segments []string, i int) string {
		if i < len(segments) {
			return segments[i]
		}
		return "0"
	}
	for i := range max(len(as), len(bs)) {
		x, y := at(as, i), at(bs, i)
		xWord, yWord := x >= "a", y >= "a"
		switch {
		case x == y:
			continue
		case xWord && !yWord:
			return -1
		case yWord && !xWord:
			return 1
		}
		return strings.Compare(x, y)
	}
	return 0
}

// gemSegments drops the zeros before the first word and at the end.
func gemSegments(v string) []string {
	segments := strings.Split(v, ".")
	first := 0
	for first < len(segments) && segments[first] < "a" {
		first++
	}
	end := first
	for end > 0 && segments[end-1] == "0" {
		end--
	}
	return append(segments[:end:end], segments[first:]...)
}

func TestCondaAgreesWithItsDocumentation(t *testing.T) {
	compareWith(t, Conda, `[0-1](\.?(a|b|dev|post|\*)?[0-1]?[0-1])?(\.(a|rc|post|dev)?[0-2]){0,2}`, condaSteps)
}

// condaSteps follows the documentation of VersionOrder for a version without epoch and local part.
func condaSteps(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	at := func(parts []string, i int) []string {
		if i < len(parts) {
			return condaItems(parts[i])
		}
		return nil
	}
	for i := range max(len(as), len(bs)) {
		if c := condaPartSteps(at(as, i), at(bs, i)); c != 0 {
			return c
		}
	}
	return 0
}

func condaPartSteps(a, b []string) int {
	at := func(items []string, i int) string {
		if i < len(items) {
			return items[i]
		}
		return "0"
	}
	for i := range max(len(a), len(b)) {
		x, y := at(a, i), at(b, i)
		if c := cmp.Compare(condaClass(x), condaClass(y)); c != 0 {
			return c
		}
		if c := cmp.Compare(number(x), number(y)); c != 0 {
			return c
		}
		if condaClass(x) == 2 {
			if c := strings.Compare(x, y); c != 0 {
				return c
			}
		}
	}
	return 0
}

// condaClass sorts stars before dev before words before numbers before post.
func condaClass(item string) int {
	switch {
	case item[0] == '*':
		return 0
	case item == "dev":
		return 1
	case item == "post":
		return 4
	case strings.Contains(digits, item[:1]):
		return 3
	}
	return 2
}

// condaItems takes a part apart; one that begins with a word begins with a zero.
func condaItems(part string) []string {
	var items []string
	if !strings.Contains(digits, part[:1]) {
		items = append(items, "0")
	}
	for part != "" {
		var run string
		switch {
		case part[0] == '*':
			run, part = take(part, "*", true)
		case strings.Contains(digits, part[:1]):
			run, part = take(part, digits, true)
		default:
			run, part = take(part, digits+"*", false)
		}
		items = append(items, run)
	}
	return items
}

func TestMavenAgreesWithItsPaddingRule(t *testing.T) {
	compareWith(t, Maven, `[0-2](\.[0-2]){0,3}(-(alpha|beta|rc|SNAPSHOT|sp|x|1|2))?`, mavenSteps)
}

// mavenSteps compares releases of numbers first; among equal ones the qualifier decides, and where
// one release is longer, its next number meets the other's qualifier.
func mavenSteps(a, b string) int {
	aRelease, aQualifier, _ := strings.Cut(a, "-")
	bRelease, bQualifier, _ := strings.Cut(b, "-")
	as, bs := mavenNumbers(aRelease), mavenNumbers(bRelease)
	for i := range max(len(as), len(bs)) {
		switch {
		case i >= len(as):
			return -1 // every number behind a dot comes behind every qualifier
		case i >= len(bs):
			return 1
		case as[i] != bs[i]:
			return strings.Compare(as[i], bs[i])
		}
	}
	const order = "alpha beta rc SNAPSHOT  sp x 1 2"
	place := func(qualifier string) int {
		if qualifier == "" {
			return strings.Index(order, "  ") + 1
		}
		return strings.Index(order, qualifier)
	}
	return cmp.Compare(place(aQualifier), place(bQualifier))
}

// mavenNumbers drops the zeros at the end.
func mavenNumbers(release string) []string {
	numbers := strings.Split(release, ".")
	for len(numbers) > 0 && numbers[len(numbers)-1] == "0" {
		numbers = numbers[:len(numbers)-1]
	}
	return numbers
}
