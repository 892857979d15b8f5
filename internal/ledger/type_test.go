package ledger

import (
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/records"
)

// typed is a draft of a version, of a package of a type ("" for unknown).
func typed(target, feed, version string, t ecosystem.Type) records.Item {
	d := draft(target)
	d.Record.FeedName, d.Record.Version, d.Record.Description, d.Type = feed, version, version+" in "+feed, t
	return d
}

// What the records of a machine say of it and of their packages, and what is learnt by sending one.
func TestTypeAndHost(t *testing.T) {
	t.Parallel()
	l := open(t, Options{Host: "build-7"})
	s := session(t, l, SessionOptions{Parallel: 3})
	ids := add(t, s, []records.Item{typed("web01", "main", "1.0", "nuget"), draft("web02"), draft("web03")}, 3)
	advance(t, s, []Outcome{
		{ID: ids[0], Status: Recorded, Attempts: 1, Type: "npm"}, {ID: ids[1], Status: Failed, Attempts: 1, Type: "pypi"},
		{ID: ids[2], Status: Recorded, Attempts: 1},
	})
	want := map[string]ecosystem.Type{"web01": "nuget", "web02": "pypi", "web03": ""}
	for _, e := range history(t, l, Filter{}) {
		if e.Host != "build-7" || e.Type != want[e.Record.Target] {
			t.Errorf("%s is of type %q, made by %q", e.Record.Target, e.Type, e.Host)
		}
	}
}

// Versions are the same if the ecosystem says so, whichever of the two has the type.
func TestVersionsCompareByTheTypeOfTheEntry(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		made, next ecosystem.Type
		want       Action
	}{
		{"known from the entry", "nuget", "", Skip},
		{"known from the draft", "", "nuget", Skip},
		{"another ecosystem", "deb", "", Send},
		{"unknown", "", "", Send},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := open(t, Options{})
			s := session(t, l, SessionOptions{Parallel: 1, Once: time.Hour})
			id := add(t, s, []records.Item{typed("web01", "main", "1.0.0", tt.made)}, 1)[0]
			advance(t, s, []Outcome{{ID: id, Status: Recorded, Attempts: 1}})
			if found, err := s.Add(t.Context(), []records.Item{typed("web01", "main", "1.0", tt.next)}, 0); err != nil || found[0].Action != tt.want {
				t.Errorf("%v, %v", found, err)
			}
			found := 1
			if tt.made != "nuget" {
				found = 0
			}
			if got := history(t, l, Filter{Version: "1.0", Status: Recorded}); len(got) != found {
				t.Errorf("history finds %d", len(got))
			}
		})
	}
}

