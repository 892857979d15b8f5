package advisory_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
	. "github.com/progetctl/progetctl/internal/advisory"

	"pgregory.net/rapid"
)

// The schema describes how one version is compared with one entry. Here that is done as it is
// written, for each version and each entry, and must agree with what goes through all of them
// together.

type refEvent struct {
	Introduced   string `json:"introduced,omitempty"`
	Fixed        string `json:"fixed,omitempty"`
	LastAffected string `json:"last_affected,omitempty"`
	Limit        string `json:"limit,omitempty"`
}

type refRange struct {
	Type   string     `json:"type"`
	Events []refEvent `json:"events"`
}

type refPackage struct {
	Ecosystem string `json:"ecosystem"`
	Name      string `json:"name"`
}

type refScore struct {
	Score string `json:"score"`
}

type refEntry struct {
	Package  refPackage `json:"package"`
	Versions []string   `json:"versions,omitempty"`
	Ranges   []refRange `json:"ranges,omitempty"`
	Severity []refScore `json:"severity"`
}

// kind is the type that an entry names, "" for none; strange if its ecosystem is unknown.
func (e refEntry) kind() (kind ecosystem.Type, strange bool) {
	switch e.Package.Ecosystem {
	case "PyPI":
		return ecosystem.PyPI, false
	case "Maven":
		return ecosystem.Maven, false
	case "NuGet":
		return ecosystem.NuGet, false
	}
	return "", e.Package.Ecosystem != "Hackage"
}

// affects compares a version with an entry of its package.
func (e refEntry) affects(kind ecosystem.Type, version string) (hit, doubt bool) {
	for _, v := range e.Versions {
		both := ecosystem.Ordered(kind, v) && ecosystem.Ordered(kind, version)
		if ecosystem.SameVersion(kind, v, version) || both && ecosystem.CompareVersions(kind, v, version) == 0 {
			return true, false
		}
	}
	commits := true
	for _, r := range e.Ranges {
		if r.Type == "GIT" {
			continue
		}
		commits = false
		inside, unclear := r.includes(kind, version)
		if inside {
			return true, false
		}
		doubt = doubt || unclear
	}
	return false, doubt || commits && len(e.Versions) == 0
}

// includes evaluates the events in the order of their versions.
func (r refRange) includes(kind ecosystem.Type, version string) (inside, doubt bool) {
	if r.Type == "SEMVER" && kind != ecosystem.NuGet {
		kind = ecosystem.Cargo
	}
	if r.Type == "CALENDAR" || !ecosystem.Ordered(kind, version) {
		return false, true
	}
	type step struct {
		version string
		rank    int // at one version: fixed, introduced, last affected
	}
	var steps []step
	begun, limited, below := false, false, false
	for _, e := range r.Events {
		for rank, v := range []string{e.Fixed, e.Introduced, e.LastAffected, e.Limit} {
			switch {
			case v == "" || rank == 3 && v == "*":
				continue
			case !ecosystem.Ordered(kind, v):
				return false, true
			case rank == 3:
				limited, below = true, below || ecosystem.CompareVersions(kind, version, v) < 0
			default:
				steps, begun = append(steps, step{v, rank}), begun || rank == 1
			}
		}
	}
	if !begun {
		steps = append(steps, step{"0", 1})
	}
	order := func(a, b string) int {
		if a == "0" || b == "0" { // the schema's word for what comes before all versions
			return cmp.Compare(min(1, len(strings.TrimPrefix(a, "0"))), min(1, len(strings.TrimPrefix(b, "0"))))
		}
		return ecosystem.CompareVersions(kind, a, b)
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Or(order(a.version, b.version), cmp.Compare(a.rank, b.rank)) })
	for _, s := range steps {
		reached := 1
		if s.version != "0" {
			reached = ecosystem.CompareVersions(kind, version, s.version)
		}
		switch {
		case s.rank == 1 && reached >= 0:
			inside = true
		case s.rank == 0 && reached >= 0, s.rank == 2 && reached > 0:
			inside = false
		}
	}
	anyLimit := slices.ContainsFunc(r.Events, func(e refEvent) bool { return e.Limit == "*" })
	return inside && (!limited || below || anyLimit), false
}

// refFix sorts as findings do.
type refFix struct{ key, version string }

// fixes are the versions after the given one in which an entry is fixed, all for "".
func (e refEntry) fixes(kind ecosystem.Type, version string) (all []refFix) {
	for _, r := range e.Ranges {
		for _, event := range r.Events {
			if r.Type != "GIT" && event.Fixed != "" && (version == "" || ecosystem.CompareVersions(kind, event.Fixed, version) > 0) {
				all = append(all, refFix{ecosystem.SortKey(kind, event.Fixed), event.Fixed})
			}
		}
	}
	return all
}

// reference matches one version with all entries; the text of a doubt is "doubt".
func reference(p ecosystem.Package, entries []refEntry) (f Finding, found bool) {
	var fixed []refFix
	for _, e := range entries {
		kind, strange := e.kind()
		hit, doubt := false, strange && e.Package.Name == p.Name
		if kind != "" && e.Package.Name == p.Name {
			switch p.Type {
			case kind:
				hit, doubt = e.affects(kind, p.Version)
			case "":
				doubt = true
			}
		}
		if !hit && (!doubt || found && f.Doubt == "") {
			continue
		}
		if !found || hit && f.Doubt != "" {
			f, fixed, found = Finding{ID: "X-1", Severity: e.Severity[0].Score}, nil, true
			if !hit {
				f.Doubt = "doubt"
			}
		}
		if hit {
			fixed = append(fixed, e.fixes(kind, p.Version)...)
		} else {
			fixed = append(fixed, e.fixes(kind, "")...)
		}
	}
	slices.SortFunc(fixed, func(a, b refFix) int {
		return cmp.Or(strings.Compare(a.key, b.key), strings.Compare(a.version, b.version))
	})
	for _, one := range slices.Compact(fixed) {
		f.Fixed = append(f.Fixed, one.version)
	}
	return f, found
}

