package ecosystem_test

import (
	"errors"
	"strings"
	"testing"

	. "github.com/progetctl/progetctl/client/ecosystem"
)

func TestRangeHoldsByTheOrderOfTheEcosystem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind       Type
		rule       string
		in, out    string // separated by spaces
		incomplete string // cannot be compared
	}{
		{NuGet, "<13.0.1", "12.0.3 9.0.1 13.0.1-beta1 13.0.0.9", "13.0.1 13.0.1.0 13.0.1+build 100.0", "13.x v12.0 latest"},
		{NuGet, ">=12.0 <13.0.1", "12.0.0 12.0.3", "11.0.2 12.0-rc1 13.0.1", "1..0"},
		{NuGet, ">= 12.0, < 13.0.1", "12.0.0 12.0.3", "11.0.2 13.0.1", ""},
		{NuGet, "<1.0||>=2.0 <2.5", "0.9 2.0 2.4.9", "1.0 1.9 2.5", ""},
		{NuGet, "=1.0", "1.0 1.0.0 1.0.0.0+x", "1.0.1", ""},
		{NuGet, "==1.0", "1.0.0", "1.0.1", ""},
		{NuGet, "!=1.0 >0.5", "1.0.1 0.6", "1.0.0 0.5", ""},
		{NPM, "<=2.0.0", "2.0.0 v2.0.0 2.0.0-rc.1 1.10.0", "2.0.1", "next"},
		{NPM, ">1.9", "1.10.0", "1.9.0 1.8.9", ""},
		{PyPI, "<2.0", "2.0rc1 2.0.dev1 1.10 1.9.post1", "2.0 2.0.post1 1!0.1", "french"},
		{PyPI, ">=1!1.0", "1!1.0 2!0", "99.0", ""},
		{Maven, "<2.17.1", "2.17.0 2.0-beta9 2.17.1-rc1 2.17.1-SNAPSHOT", "2.17.1 2.17.1.ga 2.17.2", ""},
		{Debian, "<1:1.2.11.dfsg-2+deb11u2", "1.3-1 1:1.2.11.dfsg-2 1:1.2.11.dfsg-2~bpo1", "1:1.2.11.dfsg-2+deb11u2 1:1.2.13", "a:1"},
		{RPM, "<3.0.7-1.el9", "3.0.1-1.el9 3.0.7~rc1-1", "3.0.7-1.el9 3.0.7-2 1:0.1", ""},
		{Alpine, "<1.2.13-r0", "1.2.12-r9 1.2.13_rc1", "1.2.13-r0 1.2.13_p1", "1.2-1"},
		{Gem, "<5.2.4.3", "5.2.4.2 5.2.4.3.rc1", "5.2.4.3 5.2.5", "5."},
		{Cargo, ">=0.10.0 <0.10.55", "0.10.54 0.10.9", "0.10.0-alpha 0.10.55", ""},
		{Composer, "<2.0", "1.9 2.0-RC1", "2.0.0.0 v2.0", "dev-main 2.x-dev"},
		{Conda, "<1.1.1w", "1.1.1t", "1.1.1 1.1.2", "1..0"},
		{CRAN, "<1.0-2", "1.0-1 0.9", "1.0-2 1.0.3", "1.x"},
		{Docker, "<1.25", "1.24 1.25-alpine", "1.25.0", "stable"},
		{Asset, "<2", "", "", "1 2 a.zip"},
		{"", "<2", "", "", "1 2"},
		{"golang", "<2", "", "", "1.0.0"},
	} {
		r, err := ParseRange(c.rule)
		if err != nil {
			t.Error(err)
			continue
		}
		for list, want := range map[string]bool{c.in: true, c.out: false} {
			for _, v := range strings.Fields(list) {
				if got, err := r.Holds(c.kind, v); got != want || err != nil {
					t.Errorf("%s %q holds %q: %v, %v, want %v", c.kind, c.rule, v, got, err, want)
				}
			}
		}
		for _, v := range strings.Fields(c.incomplete) {
			if _, err := r.Holds(c.kind, v); !errors.Is(err, ErrNotOrdered) {
				t.Errorf("%s %q and %q: %v, want ErrNotOrdered", c.kind, c.rule, v, err)
			}
		}
	}
}

func TestRangesThatNobodyCanRead(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"<":             `nothing follows "<"`,
		"":              "a bound is missing",
		"<1||":          "a bound is missing",
		"<1 2":          `"2" has no operator`,
		"1.0 - 2.0":     `"1.0" has no operator`,
		"^1.2":          `"^1.2" has no operator`,
		"[1.0,2.0)":     `"[1.0" has no operator`,
		">=1.0 <*":      `"*" is not a version`,
		"<latest":       `"latest" is not a version`,
		"<<1":           `"<1" is not a version`,
		"=>1":           `">1" is not a version`,
		">1.0<2.0":      `"1.0<2.0" is not a version`,
		"<1|>2":         `"1|>2" is not a version`,
		"<1 || || >2":   "a bound is missing",
		">=~1.0":        `"~1.0" is not a version`,
		">= , ":         `nothing follows ">="`,
		"<1.0 , <=2 > ": `nothing follows ">"`,
	} {
		_, err := ParseRange(rule)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseRange(%q): %v, want %s", rule, err, want)
		}
	}
}

// A bound that the ecosystem cannot read is known before any version is looked up.
func TestRangeCheck(t *testing.T) {
	t.Parallel()
	r, err := ParseRange("<1.x2")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Check(NuGet); !errors.Is(err, ErrNotOrdered) || !strings.Contains(err.Error(), `"1.x2" in the range "<1.x2"`) {
		t.Errorf("got %v", err)
	}
	if err := r.Check(Maven); err != nil {
		t.Errorf("Maven orders everything: %v", err)
	}
}

func TestIsRange(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"13.0.1": false, "1!2.0+a": false, "1.0 - 2.0": true, "^1": true, "~1.2": true, "[1,2)": true, "<13": true, ">=1": true, "!=1": true, "1||2": true, "*": true, "1.*": true, "2.0~rc1": false} {
		if got := IsRange(text); got != want {
			t.Errorf("IsRange(%q) = %v", text, got)
		}
	}
}
