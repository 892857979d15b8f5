package cli

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"github.com/progetctl/progetctl/internal/ci"
	"github.com/progetctl/progetctl/internal/config"
)

// CIDefaults declares the flag that turns the defaults of the CI job off.
func (f *Flags) CIDefaults() {
	f.noCI = f.Switch(new(bool), Flag{Name: "no-ci-defaults", Usage: "don't fill in values from the CI environment"})
}

// CIHelp is in the help of each command that takes defaults from a CI job.
const CIHelp = `In CI, missing values are taken from the job: name, run number, commit, URL and user
(see "progetctl help environment"). The target is never guessed. --dry-run shows
where each value comes from.`

// orCI takes what the CI job says instead of a value that was not given. What a template left
// unexpanded is worth nothing.
func (t Text) orCI(v ci.Value) Text {
	if ValueProblem("", v.Text) != "" {
		return t
	}
	return t.Or(v.Text, v.From)
}

// CIApplication is what deploys, as the CI job says it; for [Flag.CI].
func CIApplication(d ci.Defaults) ci.Value { return d.Application }

// CIDescription is what the deployment is; for [Flag.CI].
func CIDescription(d ci.Defaults) ci.Value { return d.Description }

// CIURL is the page of the run; for [Flag.CI].
func CIURL(d ci.Defaults) ci.Value { return d.URL }

// CIUser is who started the run; for [Flag.CI].
func CIUser(d ci.Defaults) ci.Value { return d.UserName }

// Period declares --since and --until: a date, today or yesterday (the whole day, UTC), a date and
// time, or a duration back from now (24h, 7d). Both ends belong to it.
func (f *Flags) Period(from, to *time.Time, since, until Flag) {
	since.Name, since.Word, until.Name, until.Word = "since", "WHEN", "until", "WHEN"
	var first, last Text
	f.declare(KindMoment, since, func(t Text, p *Problems) { first, *from = t, f.moment(t, 0, p) })
	f.declare(KindMoment, until, func(t Text, p *Problems) { last, *to = t, f.moment(t, 24*time.Hour-time.Second, p) })
	f.Check(func(p *Problems) {
		if !from.IsZero() && !to.IsZero() && to.Before(*from) {
			p.Addf("%s %q is before %s %q", last.From, last.Value, first.From, first.Value)
		}
	})
}

// Since declares --since alone, for what must not pass because nothing can be that young.
func (f *Flags) Since(from *time.Time, since Flag) {
	since.Name, since.Word = "since", "WHEN"
	f.declare(KindMoment, since, func(t Text, p *Problems) { *from = f.pastMoment(t, p) })
}

// Target declares the name of a server or environment.
func (f *Flags) Target(to *Text, flag Flag) *Value { return f.text(KindTarget, "NAME", to, flag) }

// Application declares the name of an application.
func (f *Flags) Application(to *Text, flag Flag) *Value {
	return f.text(KindApplication, "NAME", to, flag)
}

// Ledger declares --ledger.
func (f *Flags) Ledger(to *Ledger) *Value {
	f.ledger = to
	if state := config.StateFolder(f.app.IO.Getenv); state != "" {
		to.Path = filepath.Join(state, "progetctl", "ledger.db")
	}
	return f.declare(KindLedger, Flag{
		Name: "ledger", Word: "PATH", Variables: []string{"PROGETCTL_LEDGER"}, Usage: `ledger file, PostgreSQL database (postgres://USER@HOST/NAME), or "off"`,
	}, func(t Text, _ *Problems) { *to = Ledger{Path: t.Value, Named: true, From: t.From} })
}

// Package declares the flags that name a package, and the package URL as the argument that may be
// used instead of them. It returns the values of the flags.
func (f *Flags) Package(to *Package) []*Value { return f.pkg(to, "package version") }

// PackageFilter is [Flags.Package] for a command that looks among versions that are known already:
// no feed is asked what "latest" is, and a range is taken only if ranges says so.
func (f *Flags) PackageFilter(to *Package, ranges bool) {
	usage := "package version"
	if ranges {
		usage += ", or a range such as '<13.0.1' or '>=12.0 <13.0.1'"
	}
	f.pkg(to, usage)
	f.Check(func(p *Problems) { to.checkFilter(ranges, p) })
}

func (f *Flags) pkg(to *Package, versionUsage string) []*Value {
	f.identity = to
	was := f.group
	f.Group("Package")
	defer f.Group(was)
	name := f.Text(&to.name, Flag{Name: "package", Word: "NAME", Usage: "package name, optionally with its group, such as @angular/animation or org.acme:tool"})
	name.Kind = KindPackage
	version := f.Text(&to.version, Flag{Name: "version", Word: "VERSION", Usage: versionUsage})
	version.Kind = KindVersion
	group := f.Text(&to.group, Flag{Name: "group", Word: "GROUP", Usage: "package group: npm scope, Maven group ID or universal group"})
	f.cmd.Args = onePURL
	return []*Value{name, version, group}
}

// RequirePackage declares that the command needs the package that [Flags.Package] declared: its
// name, and its version if versioned, nil for always, says so. unless, if set, is a value whose
// flag is used instead of the package.
func (f *Flags) RequirePackage(unless *Value, versioned func() bool) {
	onLine := func(kind Kind) bool {
		return slices.ContainsFunc(f.values, func(v *Value) bool { return v.Kind == kind && v.OnLine() })
	}
	for _, v := range f.values {
		if v.Kind == KindPackage || v.Kind == KindVersion {
			v.Required, v.Unless = true, unless
		}
	}
	f.Check(func(p *Problems) {
		if unless == nil || !unless.OnLine() {
			f.identity.require(versioned == nil || versioned(), onLine, p)
		}
	})
}

// Server declares that the command asks the server.
func (f *Flags) Server(to **Server, use ServerUse) { f.server = &serverRequest{to, use} }

// ServerLater declares that the command finds out in its run whether it asks the server: to gets a
// function that makes the connection. Until it is called, an address or a key need not be there.
func (f *Flags) ServerLater(to *func(context.Context) (*Server, error), use ServerUse) {
	f.later = &laterRequest{to, use}
}

// Moment declares a time that is not to come: a date (the end of the day, UTC), a date and time, or
// a duration back from now.
func (f *Flags) Moment(to *time.Time, flag Flag) *Value {
	flag.Word = "WHEN"
	return f.declare(KindMoment, flag, func(t Text, p *Problems) {
		f.pastMoment(t, p)
		*to = f.moment(t, 24*time.Hour-time.Second, &Problems{})
	})
}

// ServerAddress declares that the command needs no more of the server than its address, and that
// only if --source is given. The address is as records and messages have it.
func (f *Flags) ServerAddress(to *Text) { f.base = to }

// SourceArgument declares that the argument names the source to ask, instead of --source and its
// variables. Without one, it is the default source.
func (f *Flags) SourceArgument() { f.sourceArgument = true }

// GivenFlags declares that the command takes the server's flags as they are.
func (f *Flags) GivenFlags(to *GivenFlags) { f.given = to }
