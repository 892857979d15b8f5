package ecosystem_test

import (
	"strings"
	"testing"

	. "github.com/progetctl/progetctl/client/ecosystem"
)

// irregular are versions that break the rules of their ecosystem, each in its own way.
func irregular() map[Type][]string {
	return map[Type][]string{
		NuGet: {
			"", "v1.0", "1.", ".1", "1..0", "1.0.0.0.0", "1.x", "1.0-", "1.0-a..b", "1.0-.a", "1.0-a.", "-1", "１.0",
		},
		NPM:  {"", "v", "vv1.0.0", "latest", "1.0.0-", "^1.0.0", "1 .0"},
		Helm: {"", "V", "chart"},
		PyPI: {
			"", "1.0x", "1.0+", "1.0+a..b", "1.0+a!", "!1.0", "a!1.0", "1!", "1..0", "1.0.", "1.0a1a1", "1.0.dev1.post1", "1.0--1",
			"french toast",
		},
		Debian: {"", "a:1.0", ":1.0", "1:"},
		RPM:    {"", "e:1.0-1", ":1.0-1", "0:"},
		Gem:    {"", "junk", "1.", "1..2", ".1", "1.2 3", "1.0\n2.0", "-1"},
		Alpine: {"", "a1", "1.0_bogus", "1.0_", "1.0-1", "1.0-r1x", "1.0ab", "1.0B", "1.0 "},
		Conda:  {"", "3.5&1", "5.5++", "5.5..mw", "!", "x!1.0", "1!2!3", "5.5.", "1.0+", "_1"},
		CRAN:   {"", "1.a", "1..0", "-1", "1-", "1.0."},
		Composer: {
			"", "1.0.0.0.0", "1.0-meh", "1.0-5", "1.0-beta2-gamma", "one", "1.0 beta",
		},
	}
}

// A version that breaks the rules must never be taken for the newest.
func TestIrregularVersionsComeFirst(t *testing.T) {
	t.Parallel()
	for kind, versions := range irregular() {
		for _, v := range versions {
			if CompareVersions(kind, v, "0") >= 0 {
				t.Errorf("CompareVersions(%q, %q, \"0\") is not negative", kind, v)
			}
			if IsPrerelease(kind, v) {
				t.Errorf("IsPrerelease(%q, %q) = true", kind, v)
			}
		}
	}
}

func TestIrregularVersionsKeepTheirSpelling(t *testing.T) {
	t.Parallel()
	for _, kind := range []Type{NuGet, PyPI} {
		for _, v := range irregular()[kind] {
			if got := NormalizeVersion(kind, v); got != v {
				t.Errorf("NormalizeVersion(%q, %q) = %q", kind, v, got)
			}
			if SameVersion(kind, v, v+"0") {
				t.Errorf("SameVersion(%q, %q, %q) = true", kind, v, v+"0")
			}
		}
	}
}

// Numbers of any length sort by value, and texts of any length are read in time.
func TestLongVersions(t *testing.T) {
	t.Parallel()
	lengths := []int{1, 19, 20, 254, 255, 256, 1000, 70000}
	for _, kind := range append(KnownTypes(), "") {
		for i, n := range lengths[1:] {
			shorter, longer := strings.Repeat("9", lengths[i]), "1"+strings.Repeat("0", n-1)
			if got := CompareVersions(kind, shorter, longer); got >= 0 {
				t.Errorf("CompareVersions(%q, %d digits, %d digits) = %d", kind, lengths[i], n, got)
			}
			if padded := "000" + longer; kind != Asset && CompareVersions(kind, padded, longer) != 0 {
				t.Errorf("a %q version of %d digits changes with leading zeros", kind, n)
			}
		}
	}
}

// Everything that a server can send has a place, and asking for it does not change it.
func TestHostileVersions(t *testing.T) {
	t.Parallel()
	parts := []string{"0.", "1.", "0.a.", "a1", "-", "~", "^", "_", "1-0-", "+", "!", ":", "\x00", "\xff", "é", "_rc1", "*"}
	for _, kind := range append(KnownTypes(), "") {
		for _, part := range parts {
			long := strings.Repeat(part, 2000)
			for _, v := range []string{long, "1" + long, "1-" + long + "1", "1:" + long} {
				if CompareVersions(kind, v, v) != 0 || !SameVersion(kind, v, v) {
					t.Errorf("a %q version of many %q differs from itself", kind, part)
				}
				if CompareVersions(kind, v, v+"1") != -CompareVersions(kind, v+"1", v) {
					t.Errorf("a %q version of many %q has two places", kind, part)
				}
			}
		}
	}
}
