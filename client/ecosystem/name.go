package ecosystem

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// SplitName splits a package name that may contain its group, as its ecosystem writes it:
// "@angular/animation", "org.acme:tool", "acme/tools/builder" (the name is what follows the last
// slash, as in pgutil). The scope of npm keeps its "@". Names of types without groups are not
// split; a Docker repository is one name, including its slashes. With an empty or unknown type the
// shape decides.
func SplitName(t Type, s string) (group, name string) {
	if !t.hasGroups() {
		return "", s
	}
	at := strings.LastIndexByte(s, '/')
	if at < 0 && t.colonGroups() {
		at = strings.IndexByte(s, ':')
	}
	if at <= 0 || at == len(s)-1 {
		return "", s
	}
	return s[:at], s[at+1:]
}

// JoinName writes group and name as the ecosystem writes them: "@angular/animation" (the "@" is
// added if it is missing), "org.acme:tool", "acme/tools/builder". It is the inverse of [SplitName]
// for every type with groups.
func JoinName(t Type, group, name string) string {
	switch {
	case group == "":
		return name
	case t == Maven:
		return group + ":" + name
	case t == NPM && !strings.HasPrefix(group, "@"):
		return "@" + group + "/" + name
	}
	return group + "/" + name
}

// SameGroup reports whether a and b name the same group: without regard to case, a scope with or
// without its "@".
func SameGroup(t Type, a, b string) bool {
	return fold(BareScope(a)) == fold(BareScope(b))
}

// BareScope is a group without the "@" of a scope. An "@" alone is no scope, and not the lack of a
// group either: it stays.
func BareScope(group string) string {
	if bare := strings.TrimPrefix(group, "@"); bare != "" {
		return bare
	}
	return group
}

// SameName reports whether a and b name the same package of one group: without regard to case, PyPI
// names by their normal form.
func SameName(t Type, a, b string) bool {
	return nameKey(t, a) == nameKey(t, b)
}

// SamePackage reports whether two pairs of group and name mean the same package. The group may be
// inside the name on either side: a server may answer "@angular/animation" without a group.
func SamePackage(t Type, aGroup, aName, bGroup, bName string) bool {
	return PackageKey(t, aGroup, aName) == PackageKey(t, bGroup, bName)
}

// PackageKey gives the canonical spelling of a package's group and name, equal for two packages
// exactly if [SamePackage] holds. It serves as a map key, not for display.
func PackageKey(t Type, group, name string) string {
	group = BareScope(fold(group))
	name = slashed(t, group, fold(name))
	// Some answers have the group twice: in its own property and inside the name.
	if group != "" && !strings.HasPrefix(name, group+"/") {
		name = group + "/" + name
	}
	at := strings.LastIndexByte(name, '/') + 1
	return name[:at] + nameKey(t, name[at:])
}

// slashed writes a name that may contain its group with slashes only, without the "@" of a scope.
// If the group is given separately, a colon means a slash only if the name repeats that group.
func slashed(t Type, group, name string) string {
	if t.colonGroups() && !strings.Contains(name, "/") {
		if rest, twice := strings.CutPrefix(name, group+":"); twice && group != "" {
			return group + "/" + rest
		}
		if group == "" {
			name = strings.Replace(name, ":", "/", 1)
		}
	}
	if strings.Contains(name, "/") {
		return strings.TrimPrefix(name, "@")
	}
	return name
}

// nameKey folds a name without its group. Cargo and others also refuse a new name that differs from
// an old one only in its hyphens, but they don't find one under the other's name, so here they are
// different.
func nameKey(t Type, name string) string {
	if t.Respells() {
		return PyPIName(name)
	}
	return fold(name)
}

// Respells reports whether a name of the type has other spellings than letters in another case.
func (t Type) Respells() bool { return t == PyPI }

// PyPIName is the normal form of a PyPI project's name, by which an index is asked for: lower case,
// and each run of "-", "_" and "." is one "-". Source: packaging.python.org, name normalization
// (PEP 503).
func PyPIName(name string) string {
	separator := func(r rune) bool { return r == '-' || r == '_' || r == '.' }
	var b strings.Builder
	b.Grow(len(name))
	inRun := false
	for _, r := range fold(name) {
		switch run := separator(r); {
		case !run:
			b.WriteRune(r)
		case !inRun:
			b.WriteByte('-')
		}
		inRun = separator(r)
	}
	return b.String()
}

// fold maps letters that differ only in case to one. A letter outside ASCII never becomes one
// inside (the Kelvin sign is not a k): a package that merely looks like an approved one must not
// pass for it.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		lower := unicode.ToLower(r)
		if r >= utf8.RuneSelf && lower < utf8.RuneSelf {
			return r
		}
		return lower
	}, s)
}

// hasGroups reports whether packages of the type may have a group; an unknown type may.
func (t Type) hasGroups() bool {
	switch t {
	case Asset, Cargo, Chocolatey, Conan, Conda, CRAN, Docker, Gem, NuGet, PowerShell, Pub, PyPI, VSIX:
		return false
	}
	return true
}

// colonGroups reports whether a colon may be between group and name. Elsewhere it is part of the
// name ("libc6:amd64").
func (t Type) colonGroups() bool {
	return t == Maven || !t.Known()
}
