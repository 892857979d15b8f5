package ecosystem_test

import (
	"fmt"
	"slices"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func ExampleParsePURL() {
	p, err := ecosystem.ParsePURL("pkg:npm/@angular/animation@12.3.1")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(p.Type, p.Group, p.Name, p.Version)
	fmt.Println(p.PURL())

	_, err = ecosystem.ParsePURL("pkg:nuget/Newtonsoft.Json@")
	fmt.Println(err)
	// Output:
	// npm @angular animation 12.3.1
	// pkg:npm/%40angular/animation@12.3.1
	// package URL "pkg:nuget/Newtonsoft.Json@": nothing follows the "@"; the form is pkg:TYPE/[GROUP/]NAME@VERSION
}

func ExampleSplitName() {
	group, name := ecosystem.SplitName(ecosystem.Maven, "org.acme:tool")
	fmt.Println(group, name)
	fmt.Println(ecosystem.JoinName(ecosystem.NPM, "angular", "animation"))
	// Output:
	// org.acme tool
	// @angular/animation
}

func ExampleSamePackage() {
	fmt.Println(ecosystem.SamePackage(ecosystem.NPM, "", "@angular/animation", "angular", "Animation"))
	fmt.Println(ecosystem.SamePackage(ecosystem.PyPI, "", "Flask_Login", "", "flask-login"))
	// Output:
	// true
	// true
}

func ExampleSameVersion() {
	fmt.Println(ecosystem.SameVersion(ecosystem.NuGet, "1.0", "1.0.0.0+build"))
	fmt.Println(ecosystem.SameVersion(ecosystem.Maven, "1.0", "1.0.0"))
	// Output:
	// true
	// false
}

func ExampleCompareVersions() {
	versions := []string{"12.0", "9.0", "12.0-rc.1", "9.0.1"}
	slices.SortFunc(versions, func(a, b string) int {
		return ecosystem.CompareVersions(ecosystem.NuGet, a, b)
	})
	fmt.Println(versions)
	// Output: [9.0 9.0.1 12.0-rc.1 12.0]
}

// Many rows sort faster by keys that are computed once.
func ExampleSortKey() {
	type row struct{ version, key string }
	rows := []row{{version: "1.0~rc1-1"}, {version: "1:0.9-1"}, {version: "1.0-1"}}
	for i := range rows {
		rows[i].key = ecosystem.SortKey(ecosystem.Debian, rows[i].version)
	}
	slices.SortFunc(rows, func(a, b row) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		}
		return 0
	})
	for _, row := range rows {
		fmt.Println(row.version)
	}
	// Output:
	// 1.0~rc1-1
	// 1.0-1
	// 1:0.9-1
}
