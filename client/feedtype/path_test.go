package feedtype

import (
	"reflect"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestParsePath(t *testing.T) {
	t.Parallel()
	nuget := ecosystem.Package{Type: ecosystem.NuGet, Name: "Newtonsoft.Json", Version: "12.0.3"}
	for _, test := range []struct {
		path, feed string
		pkg        ecosystem.Package
	}{
		{"nuget/DefaultNuGet/package/Newtonsoft.Json/12.0.3", "DefaultNuGet", nuget},
		{"/nuget/DefaultNuGet/package/Newtonsoft.Json/12.0.3", "DefaultNuGet", nuget},
		{"NuGet/My%20Feed/Package/Newtonsoft.Json/12.0.3?x=1", "My Feed", nuget},
		{"upack/apps/download/acme/tools/builder/1.2.0", "apps",
			ecosystem.Package{Type: ecosystem.Universal, Group: "acme/tools", Name: "builder", Version: "1.2.0"}},
		{"upack/apps/download/builder/1.2.0%2B5", "apps", ecosystem.Package{Type: ecosystem.Universal, Name: "builder", Version: "1.2.0+5"}},
		{"upack/apps/download/builder/1.2.0?contentOnly=zip", "apps", ecosystem.Package{Type: ecosystem.Universal, Name: "builder", Version: "1.2.0"}},
		{"upack/apps/download/acme/builder?latest", "apps", ecosystem.Package{Type: ecosystem.Universal, Group: "acme", Name: "builder"}},
		{"upack/apps/download/builder?contentOnly=zip&Latest=", "apps", ecosystem.Package{Type: ecosystem.Universal, Name: "builder"}},
		{"upack/apps/download/acme/builder/latest-stable", "apps", ecosystem.Package{Type: ecosystem.Universal, Group: "acme", Name: "builder"}},
		{"nuget/F/package/A/Latest", "F", ecosystem.Package{Type: ecosystem.NuGet, Name: "A"}},
		{"nuget/F/package/A/1.0-latest", "F", ecosystem.Package{Type: ecosystem.NuGet, Name: "A", Version: "1.0-latest"}},
		{"api/packages/F/download?name=a&version=1", "", ecosystem.Package{}},
		{"npm/npm-approved/left-pad/-/left-pad-1.3.0.tgz", "npm-approved", ecosystem.Package{}},
		{"nuget/F/v3/flat", "F", ecosystem.Package{}},
		{"health", "", ecosystem.Package{}},
		{"a/%zz/c", "", ecosystem.Package{}},
		{"", "", ecosystem.Package{}},
	} {
		feed, pkg := ParsePath(test.path)
		if feed != test.feed || !reflect.DeepEqual(pkg, test.pkg) {
			t.Errorf("ParsePath(%q) = %q, %+v, want %q, %+v", test.path, feed, pkg, test.feed, test.pkg)
		}
	}
}
