package deploy

import (
	"context"
	"sync"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/records"
)

// versionCheck asks, before a record is sent, whether the feed has the version.
type versionCheck struct {
	io     *cli.IO
	server *cli.Server
	kind   ecosystem.Type // of the package URL, "" if none was given
	types  versionTypes

	mu     sync.Mutex
	known  map[string]func() (ecosystem.Type, error)
	warned bool
}

func newVersionCheck(io *cli.IO, s *cli.Server, kind ecosystem.Type, types versionTypes) *versionCheck {
	return &versionCheck{io: io, server: s, kind: kind, types: types, known: map[string]func() (ecosystem.Type, error){}}
}

// versionTypes are the types of versions that a file names by package URLs, by [versionKey].
type versionTypes map[string]ecosystem.Type

// versionKey is the same for records of one version in one feed.
func versionKey(r records.Record) string {
	return r.FeedName + "\x00" + r.GroupName + "\x00" + r.PackageName + "\x00" + r.Version
}

// allows returns an error if the feed certainly does not have the version, and the package's type
// if the feed reports it. If that can't be asked, it warns, and accepts the record. A nil check
// allows everything.
func (v *versionCheck) allows(ctx context.Context, r records.Record) (ecosystem.Type, error) {
	if v == nil {
		return "", nil
	}
	return v.once(ctx, r)
}

// once asks once for each version of a run. It is separate from allows so that a run without
// --check keeps no copy of the record for the question.
func (v *versionCheck) once(ctx context.Context, r records.Record) (ecosystem.Type, error) {
	v.mu.Lock()
	key := versionKey(r)
	ask, known := v.known[key]
	if !known {
		ask = sync.OnceValues(func() (ecosystem.Type, error) { return v.ask(ctx, r) })
		v.known[key] = ask
	}
	v.mu.Unlock()
	return ask()
}

func (v *versionCheck) ask(ctx context.Context, r records.Record) (ecosystem.Type, error) {
	t := v.kind
	if known, found := v.types[versionKey(r)]; found {
		t = known
	}
	pkg := ecosystem.Package{Type: t, Group: r.GroupName, Name: r.PackageName, Version: r.Version}
	found, err := v.server.Packages.Find(ctx, r.FeedName, pkg)
	switch {
	case ctx.Err() != nil:
		return "", &client.Error{Kind: client.KindInterrupted, Message: "interrupted before it was sent", Err: ctx.Err()}
	case err != nil && v.otherType(ctx, r.FeedName, t):
		return "", noSuchVersion(r)
	case err != nil:
		v.warn(err)
		return "", nil
	case found != nil:
		return found.Type(), nil
	}
	return "", noSuchVersion(r)
}

// noSuchVersion is the error of a version that is certainly not in the feed.
func noSuchVersion(r records.Record) error {
	return &client.Error{
		Kind:    client.KindNotFound,
		Message: "feed " + r.FeedName + " has no " + cli.RecordedPackage(r) + " " + r.Version + ", so nothing was recorded",
		Hint:    "check the feed, package and version, or omit --check",
	}
}

// otherType reports whether the feed certainly has packages of another type than the package URL's.
// It is asked for types whose packages are not listed.
func (v *versionCheck) otherType(ctx context.Context, feed string, t ecosystem.Type) bool {
	switch t {
	case ecosystem.Docker, ecosystem.Bower, ecosystem.Maven:
	default:
		return false
	}
	info, err := v.server.Feeds.Info(ctx, feed)
	return err == nil && !client.SameFamily(t, info.Type)
}

// warn says once that the server cannot be asked.
func (v *versionCheck) warn(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.warned {
		v.warned = true
		v.io.Warn("--check: cannot check whether the feed has this version: %s", err)
	}
}
