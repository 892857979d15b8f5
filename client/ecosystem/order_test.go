package ecosystem_test

import (
	"strings"
	"testing"

	. "github.com/progetctl/progetctl/client/ecosystem"
)

// orders are versions in ascending order; those on one line are equal. They are taken from the
// specifications and the published test tables of each ecosystem.
func orders() map[Type]string {
	return map[Type]string{
		// semver.org, section 11, and the rules for numbers beyond 64 bits.
		Cargo: `
			1.0.0-alpha
			1.0.0-alpha.1
			1.0.0-alpha.beta
			1.0.0-beta
			1.0.0-beta.2
			1.0.0-beta.11
			1.0.0-rc.1
			1.0.0 v1.0.0 1.0.0+build.5 1.0.0+build.7
			2.0.0
			2.1.0
			2.1.1
			10.0.0
			99999999999999999999999.999999999999999999.99999999999999999`,
		NPM: `
			not-a-version
			0.0.0-foo
			0.0.0
			0.0.1
			0.9.9
			0.10.0
			1.2.3-4
			1.2.3-4-foo
			1.2.3-5-Foo
			1.2.3-5-foo
			1.2.3-R2
			1.2.3-a.5
			1.2.3-a.10
			1.2.3-a.b
			1.2.3-a.b.c.5.d.100
			1.2.3-r100
			1.2.3-r2
			1.2.3 v1.2.3 1.2.3+asdf`,
		// learn.microsoft.com, nuget/concepts/package-versioning.
		NuGet: `
			1.0beta
			1.0.0-ALPHA 1.0.0-alpha
			1.0-beta.01x
			1.0.1-1.23
			1.0.1-aaa
			1.0.1-beta
			1.0.1-open
			1.0.1-zzz
			1.0.1 1.00.01 1.0.1.0 1.0.1+r3456
			1.0.1.1-a
			1.0.1.1
			1.0.1.10
			12.0.3
			13.0.0`,
		Universal: `
			1.0.0-RC.1 1.0.0-rc.1
			1.0.0
			1.0.1`,
		// packaging.python.org, version specifiers: summary of permitted suffixes and relative
		// ordering.
		PyPI: `
			dog
			1.dev0
			1.0.dev456 1.0-DEV456
			1.0a1 1.0alpha1 1.0-ALPHA.1 v1.0_a_1
			1.0a2.dev456
			1.0a12.dev456
			1.0a12
			1.0b1.dev456
			1.0b2
			1.0b2.post345.dev456
			1.0b2.post345 1.0b2-345 1.0b2-r345 1.0b2rev345
			1.0rc1.dev456
			1.0rc1 1.0c1 1.0pre1 1.0preview1
			1.0 1 1.0.0 01.0.0
			1.0+abc.5
			1.0+abc.7
			1.0+5 1.0+05
			1.0+5.1 1.0+5-1 1.0+5_1
			1.0.post456.dev34
			1.0.post456 1.0-456
			1.0.15
			1.1.dev1
			1!0.5`,
		// maven.apache.org, POM reference, and the tables of Maven's own ComparableVersionTest.
		Maven: `
			1-alpha2snapshot
			1-alpha2 1-a2 1.0.0-alpha-2
			1-alpha-123
			1-beta-2 1-b2
			1-beta123
			1-m2 1-milestone-2
			1-m11
			1-rc
			1-cr2 1-rc2
			1-rc123
			1-SNAPSHOT 1.0-snapshot
			1 1.0 1.0.0 1-0 1.ga 1-final 1.RELEASE 1.0.0-ga
			1-sp
			1-sp2
			1-sp123
			1-abc
			1-def
			1-pom-1
			1-1-snapshot
			1-1 1.0-1
			1-2
			1-123
			1.0.1
			1.1
			2.0 2
			2.0.a
			2-1
			2.0.2
			2.0.123
			2.1.0
			2.1-a 2.1a
			2.1b
			2.1-c
			2.1-1
			2.1.0.1
			2.2
			2.123
			11.a2
			11.a11
			11.b2
			11.b11
			11.m2
			11.m11
			11
			11.a
			11b
			11c
			11m`,
		// Debian Policy Manual, section 5.6.12, and the test suite of dpkg.
		Debian: `
			:1
			~~
			~~a
			~
			0 00 0:0-0
			0a
			1.0~~
			1.0~~a
			1.0~beta1~svn1245
			1.0~beta1
			1.0 1.0-0 0:1.0 1.00
			1.0-1~bpo1
			1.0-1
			1.0-1.1
			1.0-2
			1.0-10
			1.0a
			1.0z
			1.0+b1
			1.0.1
			1.2
			1.10
			1:0.5`,
		// The test tables of rpm (rpmvercmp.at).
		RPM: `
			x:1
			1.0~rc1~git123
			1.0~rc1
			1.0~rc1^git1
			1.0~rc2
			1.0 1_0 1.00 0:1.0
			1.0-1~a
			1.0-1
			1.0-1.el9
			1.0-2
			1.0-10
			1.0^
			1.0^git1~pre
			1.0^git1
			1.0^git2
			1.0a
			1.0.1
			2.0
			2.0.1
			2.0.1a
			5.5p1
			5.5p2
			5.5p10
			5.6p1
			6.0
			6.0.rc1
			10xyz
			10.0001 10.1
			10.0039 10.39
			20101121
			1:0.1`,
		// RubyGems, Gem::Version, and its tests.
		Gem: `
			1.0..1
			0.0.beta 0.beta
			0.0.beta.1 0.beta.1
			0
			1.a 1.0.a 1.0.0.a.0
			1.0.a.2
			1.0.b1 1.b1
			1.8.2.a
			1.8.2.a9
			1.8.2.a10
			1.8.2.b
			1.8.2 1.8.2.0 1.8.2.0.0
			1.9.3-1
			1.9.3
			1.9.3.0.1
			2
			2.0.1
			10`,
		// Alpine's apk-tools, version.data.
		Alpine: `
			1.0_bogus
			0.1_alpha
			0.1_alpha1
			0.1_beta
			0.1_beta2
			0.1_pre2
			0.1_rc
			0.1_rc1
			0.1
			0.1-r1
			0.1-r2
			0.1_git20260101
			0.1_p1
			0.1_p1-r1
			0.1_p10
			0.1a
			0.1b
			0.1.3
			1.01
			1.02
			1.1
			1.2.3
			10.0`,
		// conda documentation, VersionOrder.
		Conda: `
			1..0
			0.4 0.4.0
			0.4.1.rc 0.4.1.RC
			0.4.1
			0.5a1
			0.5b3
			0.5C1
			0.5
			0.9.6
			0.960923
			1.0
			1.1dev1
			1.1_
			1.1a1
			1.1.0dev1 1.1.dev1
			1.1.a1
			1.1.0rc1
			1.1.0 1.1
			1.1.0+1
			1.1.0post1 1.1.post1
			1.1post1
			1996.07.12
			1!0.4.1
			1!3.1.1.6
			2!0.4.1`,
		CRAN: `
			1.x
			0.9-11
			1.0 1-0 1.00
			1.0.0
			1.0-1 1.0.1
			1.2
			1.10`,
		// getcomposer.org, versions, and PHP's version_compare.
		Composer: `
			nonsense
			2.x-dev
			dev-main
			0.9
			1.0-dev
			1.0-alpha 1.0.0-ALPHA
			1.0-alpha2 1.0a2 1.0.0.0-alpha.2
			1.0-beta2-dev
			1.0-beta2 v1.0b2
			1.0-beta10
			1.0-RC1 1.0rc1
			1.0 v1.0.0 1.0.0.0 1.0-stable 1.0.0+build
			1.0-p1 1.0-patch1 1.0pl1
			1.0.1
			1.10`,
		// Tags: SemVer if they can be read so.
		Docker: `
			3-alpine2x
			3.4-alpine
			3.4 3.4.0
			3.10`,
		Asset: `
			a
			a9
			a10
			b
			9
			10`,
	}
}

func rows(order string) [][]string {
	var rows [][]string
	for line := range strings.Lines(order) {
		if fields := strings.Fields(line); len(fields) > 0 {
			rows = append(rows, fields)
		}
	}
	return rows
}

func TestCompareVersionsFollowsTheSpecifications(t *testing.T) {
	t.Parallel()
	for kind, order := range orders() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			rows := rows(order)
			for i, row := range rows {
				for j, other := range rows {
					checkRows(t, kind, row, other, sign(i-j))
				}
			}
		})
	}
}

// checkRows compares each version of one row with each of another.
func checkRows(t *testing.T, kind Type, row, other []string, want int) {
	t.Helper()
	for _, a := range row {
		for _, b := range other {
			if got := sign(CompareVersions(kind, a, b)); got != want {
				t.Errorf("CompareVersions(%q, %q, %q) = %d, want %d", kind, a, b, got, want)
			}
			if got := sign(strings.Compare(SortKey(kind, a), SortKey(kind, b))); got != want {
				t.Errorf("the keys of %q versions %q and %q compare as %d, want %d", kind, a, b, got, want)
			}
		}
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}
