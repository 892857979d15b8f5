package deploy

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/commands/internal/cli/clitest"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/records"
)

// whole is a record to which nothing is missing.
func whole() records.Record {
	return records.Record{
		Application: "A", Description: "D", Target: "T", FeedName: "F", PackageName: "P", Version: "1",
		URL: "https://ci.example/1", Date: "2026-11-20T10:00:00+02:00",
	}
}

// TestDraftCheck names what is wrong with a record, and writes a date in the one form that is
// sent.
func TestDraftCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(*records.Record)
		says  string // of all problems; "" is none
	}{
		{"whole", func(*records.Record) {}, ""},
		{"bare", func(r *records.Record) { r.URL, r.Date = "", "" }, ""},
		{"nothing", func(r *records.Record) { *r = records.Record{} }, "Application is missing; Description is missing; Target is missing; " +
			"FeedName is missing; PackageName is missing; Version is missing"},
		{"blank", func(r *records.Record) { r.Target = " \t" }, "Target is blank"},
		{"a variable of a shell", func(r *records.Record) { r.Version = "${VERSION}" }, `Version is "${VERSION}": an unexpanded variable`},
		{"a variable of Azure", func(r *records.Record) { r.UserName = "$(Build.User)" }, `UserName is "$(Build.User)": an unexpanded variable`},
		{"a price", func(r *records.Record) { r.Description = "costs $5" }, ""},
		{"a relative URL", func(r *records.Record) { r.URL = "/job/1" }, `Url "/job/1" is not an absolute http or https URL`},
		{"another scheme", func(r *records.Record) { r.URL = "ftp://a/b" }, `Url "ftp://a/b" is not an absolute http or https URL`},
		{"a scheme in capitals", func(r *records.Record) { r.URL = "HTTPS://a/b" }, ""},
		{"no date", func(r *records.Record) { r.Date = "soon" }, `Date "soon" is not a valid date; use 2026-11-21 or 2026-11-21T10:00:00Z`},
		{"a day ahead", func(r *records.Record) { r.Date = "2026-11-22T12:00:00Z" }, ""},
		{"more than a day ahead", func(r *records.Record) { r.Date = "2026-11-22T12:00:01Z" }, `Date "2026-11-22T12:00:01Z" is more than a day in the future`},
		{"two together", func(r *records.Record) { r.Target, r.Date = "", "x" }, `Target is missing; Date "x" is not a valid date; use 2026-11-21 or 2026-11-21T10:00:00Z`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := draft{Item: records.Item{Record: whole()}}
			c.spoil(&d.Record)
			var says []string
			for _, err := range d.check(clitest.Now()) {
				says = append(says, err.Error())
			}
			if got := strings.Join(says, "; "); got != c.says {
				t.Errorf("got  %s\nwant %s", got, c.says)
			}
		})
	}
}

// TestDraftOfAnotherPackage fills in what a record of a file leaves out, but not the group of
// another package.
func TestDraftOfAnotherPackage(t *testing.T) {
	t.Parallel()
	purl := map[string]string{"GroupName": "the package URL", "PackageName": "the package URL", "Version": "the package URL"}
	name := map[string]string{"GroupName": "--package", "PackageName": "--package", "Version": "--version"}
	apart := map[string]string{"GroupName": "--group", "PackageName": "--package", "Version": "--version"}
	for _, c := range []struct {
		from      map[string]string
		own, want records.Record
	}{
		{purl, records.Record{}, records.Record{GroupName: "@s", PackageName: "p", Version: "1"}},
		{purl, records.Record{Version: "2"}, records.Record{GroupName: "@s", PackageName: "p", Version: "2"}},
		{purl, records.Record{PackageName: "q"}, records.Record{PackageName: "q", Version: "1"}},
		{purl, records.Record{PackageName: "P"}, records.Record{GroupName: "@s", PackageName: "P", Version: "1"}},
		{name, records.Record{}, records.Record{GroupName: "@s", PackageName: "p", Version: "1"}},
		{name, records.Record{PackageName: "q"}, records.Record{PackageName: "q", Version: "1"}},
		{apart, records.Record{PackageName: "q"}, records.Record{GroupName: "@s", PackageName: "q", Version: "1"}},
		{apart, records.Record{PackageName: "q", GroupName: "g"}, records.Record{GroupName: "g", PackageName: "q", Version: "1"}},
	} {
		d := defaults{record: records.Record{GroupName: "@s", PackageName: "p", Version: "1"}, from: c.from}
		if got := d.draft(&records.Item{Record: c.own}, "").Record; got != c.want {
			t.Errorf("%+v with %v:\ngot  %+v\nwant %+v", c.own, c.from, got, c.want)
		}
	}
}

