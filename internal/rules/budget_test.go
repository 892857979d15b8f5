package rules

import (
	"fmt"
	"go/ast"
	"strings"
	"testing"
)

// The budgets, in lines. Beyond them a reader loses the thread; where they came from: the better
// half of the Go codebases that this one was modelled on stays below them.
const (
	maxFileLines     = 350
	maxFunctionLines = 60
)

// TestBudgets keeps files and functions short. Tests are left out: a long table is not a maze.
func TestBudgets(t *testing.T) {
	t.Parallel()
	for _, s := range tree(t) {
		if s.isTest() {
			continue
		}
		for _, problem := range overBudget(s) {
			t.Error(problem)
		}
	}
}

// overBudget lists what is too long in a file.
func overBudget(s source) []string {
	var problems []string
	if s.lines > maxFileLines {
		problems = append(problems, fmt.Sprintf("%s has %d lines, the most is %d: split it by idea", s.place(nil), s.lines, maxFileLines))
	}
	for _, f := range functions(s) {
		if n := s.line(f.End()) - s.line(f.Pos()) + 1; n > maxFunctionLines {
			problems = append(problems, fmt.Sprintf("%s: %s has %d lines, the most is %d", s.place(f), f.Name.Name, n, maxFunctionLines))
		}
	}
	return problems
}

// functions lists the functions and methods of a file.
func functions(s source) []*ast.FuncDecl {
	var all []*ast.FuncDecl
	for _, d := range s.file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			all = append(all, f)
		}
	}
	return all
}

// TestNoInit keeps package initialisers out: they run at every start, in an order that nobody sees,
// for every command.
func TestNoInit(t *testing.T) {
	t.Parallel()
	for _, s := range tree(t) {
		for _, f := range functions(s) {
			if f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: init runs at every start; build what is needed where it is needed", s.place(f))
			}
		}
	}
}

// TestOverBudget tries the measure on both sides of each limit.
func TestOverBudget(t *testing.T) {
	t.Parallel()
	body := func(lines int) string { return "package p\nfunc f() {\n" + strings.Repeat("_ = 0\n", lines-2) + "}\n" }
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"function at the limit", body(maxFunctionLines), 0},
		{"function over it", body(maxFunctionLines + 1), 1},
		{"file at the limit", "package p\n" + strings.Repeat("\n", maxFileLines-1), 0},
		{"file over it", "package p\n" + strings.Repeat("\n", maxFileLines), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := overBudget(parse(t, "p/p.go", c.text)); len(got) != c.want {
				t.Errorf("got %d problems %q, want %d", len(got), got, c.want)
			}
		})
	}
}