// A package is one of a server and a type; if a type is unknown, of a feed.
func TestLatestByType(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		drafts []records.Item // the oldest first
		want   string
	}{
		{"promoted to another feed", []records.Item{typed("t", "test", "1", "nuget"), typed("t", "prod", "2", "nuget")}, "2 in prod"},
		{"feeds without types", []records.Item{typed("t", "test", "1", ""), typed("t", "prod", "2", "")}, "2 in prod 1 in test"},
		{"two types", []records.Item{typed("t", "a", "1", "npm"), typed("t", "b", "2", "nuget")}, "2 in b 1 in a"},
		{"the older one unknown", []records.Item{typed("t", "a", "1", ""), typed("t", "a", "2", "nuget")}, "2 in a"},
		{"the newer one unknown", []records.Item{typed("t", "a", "1", "nuget"), typed("t", "a", "2", "")}, "2 in a"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			now := &clock{now: noon}
			l := open(t, Options{Now: now.Now})
			for _, d := range tt.drafts {
				add(t, session(t, l, SessionOptions{Queue: true}), []records.Item{d}, 0)
				now.advance(time.Minute)
			}
			if got := numbers(history(t, l, Filter{Latest: true})); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A package of another ecosystem is another package; a record without a type may be of any.
func TestHistoryNarrowsByType(t *testing.T) {
	t.Parallel()
	l := open(t, Options{})
	s := session(t, l, SessionOptions{Queue: true})
	for _, d := range []records.Item{typed("t", "a", "1", "npm"), typed("u", "b", "1", "nuget"), typed("v", "c", "1", "")} {
		add(t, s, []records.Item{d}, 0)
	}
	name := typed("t", "a", "1", "npm").Record.PackageName
	for wanted, count := range map[ecosystem.Type]int{"npm": 2, "nuget": 2, "pypi": 1, "": 3} {
		for _, latest := range []bool{false, true} {
			for _, version := range []string{"", "1"} {
				if got := history(t, l, Filter{Package: name, Type: wanted, Version: version, Latest: latest}); len(got) != count {
					t.Errorf("type %q, version %q, latest %t: %d records, want %d", wanted, version, latest, len(got), count)
				}
			}
		}
	}
	if got := history(t, l, Filter{Package: name, Type: "npm", Limit: 1}); len(got) != 1 {
		t.Errorf("a limit of one gives %d", len(got))
	}
}

// A package without a group is not the one of the same name in a group, if that is what is meant.
func TestHistoryWithoutAGroup(t *testing.T) {
	t.Parallel()
	l := open(t, Options{})
	s := session(t, l, SessionOptions{Parallel: 2})
	scoped, plain := typed("t", "a", "1", "npm"), typed("t", "a", "1", "npm")
	scoped.Record.GroupName = "@acme"
	for _, id := range add(t, s, []records.Item{scoped, plain}, 2) {
		advance(t, s, []Outcome{{ID: id, Status: Recorded, Attempts: 1}})
	}
	for _, tt := range []struct {
		filter Filter
		want   int
	}{
		{Filter{}, 2},
		{Filter{Ungrouped: true}, 1},
		{Filter{Group: "acme"}, 1},
		{Filter{Group: "acme", Ungrouped: true}, 1},
	} {
		tt.filter.Package = plain.Record.PackageName
		wanted := func(name string, all iter.Seq2[Entry, error]) {
			count := 0
			for e, err := range all {
				count++
				if err != nil || tt.filter.noGroup() && e.Record.GroupName != "" {
					t.Errorf("%s, %+v: %+v, %v", name, tt.filter, e.Record, err)
				}
			}
			if count != tt.want {
				t.Errorf("%s, %+v: %d records, want %d", name, tt.filter, count, tt.want)
			}
		}
		wanted("history", l.History(t.Context(), tt.filter))
		wanted("running", values(l.Running(t.Context(), tt.filter)))
		tt.filter.Latest = true
		wanted("latest", l.History(t.Context(), tt.filter))
	}
}

// A PyPI package has many spellings of its name (PEP 503): each finds all records, and the newest
// of them is what runs. To other types they are different packages.
func TestSpellingsOfAPyPIName(t *testing.T) {
	t.Parallel()
	l := open(t, Options{})
	s := session(t, l, SessionOptions{Parallel: 5})
	spelled := func(target, name, version string, kind ecosystem.Type) records.Item {
		d := typed(target, "main", version, kind)
		d.Record.PackageName = name
		return d
	}
	drafts := []records.Item{
		spelled("web01", "My_Pkg", "1.0", "pypi"), spelled("web01", "my.pkg", "2.0", "pypi"), spelled("web02", "MY--PKG", "1.0", ""),
		spelled("web03", "my-pkg", "3.0", "npm"), spelled("web04", "mypkg", "4.0", "pypi"),
	}
	for i, id := range add(t, s, drafts, len(drafts)) {
		advance(t, s, []Outcome{{ID: id, Status: Recorded, Attempts: 1, Type: drafts[i].Type}})
	}
	for _, name := range []string{"My_Pkg", "my-pkg", "my.PKG", "my-_.pkg"} {
		f := Filter{Package: name, Type: ecosystem.PyPI}
		if got := versionsIn(history(t, l, f)); !slices.Equal(got, []string{"1.0", "1.0", "2.0"}) {
			t.Errorf("%s: the history is %q", name, got)
		}
		f.Latest = true
		if got := versionsIn(history(t, l, f)); !slices.Equal(got, []string{"1.0", "2.0"}) {
			t.Errorf("%s: the latest are %q", name, got)
		}
		f.Version = "2.0.0"
		if got := versionsIn(history(t, l, f)); !slices.Equal(got, []string{"2.0"}) {
			t.Errorf("%s: with version 2 %q", name, got)
		}
	}
	if got := versionsIn(history(t, l, Filter{Package: "my_pkg", Type: "npm"})); len(got) != 0 {
		t.Errorf("npm's my_pkg is %q", got)
	}
	if got := versionsIn(history(t, l, Filter{Latest: true})); !slices.Equal(got, []string{"1.0", "2.0", "3.0", "4.0"}) {
		t.Errorf("what runs is %q", got)
	}
}

// versionsIn are the versions of entries in order of their text.
func versionsIn(all []Entry) []string {
	var versions []string
	for _, e := range all {
		versions = append(versions, e.Record.Version)
	}
	slices.Sort(versions)
	return versions
}

// The group is part of the name if a package URL has one name, or an input file has no column for
// the group: each spelling finds the package, and the newest of them is what runs.
func TestGroupInTheName(t *testing.T) {
	t.Parallel()
	l := open(t, Options{})
	s := session(t, l, SessionOptions{Parallel: 16})
	var drafts []records.Item
	for _, d := range []struct{ target, group, name, version, kind string }{
		{"web01", "acme", "builder", "1", ""}, {"web02", "", "Acme/Builder", "2", "docker"}, {"web02", "acme", "builder", "3", "docker"},
		{"web01", "", "builder", "4", "docker"}, {"web01", "other", "builder", "5", ""}, {"web01", "a/acme", "builder", "6", ""},
		{"web01", "", "@acme/ui", "11", "npm"}, {"web02", "@acme", "ui", "12", "npm"}, {"web03", "acme", "ui", "13", "npm"}, {"web01", "", "ui", "14", "npm"},
		{"web01", "", "org.acme:tool", "21", "maven"}, {"web02", "org.acme", "tool", "22", "maven"}, {"web02", "", "tool", "23", "maven"},
	} {
		r := typed(d.target, "main", d.version, ecosystem.Type(d.kind))
		r.Record.GroupName, r.Record.PackageName = d.group, d.name
		drafts = append(drafts, r)
	}
	for i, id := range add(t, s, drafts, len(drafts)) {
		advance(t, s, []Outcome{{ID: id, Status: Recorded, Attempts: 1, Type: drafts[i].Type}})
	}
	for _, tt := range []struct {
		filter        Filter
		history, runs []string
	}{
		{Filter{Group: "acme", Package: "builder"}, []string{"1", "2", "3"}, []string{"1", "3"}},
		{Filter{Package: "acme/builder", Type: "docker", Ungrouped: true}, []string{"1", "2", "3"}, []string{"1", "3"}},
		{Filter{Package: "builder", Type: "docker", Ungrouped: true}, []string{"4"}, []string{"4"}},
		{Filter{Group: "a/acme", Package: "builder"}, []string{"6"}, []string{"6"}},
		{Filter{Group: "@acme", Package: "UI", Type: "npm"}, []string{"11", "12", "13"}, []string{"11", "12", "13"}},
		{Filter{Group: "acme", Package: "ui"}, []string{"11", "12", "13"}, []string{"11", "12", "13"}},
		{Filter{Group: "org.acme", Package: "tool", Type: "maven"}, []string{"21", "22"}, []string{"21", "22"}},
		{Filter{Package: "tool"}, []string{"22", "23"}, []string{"22", "23"}},
		{Filter{Group: "acme"}, []string{"1", "12", "13", "3"}, nil},
	} {
		if got := versionsIn(history(t, l, tt.filter)); !slices.Equal(got, tt.history) {
			t.Errorf("%+v: the history is %q, want %q", tt.filter, got, tt.history)
		}
		if tt.filter.Latest = true; tt.runs == nil {
			continue
		}
		if got := versionsIn(history(t, l, tt.filter)); !slices.Equal(got, tt.runs) {
			t.Errorf("%+v: what runs is %q, want %q", tt.filter, got, tt.runs)
		}
	}
}
