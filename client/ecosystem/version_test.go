package ecosystem_test

import (
	"testing"

	. "github.com/progetctl/progetctl/client/ecosystem"
)

func TestSameVersion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind Type
		a, b string
		want bool
	}{
		{NuGet, "1.0", "1.0.0.0+build", true},
		{NuGet, "1.00.0-Beta", "1.0-beta", true},
		{NuGet, "1.0.0-beta.1", "1.0.0-beta.01", true},
		{NuGet, "1.0.0.1", "1.0.0", false},
		{NuGet, "1.0.0-beta", "1.0.0", false},
		{NuGet, "v1.0.0", "1.0.0", false}, // NuGet takes no "v"
		{Chocolatey, "2.40", "2.40.0", true},
		{PowerShell, "5.0", "5.0.0", true},
		{NPM, "1.0.0+a", "1.0.0", true},
		{NPM, "v1.0.0", "1.0.0", true},
		{NPM, "1.0.0-RC", "1.0.0-rc", false},
		{NPM, "1.0", "1.0.0", false}, // to npm the first is a range
		{Helm, "v1.2.3", "1.2.3", true},
		{Helm, "1.2.3+1", "1.2.3+2", false}, // two charts
		{Cargo, "1.2.3+1", "1.2.3", false},
		{PyPI, "1.0", "1.0.0", true},
		{PyPI, "1.0-RC1", "1.0rc1", true},
		{PyPI, "1.0", "1.0+local", false},
		{PyPI, "1.0", "1.0.post0", false},
		{Composer, "v1.0", "1.0.0.0", true},
		{Composer, "1.0-beta2", "1.0.0-BETA.2", true},
		{Maven, "1.0", "1.0.0", false}, // two folders of the repository
		{Maven, "1.0-snapshot", "1.0-SNAPSHOT", true},
		{Universal, "1.0.0-RC", "1.0.0-rc", true},
		{Universal, "1.0.0+A", "1.0.0", false},
		{Debian, "1.0", "0:1.0", false},
		{Debian, "1.0A", "1.0a", false},
		{Gem, "0.-", "0..pre.", false},
		{Gem, "1.0", "1.0.0", false},
		{Docker, "Latest", "latest", false}, // tags know case
		{"", "1.0", "1.0.0", false},
		{"", "", "", true},
	} {
		if got := SameVersion(test.kind, test.a, test.b); got != test.want {
			t.Errorf("SameVersion(%q, %q, %q) = %v", test.kind, test.a, test.b, got)
		}
		if got := SameVersion(test.kind, test.b, test.a); got != test.want {
			t.Errorf("SameVersion(%q, %q, %q) = %v", test.kind, test.b, test.a, got)
		}
	}
}

func TestNormalizeVersion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind       Type
		from, want string
	}{
		{NuGet, "1", "1.0.0"},
		{NuGet, "1.0", "1.0.0"},
		{NuGet, "1.00.01.0", "1.0.1"},
		{NuGet, "1.2.3.4", "1.2.3.4"},
		{NuGet, "1.0.0-Beta.2+meta", "1.0.0-Beta.2"},
		{NuGet, "1.0.0+1-2", "1.0.0"},
		{NuGet, "1.0.0.0.0", "1.0.0.0.0"},
		{NuGet, "1.0-", "1.0-"},
		{NuGet, "", ""},
		{PyPI, " v1.0-ALPHA.01 ", "1.0a1"},
		{PyPI, "00!01.0.0", "1.0.0"},
		{PyPI, "2!1-1", "2!1.post1"},
		{PyPI, "1.0.DEV", "1.0.dev0"},
		{PyPI, "1.0c3.rev_4+Ubuntu-01", "1.0rc3.post4+ubuntu.1"},
		{PyPI, "1.0+", "1.0+"},
		{PyPI, "x", "x"},
		{NPM, "v1.0.0+build", "1.0.0"},
		{Helm, "v1.0.0+build", "1.0.0+build"},
		{Helm, "vanilla", "vanilla"},
		{Maven, "1.0-SNAPSHOT", "1.0-SNAPSHOT"},
		{Universal, "1.0.0-RC", "1.0.0-RC"},
		{"", "v1", "v1"},
	} {
		if got := NormalizeVersion(test.kind, test.from); got != test.want {
			t.Errorf("NormalizeVersion(%q, %q) = %q, want %q", test.kind, test.from, got, test.want)
		}
	}
}

func TestIsPrerelease(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind               Type
		stable, prerelease []string
	}{
		{NuGet, []string{"1.0", "1.0.0.1", "1.0.0+a-b", "x-y", ""}, []string{"1.0-b", "1.0.0.1-rc.1+x"}},
		{NPM, []string{"1.0.0", "v1.0.0"}, []string{"v1.0.0-0", "1.0.0-rc"}},
		{Docker, []string{"latest", "3.4", "3"}, []string{"3.4.0-rc1"}},
		{PyPI, []string{"1.0", "1.0.post1", "1.0+dev", "bad"}, []string{"1.0a1", "1.0.dev1", "1.0rc1.post2", "1.0.post1.dev2"}},
		{Maven, []string{"1.0", "1.0.RELEASE", "1.0-jre", "1.0-sp1", "31.1-android", "1-a"}, []string{"1.0-SNAPSHOT", "1.0-M1", "1.0.CR2", "1.0-alpha"}},
		{Debian, []string{"1.0-1", "1:2.0~bpo12+1", "1.0~ubuntu1", "1.0rc"}, []string{"1.0~rc1-1", "1.0~~Beta2", "2~x~dev"}},
		{RPM, []string{"1.0-1.el9", "1.0^git1"}, []string{"1.0~rc1-1"}},
		{Gem, []string{"1.0", "bad", ""}, []string{"1.0.a", "1.0.pre1", "1.0-1"}},
		{Alpine, []string{"1.0-r1", "1.0_p1", "1.0_git2", "1.0_x_rc1"}, []string{"1.0_rc1-r1", "1.0_alpha_p1"}},
		{Conda, []string{"1.1.1w", "1.0", "1.0post1", "1.0+dev", "1 rc"}, []string{"1.0rc1", "1.0a1", "2.0.dev3", "1.0BETA2"}},
		{Composer, []string{"1.0", "1.0-p1", "1.0-stable", "junk"}, []string{"dev-main", "1.x-dev", "1.0-dev", "1.0-RC1", "1.0a", "1.0-p1-dev"}},
		{CRAN, []string{"1.0-1"}, nil},
		{Asset, []string{"1.0-rc1"}, nil},
	} {
		for _, v := range test.stable {
			if IsPrerelease(test.kind, v) {
				t.Errorf("IsPrerelease(%q, %q) = true", test.kind, v)
			}
		}
		for _, v := range test.prerelease {
			if !IsPrerelease(test.kind, v) {
				t.Errorf("IsPrerelease(%q, %q) = false", test.kind, v)
			}
		}
	}
}