// TestDraftCheckMadeAt holds the time at which an earlier run took a record on to the rules of a
// date: it is sent as one.
func TestDraftCheckMadeAt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-20T10:00:00Z":      "",
		"2026-11-22T12:00:00Z":      "",
		"2026-11-22T12:00:01Z":      `made_at "2026-11-22T12:00:01Z" is more than a day in the future`,
		"9999-12-31T23:00:00-01:00": `made_at "10000-01-01T00:00:00Z" is more than a day in the future`,
		"0000-01-01T00:00:00+01:00": `made_at "-0001-12-31T23:00:00Z" is an unset date (year 1)`,
	} {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		d := draft{Item: records.Item{Record: whole(), MadeAt: at.UTC()}}
		says := ""
		for _, err := range d.check(clitest.Now()) {
			says += err.Error()
		}
		if says != want {
			t.Errorf("%s: got %q, want %q", text, says, want)
		}
	}
}

// FuzzDraftCheck insists that what passes can be sent: everything required is given, the date is in
// the form that is sent, and is read as the same time.
func FuzzDraftCheck(f *testing.F) {
	for _, date := range []string{"", "2026-11-20", "2026-11-20T10:00:00+02:00", "20261120T1000", "x", "2026-11-20T10:00:00.999Z", "0000-00-00", "9999-12-31"} {
		f.Add("T", "https://ci.example/1", date)
	}
	f.Fuzz(func(t *testing.T, target, address, date string) {
		d := draft{Item: records.Item{Record: whole()}}
		d.Record.Target, d.Record.URL, d.Record.Date = target, address, date
		if d.check(clitest.Now()) != nil {
			return
		}
		if strings.TrimSpace(d.Record.Target) == "" {
			t.Errorf("the target %q passes", d.Record.Target)
		}
		if sent := delivery.Dated(d.Record, time.Time{}); sent != d.Record {
			t.Errorf("%+v is sent as %+v", d.Record, sent)
		}
		if date == "" {
			if d.Record.Date != "" {
				t.Errorf("a date came out of nothing: %v", d.Record.Date)
			}
			return
		}
		if back, err := time.Parse(records.DateLayout, d.Record.Date); err != nil || back.After(clitest.Now().Add(24*time.Hour)) {
			t.Errorf("%q became %q: %v", date, d.Record.Date, err)
		}
		again := draft{Item: records.Item{Record: d.Record}}
		if again.check(clitest.Now()) != nil || again.Record != d.Record {
			t.Errorf("checked twice, %+v became %+v", d.Record, again.Record)
		}
	})
}

func draftsOf(given defaults, item records.Item) []draft {
	var all []draft
	for _, target := range given.targetsOf(&item.Record) {
		all = append(all, given.draft(&item, target))
	}
	return all
}

// TestComplete fills in what a record leaves out: its own words win, and only one that names no
// target is recorded for all of the flags'.
func TestComplete(t *testing.T) {
	t.Parallel()
	text := rapid.SampledFrom([]string{"", "a", "b"})
	rapid.Check(t, func(t *rapid.T) {
		draw := func(of string) records.Record {
			return records.Record{
				Application: text.Draw(t, of+" application"), Target: text.Draw(t, of+" target"),
				Version: text.Draw(t, of+" version"), GroupName: text.Draw(t, of+" group"),
			}
		}
		own, given := draw("own"), draw("given")
		targets := rapid.SliceOfN(text, 1, 3).Draw(t, "targets")
		given.Target = ""
		all := draftsOf(defaults{record: given, targets: targets}, records.Item{Record: own})
		if want := len(targets); own.Target == "" && len(all) != want || own.Target != "" && len(all) != 1 {
			t.Fatalf("%d drafts", len(all))
		}
		for i, d := range all {
			wantTarget := own.Target
			if wantTarget == "" {
				wantTarget = targets[i]
			}
			want := own.Fill(given)
			want.Target = wantTarget
			if d.Record != want || d.own != own {
				t.Fatalf("%+v, want %+v", d.Record, want)
			}
		}
	})
}
