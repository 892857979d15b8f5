package rules

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
)

const (
	// maxFiles is how many files of a package a reader still finds his way in.
	maxFiles = 25
	// maxReceiverFiles is in how many files the methods of a type may stand: beyond it, a type has
	// become the place for whatever has none.
	maxReceiverFiles = 3
	// maxKnot is how many files of a command package may depend on each other in a circle: none of
	// them can be read without the others.
	maxKnot = 8
)

// TestPackageSizes keeps packages to what one can look over. The exceptions are one file for each
// kind of feed or endpoint, and a library whose types are its face.
func TestPackageSizes(t *testing.T) {
	t.Parallel()
	for dir, files := range packages(t) {
		if !slices.Contains([]string{"client", "client/feedtype", "internal/sandbox"}, dir) && len(files) > maxFiles {
			t.Errorf("%s has %d files, the most is %d: what in it has a job of its own?", dir, len(files), maxFiles)
		}
	}
}

// TestReceivers keeps the methods of a type together.
func TestReceivers(t *testing.T) {
	t.Parallel()
	for dir, files := range packages(t) {
		for name, in := range receivers(files) {
			if len(in) > maxReceiverFiles {
				t.Errorf("%s: %s has methods in %d files, the most is %d: %s", dir, name, len(in), maxReceiverFiles, strings.Join(slices.Sorted(maps.Keys(in)), ", "))
			}
		}
	}
}

// TestNoKnots keeps the files of each command package from depending on each other in large
// circles.
func TestNoKnots(t *testing.T) {
	t.Parallel()
	for dir, files := range packages(t) {
		if !below(dir, "commands") {
			continue
		}
		for _, knot := range knots(files) {
			if len(knot) > maxKnot {
				t.Errorf("%s: %d files depend on each other in a circle, the most is %d: %s", dir, len(knot), maxKnot, strings.Join(knot, ", "))
			}
		}
	}
}

// packages has the files of each package that belong to the program.
func packages(t *testing.T) map[string][]source {
	t.Helper()
	all := map[string][]source{}
	for _, s := range tree(t) {
		if !s.isTest() {
			all[s.dir] = append(all[s.dir], s)
		}
	}
	return all
}

// receivers has, for each type with methods, the files in which they stand.
func receivers(files []source) map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, s := range files {
		for _, f := range functions(s) {
			name := receiverName(f)
			if name == nil {
				continue
			}
			if all[name.Name] == nil {
				all[name.Name] = map[string]bool{}
			}
			all[name.Name][s.name] = true
		}
	}
	return all
}

// knots are the groups of files of which each depends on each other, directly or not. A file
// depends on another if it uses a name or a method that is declared there.
func knots(files []source) [][]string {
	uses := map[string]map[string]bool{}
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, s := range files {
		uses[s.name] = map[string]bool{}
		// Once more, because the files of a package must share their positions.
		file, err := parser.ParseFile(fset, s.name, s.text, parser.SkipObjectResolution)
		if err != nil {
			panic(err) // tree has parsed it
		}
		parsed = append(parsed, file)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	// What is imported is left empty, and the errors that follow from it say nothing: only our own
	// names count.
	config := types.Config{Importer: emptyImporter{}, Error: func(error) {}, FakeImportC: true}
	pkg, _ := config.Check("p", fset, parsed, info)
	for ident, object := range info.Uses {
		field, isVar := object.(*types.Var)
		if object.Pkg() != pkg || isVar && field.IsField() {
			continue
		}
		from, to := fset.Position(ident.Pos()).Filename, fset.Position(object.Pos()).Filename
		if from != to {
			uses[from][to] = true
		}
	}
	return circles(uses)
}

// emptyImporter imports packages that have nothing in them.
type emptyImporter struct{}

// Import makes an empty package.
func (emptyImporter) Import(p string) (*types.Package, error) {
	empty := types.NewPackage(p, path.Base(p))
	empty.MarkComplete()
	return empty, nil
}

// circles are the strongly connected components of a graph, the largest first.
func circles(uses map[string]map[string]bool) [][]string {
	reach := map[string]map[string]bool{}
	for from := range uses {
		seen := map[string]bool{}
		todo := []string{from}
		for len(todo) > 0 {
			next := todo[0]
			todo = todo[1:]
			for to := range uses[next] {
				if !seen[to] {
					seen[to] = true
					todo = append(todo, to)
				}
			}
		}
		reach[from] = seen
	}
	var all [][]string
	done := map[string]bool{}
	for _, from := range slices.Sorted(maps.Keys(uses)) {
		if done[from] {
			continue
		}
		circle := []string{from}
		for _, to := range slices.Sorted(maps.Keys(reach[from])) {
			if to != from && reach[to][from] {
				circle, done[to] = append(circle, to), true
			}
		}
		all = append(all, circle)
	}
	slices.SortStableFunc(all, func(a, b []string) int { return len(b) - len(a) })
	return all
}

// TestKnots tries the measures on a small package.
func TestKnots(t *testing.T) {
	t.Parallel()
	files := []source{
		parse(t, "p/a.go", "package p\ntype t struct{}\nfunc a() { b() }\nfunc (t) m() {}\n"),
		parse(t, "p/b.go", "package p\nfunc b() { var x t; x.n() }\n"),
		parse(t, "p/c.go", "package p\nfunc (t) n() { c := 1; _ = c; a() }\n"),
		parse(t, "p/d.go", "package p\nfunc d() { a := 1; _ = a; b() }\nvar e = f{b: 1}\ntype f struct{ b int }\n"),
	}
	if got := fmt.Sprint(knots(files)); got != "[[a.go b.go c.go] [d.go]]" {
		t.Errorf("knots %s", got)
	}
	if got := receivers(files); len(got) != 1 || len(got["t"]) != 2 {
		t.Errorf("receivers %v", got)
	}
}
