package feedtype

import (
	"fmt"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// For gives the protocol for packages of type t, or an [ErrUnsupported] that says why there is none.
func For(t ecosystem.Type) (Kind, error) {
	if locate, ok := kinds()[t]; ok {
		return Kind{Type: t, locate: locate}, nil
	}
	if why, ok := unsupported()[t]; ok {
		return Kind{}, fmt.Errorf("packages of type %q: %w: %s", t, ErrUnsupported, why)
	}
	return Kind{}, fmt.Errorf("packages of type %q: %w: the type is not known", t, ErrUnsupported)
}

// kinds is the list of protocols: a new one is one more line here and one more file.
func kinds() map[ecosystem.Type]locator {
	return map[ecosystem.Type]locator{
		ecosystem.Asset:      locateAsset,
		ecosystem.Chocolatey: locateChocolatey,
		ecosystem.Maven:      locateMaven,
		ecosystem.NPM:        locateNPM,
		ecosystem.NuGet:      locateNuGet,
		ecosystem.PowerShell: locatePowerShell,
		ecosystem.PyPI:       locatePyPI,
		ecosystem.Romp:       locateUniversal,
		ecosystem.Universal:  locateUniversal,
	}
}

func unsupported() map[ecosystem.Type]string {
	return map[ecosystem.Type]string{
		ecosystem.Bower:  "a Bower feed lists git repositories and holds no content",
		ecosystem.Conan:  "a Conan recipe or binary is several files",
		ecosystem.Docker: "an image is a manifest and several layers",
	}
}
