package ledger

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/records"
)

// Filter selects the entries that [Ledger.History] yields: those that match every field that is
// set. Names compare without regard to the case of ASCII letters, a group with or without its @.
type Filter struct {
	Application, Target, Feed, Group, Package, Version string
	// Type is that of Package if it is known. Names and versions compare by the rules of its
	// ecosystem, versions without it by those of the entry's own.
	Type ecosystem.Type
	// Ungrouped takes an empty Group for the statement that the package has none; else it means any
	// group.
	Ungrouped bool

	Server string // in the form of [Server]
	Status Status
	Since  time.Time // made at this time or later
	Until  time.Time // made before this time
	Limit  int       // 0 means no limit
	// Latest is the newest of each package (server, type or, if that is unknown, feed, group
	// and name) and target, among what was recorded, queued, uncertain or retired, chosen before
	// Version, Status and Since narrow the list.
	Latest bool
}

// ceil is the first whole second that is not before t.
func ceil(t time.Time) int64 { return t.Add(time.Second - time.Nanosecond).Unix() }

// covers reports whether a time, in seconds, is in the window of the filter.
func (f Filter) covers(madeAt int64) bool {
	return (f.Since.IsZero() || madeAt >= ceil(f.Since)) && (f.Until.IsZero() || madeAt < ceil(f.Until))
}

// counts reports whether a record matches the filter and may have changed its target. What the
// server refused, and what was never sent, changed nothing there.
func (f Filter) counts(e *Entry) bool {
	switch e.Status {
	case Recorded, Queued, Uncertain, Retired:
		return f.names(e) && (f.Application == "" || strings.EqualFold(f.Application, e.Record.Application))
	}
	return false
}

// names reports whether a record is of the filter's package, target, feed and server.
func (f Filter) names(e *Entry) bool {
	r := &e.Record
	meets := func(wanted, value string) bool { return wanted == "" || strings.EqualFold(wanted, value) }
	asTyped := f.hasName(r.PackageName) && !(f.noGroup() && r.GroupName != "") &&
		meets(strings.TrimLeft(f.Group, "@"), strings.TrimLeft(r.GroupName, "@"))
	return meets(f.Target, r.Target) && meets(f.Feed, r.FeedName) && (f.Server == "" || f.Server == e.Server) &&
		(asTyped || slices.ContainsFunc(f.otherSpellings(), func(s spelling) bool { return s.is(r) }))
}

// spelling is a group and a name that mean the package of a filter.
type spelling struct{ group, name string }

// is reports whether a record has this spelling.
func (s spelling) is(r *records.Record) bool {
	return strings.EqualFold(s.name, r.PackageName) && strings.EqualFold(s.group, strings.TrimLeft(r.GroupName, "@"))
}

// otherSpellings are those in which the group is part of the name, or the other way round: the
// package URL of an image has its repository as one name, "acme/builder", and it may have been
// recorded as a group and a name where nobody knew the type.
func (f Filter) otherSpellings() []spelling {
	group, at := strings.TrimLeft(f.Group, "@"), strings.LastIndexByte(f.Package, '/')
	switch {
	case f.Package == "":
		return nil
	case group != "":
		joined := group + "/" + f.Package
		return []spelling{{"", joined}, {"", "@" + joined}, {"", group + ":" + f.Package}}
	case at > 0:
		return []spelling{{strings.TrimLeft(f.Package[:at], "@"), f.Package[at+1:]}}
	}
	return nil
}

// packageHashes are what the digest may have for the filter's package.
func (f Filter) packageHashes() []uint64 {
	all := []uint64{packageHash(f.Package)}
	for _, s := range f.otherSpellings() {
		all = append(all, packageHash(s.name))
	}
	return all
}

// respelled reports whether records of the filter's package may have other spellings of its name
// than letters in another case. Then no index finds them.
func (f Filter) respelled() bool { return f.Package != "" && f.Type.Respells() }

// hasName reports whether name is that of the filter's package.
func (f Filter) hasName(name string) bool {
	return f.Package == "" || strings.EqualFold(f.Package, name) || f.respelled() && ecosystem.SameName(f.Type, f.Package, name)
}

// noGroup reports whether only packages without a group are meant.
func (f Filter) noGroup() bool { return f.Ungrouped && f.Group == "" }

// hasType reports whether a record may be of the filter's type: one without a type may be of any.
func (f Filter) hasType(e *Entry) bool { return f.Type == "" || e.Type == "" || e.Type == f.Type }

// hasVersion compares by the rules of the ecosystem if the type is known.
func (f Filter) hasVersion(e *Entry) bool {
	t := cmp.Or(f.Type, e.Type)
	return f.Version == "" || strings.EqualFold(e.Record.Version, f.Version) ||
		t != "" && ecosystem.SameVersion(t, e.Record.Version, f.Version)
}
