package records

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// named is what a package URL says of each record.
func named(items []Item) []string {
	var out []string
	for _, it := range items {
		r := it.Record
		out = append(out, fmt.Sprintf("%s: %s %s|%s|%s on %s", it.Place, it.Type, r.GroupName, r.PackageName, r.Version, r.Target))
	}
	return out
}

func TestReadPURLs(t *testing.T) {
	t.Parallel()
	const animation = "npm @angular|animation|12.3.1 on "
	const list = "# of release 42\n\npkg:npm/@angular/animation@12.3.1\n  pkg:nuget/X@1.0 # why\n\t# no more\nPKG:npm/%40angular/animation@12.3.1\n"
	listed := []string{"line 3: " + animation, "line 4: nuget |X|1.0 on ", "line 6: " + animation}
	own := `"made_at":"2026-11-21T10:00:00Z","status":"queued","host":"web01","purl":"pkg:nuget/X@1.0"}`
	for _, tt := range []struct {
		name, input string
		want        []string
	}{
		{"a list", list, listed},
		{"a list, CRLF", strings.ReplaceAll(list, "\n", "\r\n"), listed},
		{"a list, carriage returns", strings.ReplaceAll(list, "\n", "\r"), listed},
		{"a list, UTF-16", utf16Text(list, false), listed},
		{"a list with marks and padding", "\ufeff" + strings.ReplaceAll(list, "PKG:", "\ufeff\u00a0PKG:"), listed},
		{"no line break, no version", "pkg:nuget/X", []string{"line 1: nuget |X| on "}},
		{"a comment needs a space", "pkg:docker/app@1\t#2", []string{"line 1: docker |app|1 on "}},
		{"commas in a qualifier", "pkg:deb/x@1?arch=a,b", []string{"line 1: deb |x|1 on "}},
		{"a property", `[{"Purl":"pkg:npm/@angular/animation@12.3.1","Target":"t"},{"Target":"u","PURL":" pkg:nuget/X@1 "}]`, []string{"index 0: " + animation + "t", "index 1: nuget |X|1 on u"}},
		{"a property that says nothing", `{"PackageName":"A","Purl":null}` + "\n" + `{"PackageName":"B","Purl":""}`, []string{"line 1:  |A| on ", "line 2:  |B| on "}},
		{"a column", "Target;purl\nt;pkg:nuget/X@1\nu;\n", []string{"line 2: nuget |X|1 on t", "line 3:  || on u"}},
		{"a column alone, padded", "Purl\n \u200bpkg:nuget/X@1\u00a0\n", []string{"line 2: nuget |X|1 on "}},
		{"a column beside names", "PackageName,Version,Purl\nA,1,\n,,pkg:nuget/X@1\n", []string{"line 2:  |A|1 on ", "line 3: nuget |X|1 on "}},
		{"this program's output", `{"record":{"PackageName":"X","Version":"1.0"},` + own, []string{"line 1: nuget |X|1.0 on "}},
		{"that of a later version", `{"record":{"PackageName":"X"},` + strings.ReplaceAll(own, "nuget", "future"), []string{"line 1: future |X| on "}},
		{"its CSV", "PackageName,Version,id,made_at,status,purl,host\nX,1.0,1,2026-11-21T10:00:00Z,queued,pkg:nuget/X@1.0,web01\nY,1,2,,queued,,\n", []string{"line 2: nuget |X|1.0 on ", "line 3:  |Y|1 on "}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			items, problems := collect(iotest.OneByteReader(strings.NewReader(tt.input)), Options{})
			if len(problems) > 0 {
				t.Fatalf("problems: %q", problems)
			}
			if got := named(items); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestReadPURLProblems(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, input, problem string
	}{
		{"comments alone", "# nothing\n\n#\n", "the input is empty"},
		{"no URL", "pkg:nuget/X@1\nX@1\npkg:nuget/Y@1", `line 2: expected a package URL (pkg:TYPE/NAME@VERSION), found "X@1"`},
		{"JSON after a comment", "# c\n{}", `line 2: expected a package URL (pkg:TYPE/NAME@VERSION), found "{}"`},
		{"CSV after a comment", "# c\nTarget\n", `line 2: expected a package URL`},
		{"two on a line", "pkg:nuget/X@1 pkg:nuget/Y@1", `line 1: expected one package URL and nothing else`},
		{"columns without a header", "pkg:nuget/X@1,web01", `line 1: expected one package URL and nothing else, found "pkg:nuget/X@1,web01"; several columns need a header line`},
		{"a path", "pkg:nuget/X@1#2", `line 1: package URL "pkg:nuget/X@1#2": a path inside the package`},
		{"an unknown type", "pkg:nugget/X@1", `line 1: unknown package URL type "nugget"; use apk, `},
		{"a property, no URL", `{"Purl":"X"}`, `line 1: "X" is not a package URL (pkg:TYPE/`},
		{"a property, its type", `{"Purl":"pkg:nugget/X"}`, `line 1: unknown package URL type "nugget"`},
		{"a property, no text", `{"Purl":1}`, `line 1: property "Purl" must be text, not "1"`},
		{"a property, twice", `{"Purl":"pkg:nuget/X","purl":""}`, `line 1: property "purl" is given twice`},
		{"a property and a name", `{"Purl":"pkg:nuget/X@1","PackageName":"X"}`, `line 1: property "Purl" can't be used together with PackageName, Version or GroupName`},
		{"a property and a version", `{"Version":"1","Purl":"pkg:nuget/X"}`, `line 1: property "Purl" can't be used together with`},
		{"a column and a group", "GroupName,Purl\na,pkg:npm/x@1\n", `line 2: property "Purl" can't be used together with`},
		{"a column, twice", "Purl,purl\n", `line 1: property "purl" is given twice`},
		{"this program's output", `{"record":{"PackageName":"X"},"purl":"X"}`, `line 1: "X" is not a package URL`},
		{"not UTF-8", "pkg:nuget/\xfc@1\n", "line 1: not UTF-8 text"},
		{"a line without an end", "pkg:nuget/" + strings.Repeat("x", 2*maxRecord), "line 1: a record longer than 1 MiB"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, problems := collect(strings.NewReader(tt.input), Options{})
			if len(problems) != 1 || !strings.HasPrefix(problems[0], tt.problem) {
				t.Errorf("problems %.300q, want %q", problems, tt.problem)
			}
		})
	}
}