func TestMatchAgreesWithTheSchema(t *testing.T) {
	t.Parallel()
	texts := []string{"0", "0.1", "1", "1.0", "1.0.0", "1.0.0+b", "1.0rc1", "1.0-rc.1", "1.0.0-RC.1", "1.5", "2", "2.0.0", "2.0-1", "10.0", "x", "X", "1.x", "2.x-y"}
	version := rapid.SampledFrom(texts)
	event := rapid.Custom(func(t *rapid.T) refEvent {
		e, v := refEvent{}, version.Draw(t, "version")
		switch rapid.IntRange(0, 7).Draw(t, "event") {
		case 0, 1, 2:
			e.Introduced = v
		case 3, 4:
			e.Fixed = v
		case 5:
			e.LastAffected = v
		case 6:
			e.Limit = rapid.SampledFrom([]string{v, v, v, "*"}).Draw(t, "limit")
		default:
			e.Introduced, e.Fixed = v, version.Draw(t, "fixed")
		}
		return e
	})
	entry := rapid.Custom(func(t *rapid.T) refEntry {
		e := refEntry{
			Package: refPackage{
				rapid.SampledFrom([]string{"PyPI", "PyPI", "Maven", "Maven", "NuGet", "NuGet", "Ravens", "Hackage"}).Draw(t, "ecosystem"),
				rapid.SampledFrom([]string{"a", "a", "b"}).Draw(t, "name"),
			},
			Versions: rapid.SliceOfN(version, 0, 2).Draw(t, "versions"),
			Severity: []refScore{{rapid.SampledFrom([]string{"low", "medium", "high", "critical"}).Draw(t, "severity")}},
		}
		for range rapid.IntRange(0, 3).Draw(t, "ranges") {
			kind := rapid.SampledFrom([]string{"ECOSYSTEM", "ECOSYSTEM", "SEMVER", "GIT", "CALENDAR"}).Draw(t, "type")
			e.Ranges = append(e.Ranges, refRange{kind, rapid.SliceOfN(event, 0, 5).Draw(t, "events")})
		}
		return e
	})
	var all Packages
	var packages []ecosystem.Package
	for _, kind := range []ecosystem.Type{ecosystem.PyPI, ecosystem.Maven, ecosystem.NuGet, ""} {
		for _, name := range []string{"a", "b"} {
			for _, v := range texts {
				p := ecosystem.Package{Type: kind, Name: name, Version: v}
				packages = append(packages, p)
				all.Add(p)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		entries := rapid.SliceOfN(entry, 1, 5).Draw(t, "entries")
		text, _ := json.Marshal(map[string]any{"id": "X-1", "affected": entries})
		got := map[int]Finding{}
		for a, err := range Read(strings.NewReader(string(text))) {
			if err != nil {
				t.Fatal(err)
			}
			for n, f := range all.Match(a) {
				if _, twice := got[n]; twice {
					t.Fatalf("%v twice", packages[n])
				}
				if f.Doubt != "" {
					f.Doubt = "doubt"
				}
				got[n] = f
			}
		}
		for n, p := range packages {
			want, found := reference(p, entries)
			if f, is := got[n]; is != found || !reflect.DeepEqual(f, want) {
				t.Fatalf("%v in %s: got %+v (%v), want %+v (%v)", p, text, f, is, want, found)
			}
		}
	})
}

// many is a document of very many entries for one package, each of which has all versions, in the
// worst order of what they are fixed in.
func many(entries int) string {
	var b strings.Builder
	for i := range entries {
		fmt.Fprintf(&b, `,{"package": {"ecosystem": "PyPI", "name": "a"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "9.%d"}]}]}`, entries-i)
	}
	return `{"id": "X-1", "affected": [` + b.String()[1:] + "]}"
}

// versionsOfOne are those of the package that many names.
func versionsOfOne(n int) *Packages {
	all := &Packages{}
	for i := range n {
		all.Add(ecosystem.Package{Type: ecosystem.PyPI, Name: "a", Version: fmt.Sprintf("1.%d", i)})
	}
	return all
}

// TestManyEntriesOfOnePackage would take minutes if each version were compared with each entry.
func TestManyEntriesOfOnePackage(t *testing.T) {
	t.Parallel()
	const versions = 5000
	all, found := versionsOfOne(versions), 0
	for a, err := range Read(strings.NewReader(many(30_000))) {
		if err != nil {
			t.Fatal(err)
		}
		for n, f := range all.Match(a) {
			found++
			if f.Doubt != "" || len(f.Fixed) != 100 || f.Fixed[0] != "9.1" || f.Fixed[99] != "9.100" {
				t.Fatalf("%d: %+v", n, f)
			}
		}
	}
	if found != versions {
		t.Errorf("found %d versions, want %d", found, versions)
	}
}

// BenchmarkMatch matches 5,000 versions of one package with a usual advisory, and with the worst.
func BenchmarkMatch(b *testing.B) {
	for _, entries := range []int{1, 30, 30_000} {
		b.Run(fmt.Sprintf("%d entries", entries), func(b *testing.B) {
			all, text := versionsOfOne(5000), many(entries)
			b.ReportAllocs()
			for b.Loop() {
				for a := range Read(strings.NewReader(text)) {
					for range all.Match(a) {
					}
				}
			}
		})
	}
}
