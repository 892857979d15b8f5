package client

import (
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client/feedtype"
)

// platform is what an image runs on, in Go's words.
type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
	Variant      string `json:"variant,omitempty"`
}

// String writes a platform as container tools do: linux/arm64, linux/arm/v7.
func (p platform) String() string {
	return strings.Trim(p.OS+"/"+p.Architecture+"/"+p.Variant, "/")
}

// wantedPlatform reads the qualifiers of a package. An architecture may carry the rest: amd64/v2,
// linux/arm/v7.
func wantedPlatform(image feedtype.Image) platform {
	p := platform{Architecture: image.Architecture, OS: image.OS, Variant: image.Variant}
	parts := strings.Split(p.Architecture, "/")
	if len(parts) > 1 && isOS(parts[0]) {
		if p.OS == "" {
			p.OS = parts[0]
		}
		parts = parts[1:]
	}
	if len(parts) == 2 && p.Variant == "" {
		p.Variant = parts[1]
		parts = parts[:1]
	}
	p.Architecture = strings.Join(parts, "/")
	return p.normal()
}

func isOS(name string) bool {
	return slices.Contains([]string{"linux", "windows", "darwin", "macos", "freebsd", "netbsd", "openbsd", "solaris", "android"}, strings.ToLower(name))
}

// normal gives the one spelling of a platform among those that Debian, RPM, uname and container
// tools have (containerd's package platforms).
func (p platform) normal() platform {
	p.OS, p.Architecture, p.Variant = strings.ToLower(p.OS), strings.ToLower(p.Architecture), strings.ToLower(p.Variant)
	if p.OS == "macos" {
		p.OS = "darwin"
	}
	if p.Variant != "" && strings.Trim(p.Variant, "0123456789") == "" {
		p.Variant = "v" + p.Variant
	}
	variant := ""
	switch p.Architecture {
	case "x86_64", "x86-64", "x64":
		p.Architecture = "amd64"
	case "i386", "i486", "i586", "i686", "x86", "x86_32":
		p.Architecture = "386"
	case "aarch64", "arm64v8", "armv8":
		p.Architecture = "arm64"
	case "armhf", "armv7", "armv7l", "armv7hl", "arm32v7":
		p.Architecture, variant = "arm", "v7"
	case "armel", "armv6", "armv6l", "armv6hl", "arm32v6":
		p.Architecture, variant = "arm", "v6"
	case "armv5", "armv5l", "armv5tel", "arm32v5":
		p.Architecture, variant = "arm", "v5"
	case "ppc64el", "powerpc64le":
		p.Architecture = "ppc64le"
	case "mips64el":
		p.Architecture = "mips64le"
	case "mipsel":
		p.Architecture = "mipsle"
	}
	if p.Variant == "" {
		p.Variant = variant
	}
	// What every processor of the kind has is not a variant.
	if p.Architecture == "amd64" && p.Variant == "v1" || p.Architecture == "arm64" && p.Variant == "v8" {
		p.Variant = ""
	}
	return p
}

// fits reports whether an image for the platform p is one for want, whose empty fields take
// anything.
func (p platform) fits(want platform) bool {
	p = p.normal()
	return (want.Architecture == "" || want.Architecture == p.Architecture) &&
		(want.OS == "" || want.OS == p.OS) && (want.Variant == "" || want.Variant == p.Variant)
}

// usual reports whether p is what a plain name of its architecture means.
func (p platform) usual() bool {
	p = p.normal()
	return p.Variant == "" || p.Architecture == "arm" && p.Variant == "v7"
}
