package ecosystem

import "strings"

// SplitName takes a package name apart into its group and its name.
func SplitName(t Type, s string) (group, name string) {
	if i := strings.LastIndexAny(s, "/:"); i > 0 {
		return s[:i], s[i+1:]
	}
	return "", s
}

// JoinName writes group and name as the ecosystem writes them.
func JoinName(t Type, group, name string) string {
	if group == "" {
		return name
	}
	return group + "/" + name
}

// SameGroup tells whether two groups are the same.
func SameGroup(t Type, a, b string) bool {
	return strings.EqualFold(strings.TrimPrefix(a, "@"), strings.TrimPrefix(b, "@"))
}

// SameName tells whether two names are the same.
func SameName(t Type, a, b string) bool { return strings.EqualFold(a, b) }

// SamePackage tells whether two packages are the same.
func SamePackage(t Type, aGroup, aName, bGroup, bName string) bool {
	return SameGroup(t, aGroup, bGroup) && SameName(t, aName, bName)
}
