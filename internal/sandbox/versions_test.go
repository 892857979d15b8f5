package sandbox

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestVersionOrder(t *testing.T) {
	t.Parallel()
	ascending := []string{
		"0.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
		"1.0.0", "1.0.0.1", "1.2", "9.0.0", "12.0.3", "12.0.10", "100000000000000000000.0",
	}
	for i, a := range ascending {
		for j, b := range ascending {
			got := compareVersions(a, b)
			if got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("compareVersions(%q, %q) = %d", a, b, got)
			}
		}
	}
	for _, pair := range [][2]string{{"1.0", "1.0.0"}, {"1.0.0+a", "1.0.0+b"}, {"1.0.0-RC", "1.0.0-rc"}, {"01.2", "1.2.0.0"}} {
		if c := compareVersions(pair[0], pair[1]); c != 0 {
			t.Errorf("%v: %d", pair, c)
		}
	}
}

// anyVersion draws what a version may look like, and some that it may not.
func anyVersion() *rapid.Generator[string] {
	return rapid.StringMatching(`[0-9]{0,3}(\.[0-9]{1,2}){0,4}(-[0-9a-zA-Z.]{0,5})?(\+[a-z]{0,2})?`)
}

func TestVersionOrderIsAnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyVersion().Draw(t, "a"), anyVersion().Draw(t, "b"), anyVersion().Draw(t, "c")
		if compareVersions(a, a) != 0 {
			t.Fatalf("%q is not equal to itself", a)
		}
		if compareVersions(a, b) != -compareVersions(b, a) {
			t.Fatalf("%q and %q are not antisymmetric", a, b)
		}
		if compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0 && compareVersions(a, c) > 0 {
			t.Fatalf("%q, %q, %q are not transitive", a, b, c)
		}
	})
}

func TestNormalizeNuGet(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		"1": "1.0.0", "1.0": "1.0.0", "1.0.0.0": "1.0.0", "1.0.0.1": "1.0.0.1", "01.002.3": "1.2.3",
		"1.0.0-RC.1+Build": "1.0.0-rc.1", "12.0.3": "12.0.3", "1.0-beta": "1.0.0-beta", "0.0.0.0": "0.0.0",
	} {
		if got := normalizeNuGet(version); got != want {
			t.Errorf("normalizeNuGet(%q) = %q, want %q", version, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		once := normalizeNuGet(anyVersion().Draw(t, "version"))
		if twice := normalizeNuGet(once); twice != once {
			t.Fatalf("%q becomes %q", once, twice)
		}
	})
}

func TestNewest(t *testing.T) {
	t.Parallel()
	var packages []*stored
	for _, version := range []string{"9.0.0", "12.0.0", "13.0.0-rc.1", "10.0.0"} {
		packages = append(packages, &stored{Package: Package{Version: version}})
	}
	before := slices.Clone(packages)
	if p := newest(packages, false); p.Version != "13.0.0-rc.1" {
		t.Errorf("newest is %s", p.Version)
	}
	if p := newest(packages, true); p.Version != "12.0.0" {
		t.Errorf("newest stable is %s", p.Version)
	}
	if newest(packages[2:3], true) != nil || newest(nil, false) != nil {
		t.Error("found something in nothing")
	}
	if !slices.Equal(packages, before) {
		t.Error("the list was changed")
	}
}
