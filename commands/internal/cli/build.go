package cli

import (
	"runtime/debug"
	"strings"
)

// BuildOf completes what the linker was told of this binary by what the Go
// toolchain wrote into it: the module's version for go install, the commit for
// a build in a checkout.
func BuildOf(version, commit, date string) Build {
	b := Build{strings.TrimPrefix(version, "v"), commit, date}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b.orDevel()
	}
	if v := info.Main.Version; b.Version == "" && v != "(devel)" {
		b.Version = strings.TrimPrefix(v, "v")
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && b.Commit == "":
			b.Commit = s.Value
		case s.Key == "vcs.time" && b.Date == "":
			b.Date = s.Value
		}
	}
	return b.orDevel()
}

func (b Build) orDevel() Build {
	if b.Version == "" {
		b.Version = "devel"
	}
	return b
}
