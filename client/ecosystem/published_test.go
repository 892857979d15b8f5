package ecosystem_test

import (
	"strings"
	"testing"

	. "github.com/progetctl/progetctl/client/ecosystem"
)

// published are single comparisons as the projects' own test suites state them.
func published() map[Type]string {
	return map[Type]string{
		// rpm, tests/rpmvercmp.at
		RPM: `
			1.0 = 1.0
			1.0 < 2.0
			2.0 > 1.0
			2.0.1 = 2.0.1
			2.0 < 2.0.1
			2.0.1a = 2.0.1a
			2.0.1a > 2.0.1
			5.5p1 < 5.5p2
			5.5p10 = 5.5p10
			5.5p1 < 5.5p10
			10xyz < 10.1xyz
			xyz10 = xyz10
			xyz10 < xyz10.1
			xyz.4 = xyz.4
			xyz.4 < 8
			xyz.4 < 2
			5.5p2 < 5.6p1
			5.6p1 < 6.5p1
			6.0.rc1 > 6.0
			10b2 > 10a1
			10a2 < 10b2
			1.0aa = 1.0aa
			1.0a < 1.0aa
			10.0001 = 10.1
			10.0001 < 10.0039
			4.999.9 < 5.0
			20101121 < 20101122
			2_0 = 2.0
			a = a+
			a+ = a_
			+a = _a
			+_ = _+
			1.0~rc1 = 1.0~rc1
			1.0~rc1 < 1.0
			1.0~rc1 < 1.0~rc2
			1.0~rc1~git123 < 1.0~rc1
			1.0^ = 1.0^
			1.0^ > 1.0
			1.0^git1 > 1.0
			1.0^git1 < 1.0^git2
			1.0^git1 < 1.01
			1.0^20160101 < 1.0.1
			1.0^20160101^git1 > 1.0^20160101
			1.0~rc1^git1 > 1.0~rc1
			1.0^git1~pre < 1.0^git1`,
		// dpkg, tests of its version functions
		Debian: `
			0 = 0
			0:0 = 0:0-0
			0:0-0 = 0
			1:0 = 1:0-0
			0:0 < 1:0
			0:0-0 < 0:0-1
			0:0-a < 0:0-b
			0:a-0 < 0:b-0
			1.0 > 1.0~
			1.0-1 > 1.0~rc1-1
			1.2.3 < 1.2.3-1
			1.2.3-1 < 1.2.3-1ubuntu1
			7.6p2-4 > 7.6-0
			1.0.3-3 > 1.0-1
			1.3 > 1.2.2-2
			1.3 > 1.2.2
			0-pre < 0-pree
			1.1.6r2-1 > 1.1.6r-1
			2.6b-2 < 2.6b2-1
			98.1p5-1 < 98.1-pre2-b6-2
			0.4a6-2 > 0.4-1
			1:3.0.5-2 < 1:3.0.5.1`,
		// RubyGems, test_gem_version.rb
		Gem: `
			1.0 = 1.0.0
			1.0 > 1.0.a
			1.8.2 > 0.0.0
			1.8.2 > 1.8.2.a
			1.8.2.b > 1.8.2.a
			1.8.2.a < 1.8.2
			1.8.2.a10 > 1.8.2.a9
			1.0.0-alpha < 1.0.0-alpha.1
			1.0.0-alpha.1 < 1.0.0-beta.2
			1.0.0-beta.2 < 1.0.0-beta.11
			1.0.0-beta.11 < 1.0.0-rc.1
			1.0.0-rc1 < 1.0.0
			1.0.0-1 < 1
			5.a < 5.0.0.rc2
			5.x > 5.0.0.rc2`,
		// apk-tools, test/version.data
		Alpine: `
			2.34 > 0.1.0_alpha
			0.1.0_alpha = 0.1.0_alpha
			0.1.0_alpha < 0.1.3_alpha
			0.1.3_alpha < 0.1.3_alpha1
			0.1.3_rc1 < 0.1.3
			1.0.2 < 1.0.3
			1.0.3 > 0.12
			0.12.0 > 0.12
			4.1-r0 < 4.1-r1
			1.0_p9 < 1.0_p10
			0.1.0_alpha_pre2 < 0.1.0_alpha
			1.0.0_pre20191002222144-r0 < 1.0.0_pre20210530193627-r0
			6.0_p1 > 6.0
			6.1 > 6.0
			0.22 > 0.3
			20050718 < 20050719
			1.2.5a > 1.2.5
			8.2.0015 < 8.2.0104`,
		// packaging, tests of its version class
		PyPI: `
			1.0.post1 > 1.0
			1.0.post1.dev1 < 1.0.post1
			1.0a1.dev1 < 1.0a1
			1.0a1 < 1.0a1.post1
			1!1.0 > 2013.10
			1.2+123abc < 1.2+123456
			1.2+abc < 1.2+1234
			1.2.r32+123456 < 1.2.rev33+123456
			1.0+ubuntu.1 > 1.0`,
		// NuGet.Versioning, tests of its comparer
		NuGet: `
			1.0 = 1.0.0.0
			1.23.01 = 1.23.1
			1.45.6 = 1.45.6.0
			1.45.6-Alpha = 1.45.6-alpha
			1.6.2-BeTa = 1.6.02-beta
			1.0+AA = 1.0+aa
			0.0.0 < 1.0.0
			1.0.0-BETA < 1.0.0-beta2
			1.0.0-beta+AA < 1.0.0+aa
			1.0.0-BETA.X.y.5.77.0+AA < 1.0.0-beta.x.y.5.79.0+aa
			1.0.0-BETA.X.y.5.79.0+AA < 1.0.0-beta.x.y.5.790.0+abc`,
		// pub_semver, test/version_test.dart
		Pub: `
			1.0.0-alpha < 1.0.0-alpha.1
			1.0.0-alpha.1 < 1.0.0-beta.2
			1.0.0-beta.2 < 1.0.0-beta.11
			1.0.0-beta.11 < 1.0.0-rc.1
			1.0.0-rc.1 < 1.0.0-rc.1+build.1
			1.0.0-rc.1+build.1 < 1.0.0
			1.0.0 < 1.0.0+0.3.7
			1.0.0+0.3.7 < 1.3.7+build
			1.3.7+build < 1.3.7+build.2.b8f12d7
			1.3.7+build.2.b8f12d7 < 1.3.7+build.11.e0f985a
			1.3.7+build.11.e0f985a < 2.0.0
			0.12.0+2 < 0.12.0+10
			0.12.0+10 < 0.12.1`,
	}
}

func TestPublishedComparisons(t *testing.T) {
	t.Parallel()
	for kind, comparisons := range published() {
		for line := range strings.Lines(comparisons) {
			words := strings.Fields(line)
			if len(words) != 3 {
				continue
			}
			a, b, want := words[0], words[2], strings.Index("<=>", words[1])-1
			if got := sign(CompareVersions(kind, a, b)); got != want {
				t.Errorf("CompareVersions(%q, %q, %q) = %d, want %d", kind, a, b, got, want)
			}
		}
	}
}
