package rules

import (
	"go/ast"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestLinked asks the go command what the binary links, because a library may pull in what we would
// never import.
func TestLinked(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "list", "-deps", "./cmd/progetctl")
	cmd.Dir = filepath.Join("..", "..")
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list -deps ./cmd/progetctl: %v\n%s", err, said.String())
	}
	for _, linked := range strings.Fields(string(out)) {
		if in(linked, "html/template", "testing", "github.com/spf13/cobra/doc", "pgregory.net/rapid") {
			t.Errorf("the binary links %s: it costs size or start-up and serves no user", linked)
		}
	}
}

// TestNoTemplates keeps text/template out of the binary. Cobra imports it, but the linker drops it
// unless one of these is called; once it is in, every exported method of every type stays in too
// (2.8 MB), since a template may call any.
func TestNoTemplates(t *testing.T) {
	t.Parallel()
	for _, s := range tree(t) {
		for _, problem := range templates(s) {
			t.Error(problem)
		}
	}
}

// templates lists the calls of a file that link text/template.
func templates(s source) []string {
	var problems []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		call, ok := n.(*ast.SelectorExpr)
		if ok && slices.Contains([]string{"SetVersionTemplate", "SetUsageTemplate", "SetHelpTemplate"}, call.Sel.Name) {
			problems = append(problems, s.place(n)+": "+call.Sel.Name+" links text/template (2.8 MB); set a function or print it yourself")
		}
		return true
	})
	return problems
}

// TestTemplates tries the check on a call that links templates and on one that does not.
func TestTemplates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"package p\nfunc f(c C) { c.SetVersionTemplate(``) }\n": 1,
		"package p\nfunc f(c C) { c.SetUsageFunc(nil) }\n":      0,
	} {
		if got := templates(parse(t, "p/p.go", text)); len(got) != want {
			t.Errorf("%q gives %q, want %d problems", text, got, want)
		}
	}
}
