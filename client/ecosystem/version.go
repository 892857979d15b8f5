package ecosystem

import "strings"

// NormalizeVersion writes a version in its ecosystem's normal form.
func NormalizeVersion(t Type, v string) string { return v }

// SameVersion tells whether two versions are the same.
func SameVersion(t Type, a, b string) bool { return strings.EqualFold(a, b) }

// CompareVersions orders two versions.
func CompareVersions(t Type, a, b string) int { return strings.Compare(a, b) }

// IsPrerelease tells whether a version is a pre-release.
func IsPrerelease(t Type, v string) bool { return strings.Contains(v, "-") }
