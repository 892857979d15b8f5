package feedtype

import (
	"fmt"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// For gives the protocol for packages of type t, or an [ErrUnsupported] that says why there is
// none.
func For(t ecosystem.Type) (Protocol, error) {
	if locate, ok := protocols()[t]; ok {
		return Protocol{Type: t, locate: locate}, nil
	}
	if why, ok := unsupported()[t]; ok {
		return Protocol{}, fmt.Errorf("packages of type %q: %w: %s", t, ErrUnsupported, why)
	}
	return Protocol{}, fmt.Errorf("packages of type %q: %w: unknown type", t, ErrUnsupported)
}

// protocols is the list of protocols: a new one is one more line here and one more file.
func protocols() map[ecosystem.Type]locator {
	return map[ecosystem.Type]locator{
		ecosystem.Alpine:     locateAlpine,
		ecosystem.Asset:      locateAsset,
		ecosystem.CRAN:       locateCRAN,
		ecosystem.Cargo:      locateCargo,
		ecosystem.Chocolatey: locateChocolatey,
		ecosystem.Composer:   locateComposer,
		ecosystem.Conda:      locateConda,
		ecosystem.Debian:     locateDebian,
		ecosystem.Docker:     locateDocker,
		ecosystem.Gem:        locateGem,
		ecosystem.Helm:       locateHelm,
		ecosystem.Maven:      locateMaven,
		ecosystem.NPM:        locateNPM,
		ecosystem.NuGet:      locateNuGet,
		ecosystem.PowerShell: locatePowerShell,
		ecosystem.Pub:        locatePub,
		ecosystem.PyPI:       locatePyPI,
		ecosystem.RPM:        locateRPM,
		ecosystem.Romp:       locateUniversal,
		ecosystem.Terraform:  locateTerraform,
		ecosystem.Universal:  locateUniversal,
		ecosystem.VSIX:       locateVSIX,
	}
}

// unsupported says of each known type without a protocol here why it has none.
func unsupported() map[ecosystem.Type]string {
	return map[ecosystem.Type]string{
		ecosystem.Bower: "a Bower feed lists git repositories and holds no content",
		ecosystem.Conan: "a Conan recipe or binary is several files",
	}
}
