package rules

import (
	"fmt"
	"go/ast"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestDocumented keeps every package and every exported name documented: other programs import
// client, and a reader of an internal package has no other manual.
func TestDocumented(t *testing.T) {
	t.Parallel()
	packages := map[string]bool{}
	for _, s := range tree(t) {
		if s.isTest() {
			continue
		}
		packages[s.dir] = packages[s.dir] || s.file.Doc != nil
		for _, problem := range undocumented(s) {
			t.Error(problem)
		}
	}
	for dir, documented := range packages {
		if !documented {
			t.Errorf("package %s has no comment: say in one of its files what it is for", dir)
		}
	}
}

// undocumented lists the exported names of a file that stand without a comment.
func undocumented(s source) []string {
	var problems []string
	report := func(name *ast.Ident, docs ...*ast.CommentGroup) {
		for _, doc := range docs {
			if doc != nil {
				return
			}
		}
		if name.IsExported() {
			problems = append(problems, fmt.Sprintf("%s: %s is exported and has no comment", s.place(name), name.Name))
		}
	}
	for _, d := range s.file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if receiver := receiverName(d); receiver == nil || receiver.IsExported() {
				report(d.Name, d.Doc)
			}
		case *ast.GenDecl:
			specs(d, report)
		}
	}
	return problems
}

// specs reports each name of a declaration. A comment on a group speaks for its members, as godoc
// prints it above them.
func specs(d *ast.GenDecl, report func(*ast.Ident, ...*ast.CommentGroup)) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			report(spec.Name, spec.Doc, spec.Comment, d.Doc)
		case *ast.ValueSpec:
			for _, name := range spec.Names {
				report(name, spec.Doc, spec.Comment, d.Doc)
			}
		}
	}
}

// receiverName is the type that a method belongs to, nil for a function.
func receiverName(f *ast.FuncDecl) *ast.Ident {
	if f.Recv == nil {
		return nil
	}
	var name *ast.Ident
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == nil {
			name = id
		}
		return name == nil
	})
	return name
}

// TestUndocumented tries the check on source that breaks it and on source that does not.
func TestUndocumented(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"function", "package p\nfunc F() {}\n", 1},
		{"documented function", "package p\n// F does.\nfunc F() {}\n", 0},
		{"unexported function", "package p\nfunc f() {}\n", 0},
		{"method of an exported type", "package p\n// T is.\ntype T[A any] struct{}\nfunc (*T[A]) M() {}\n", 1},
		{"method of an unexported type", "package p\ntype t[A any] struct{}\nfunc (*t[A]) M() {}\n", 0},
		{"type", "package p\ntype T int\n", 1},
		{"group of constants", "package p\n// The answers.\nconst (\n\tA = 1\n\tB = 2\n)\n", 0},
		{"bare constants", "package p\nconst (\n\tA = 1\n\tB = 2 // two\n)\n", 1},
		{"variables", "package p\nvar A, B int\n", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := undocumented(parse(t, "p/p.go", c.text)); len(got) != c.want {
				t.Errorf("got %d problems %q, want %d", len(got), got, c.want)
			}
		})
	}
}

// commentWidth is the most columns of a line of prose in a comment, with a tab as four.
const commentWidth = 100

// TestCommentWidth keeps comments as wide as each other. Code and tables in them, which are
// indented, may be wider, and so may one long word.
func TestCommentWidth(t *testing.T) {
	t.Parallel()
	for _, s := range tree(t) {
		for _, problem := range wideComments(s) {
			t.Error(problem)
		}
	}
}

// exampleOutput begins what go test compares with what an example prints.
var exampleOutput = regexp.MustCompile(`(?im)^(unordered )?output:`)

// wideComments lists the lines that are only a comment and too wide.
func wideComments(s source) (problems []string) {
	lines := strings.Split(s.text, "\n")
	for _, group := range s.file.Comments {
		if exampleOutput.MatchString(group.Text()) {
			continue
		}
		for _, comment := range group.List {
			line := lines[s.line(comment.Pos())-1]
			text, whole := strings.CutPrefix(strings.TrimLeft(line, "\t"), "// ")
			tabs := len(line) - len(strings.TrimLeft(line, "\t"))
			width := utf8.RuneCountInString(line) + 3*tabs
			if whole && width > commentWidth && !strings.HasPrefix(text, " ") && strings.Contains(text, " ") {
				problems = append(problems, fmt.Sprintf("%s: a comment of %d columns: wrap it at %d", s.place(comment), width, commentWidth))
			}
		}
	}
	return problems
}

// TestWideComments tries the check on comments that are too wide, and on those that may be.
func TestWideComments(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"// " + strings.Repeat("x ", 48) + "x":                 0,
		"// " + strings.Repeat("x ", 48) + "xx":                1,
		"//\t" + strings.Repeat("x ", 60):                      0,
		"//  - " + strings.Repeat("x ", 60):                    0,
		"// " + strings.Repeat("x", 120):                       0,
		"var a = 1 // " + strings.Repeat("x ", 60):             0,
		"func f() {\n\t// " + strings.Repeat("x ", 47) + "\n}": 1,
	} {
		if got := wideComments(parse(t, "p/p.go", "package p\n\n"+text+"\n")); len(got) != want {
			t.Errorf("%q: %q, want %d", text, got, want)
		}
	}
}
