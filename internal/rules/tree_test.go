package rules

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// module is the import path that every package of ours begins with.
const module = "github.com/progetctl/progetctl"

// source is one Go file: dir is its folder below the module's root ("client/feedtype", "" for the
// root itself).
type source struct {
	dir, name string
	fset      *token.FileSet
	file      *ast.File
	lines     int
	text      string
}

// isTest says whether the file is compiled by go test alone.
func (s source) isTest() bool { return strings.HasSuffix(s.name, "_test.go") }

// place names the file and, for a node of it, the line, as editors take it.
func (s source) place(n ast.Node) string {
	if n == nil {
		return path.Join(s.dir, s.name)
	}
	return path.Join(s.dir, s.name) + ":" + strconv.Itoa(s.line(n.Pos()))
}

// line is the line that a position stands on.
func (s source) line(p token.Pos) int { return s.fset.Position(p).Line }

// imports lists the import paths of the file.
func (s source) imports() []string {
	var paths []string
	for _, spec := range s.file.Imports {
		paths = append(paths, strings.Trim(spec.Path.Value, `"`))
	}
	return paths
}

// tree parses every Go file of the module, for every platform: go list would leave out the files of
// the others.
func tree(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []source
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skip(root, p, d.Name())
		}
		if filepath.Ext(p) == ".go" {
			all = append(all, read(t, root, p))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// skip leaves out the folders that the go command leaves out too.
func skip(root, p, name string) error {
	if p != root && (name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")) {
		return filepath.SkipDir
	}
	return nil
}

// read parses one file of the tree.
func read(t *testing.T, root, p string) source {
	t.Helper()
	text, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	rel, err := filepath.Rel(root, p)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, filepath.ToSlash(rel), string(text))
}

// parse is the rest of read, for source text in a test.
func parse(t *testing.T, rel, text string) source {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, rel, text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	dir, name := path.Split(rel)
	return source{dir: path.Clean("/" + dir)[1:], name: name, fset: fset, file: file, lines: strings.Count(text, "\n"), text: text}
}
