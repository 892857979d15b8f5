package ecosystem_test

import (
	"strings"
	"testing"

	. "github.com/progetctl/progetctl/client/ecosystem"

	"golang.org/x/mod/semver"
	"pgregory.net/rapid"
)

// anyVersion draws what looks like a version of some ecosystem, often one that resembles another,
// as well as any text.
func anyVersion() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringMatching(`v?(0|1:|1!)?[01]{1,2}(\.[012]{1,2}){0,3}([-.+~^_]?(a|A|b|rc|RC|dev|post|p|alpha|SNAPSHOT|x|el)?[01]?){0,3}`),
		rapid.StringMatching(`[01]\.0{0,3}(\.0){0,3}[-._~]?[ab01]?`),
		rapid.String(),
	)
}

func TestCompareVersionsIsATotalOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := anyType().Draw(t, "type")
		a, b, c := anyVersion().Draw(t, "a"), anyVersion().Draw(t, "b"), anyVersion().Draw(t, "c")
		compare := func(x, y string) int { return sign(CompareVersions(kind, x, y)) }
		if compare(a, a) != 0 {
			t.Fatal("not reflexive")
		}
		if compare(a, b) != -compare(b, a) {
			t.Fatal("not antisymmetric")
		}
		if compare(a, b) <= 0 && compare(b, c) <= 0 && compare(a, c) > 0 {
			t.Fatal("not transitive")
		}
		if compare(a, b) != sign(strings.Compare(SortKey(kind, a), SortKey(kind, b))) {
			t.Fatal("the keys are in another order")
		}
	})
}

func TestSameVersionAgreesWithTheOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := anyType().Draw(t, "type")
		a, b := anyVersion().Draw(t, "a"), anyVersion().Draw(t, "b")
		checkSameVersion(t, kind, a, b)
		checkSameVersion(t, kind, a, NormalizeVersion(kind, a))
		if !SameVersion(kind, a, NormalizeVersion(kind, a)) {
			t.Fatalf("%q is another version than its normal form %q", a, NormalizeVersion(kind, a))
		}
		if once := NormalizeVersion(kind, a); NormalizeVersion(kind, once) != once {
			t.Fatalf("the normal form %q has another normal form", once)
		}
		if SameVersion(kind, a, b) && IsPrerelease(kind, a) != IsPrerelease(kind, b) {
			t.Fatal("one version is a pre-release and is none")
		}
	})
}

// checkSameVersion holds for every pair of strings.
func checkSameVersion(t interface{ Errorf(string, ...any) }, kind Type, a, b string) {
	same := SameVersion(kind, a, b)
	if !SameVersion(kind, a, a) || same != SameVersion(kind, b, a) {
		t.Errorf("SameVersion of %q is not an equivalence on %q and %q", kind, a, b)
	}
	if same && CompareVersions(kind, a, b) != 0 {
		t.Errorf("%q versions %q and %q are the same, but one comes first", kind, a, b)
	}
	if same != (VersionKey(kind, a) == VersionKey(kind, b)) {
		t.Errorf("the keys of %q versions %q and %q disagree with SameVersion", kind, a, b)
	}
}

// An independent implementation of SemVer must see the same order wherever it can read both.
func TestSemVerAgreesWithAnotherImplementation(t *testing.T) {
	t.Parallel()
	identifier := rapid.StringMatching(`[0-9]{1,2}|[0-9A-Za-z-]{1,3}`)
	version := rapid.Custom(func(t *rapid.T) string {
		v := rapid.StringMatching(`[0-9]\.[0-9]{1,2}\.[0-9]`).Draw(t, "release")
		if pre := rapid.SliceOfN(identifier, 0, 3).Draw(t, "pre"); len(pre) > 0 {
			v += "-" + strings.Join(pre, ".")
		}
		return v
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := version.Draw(t, "a"), version.Draw(t, "b")
		if !semver.IsValid("v"+a) || !semver.IsValid("v"+b) {
			t.Skip("no semantic version")
		}
		for _, kind := range []Type{NPM, Cargo, Helm, Terraform, Docker, ""} {
			if got, want := sign(CompareVersions(kind, a, b)), semver.Compare("v"+a, "v"+b); got != want {
				t.Fatalf("CompareVersions(%q, %q, %q) = %d, want %d", kind, a, b, got, want)
			}
		}
	})
}

func FuzzCompareVersions(f *testing.F) {
	for kind, order := range orders() {
		rows := rows(order)
		for i := range len(rows) - 1 {
			f.Add(string(kind), rows[i][0], rows[i+1][0])
		}
	}
	f.Fuzz(func(t *testing.T, word, a, b string) {
		kind := ParseType(word)
		forth, back := sign(CompareVersions(kind, a, b)), sign(CompareVersions(kind, b, a))
		if forth != -back || CompareVersions(kind, a, a) != 0 {
			t.Errorf("CompareVersions(%q, %q, %q) = %d, the other way round %d", kind, a, b, forth, back)
		}
		if forth != sign(strings.Compare(SortKey(kind, a), SortKey(kind, b))) {
			t.Errorf("the keys of %q versions %q and %q are in another order", kind, a, b)
		}
		checkSameVersion(t, kind, a, b)
		IsPrerelease(kind, a)
	})
}
