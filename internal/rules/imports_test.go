package rules

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestImportRule keeps the one direction of docs/architecture.md:
//
//	cmd → commands → commands/… → commands/internal/cli → {client, output, internal/…}
//	client → {client/…, internal/records, internal/safefile, internal/jsontext}
//	client/progettest → internal/sandbox
func TestImportRule(t *testing.T) {
	t.Parallel()
	for _, s := range tree(t) {
		for _, imported := range s.imports() {
			if why := forbidden(s.dir, s.isTest(), imported); why != "" {
				t.Errorf("%s imports %s: %s", s.place(nil), imported, why)
			}
		}
	}
}

// forbidden says why a folder must not import a path, or "" if it may. Tests may reach further
// where the reason for a rule is the binary or the shape of the program, not the test's
// independence.
func forbidden(dir string, test bool, imported string) string {
	if why := library(dir, imported); why != "" {
		return why
	}
	to, isOurs := strings.CutPrefix(imported, module+"/")
	switch {
	case !isOurs || to == dir:
		return ""
	case below(to, "client/progettest") && !test:
		return "progettest is for tests: it starts servers, and links package testing"
	case below(dir, "client/progettest") && !test:
		return unless(below(to, "internal/sandbox"), "progettest is the sandbox with another face: what it shared with the client, the two could get wrong together")
	case below(to, dir):
		return ""
	case below(dir, "internal/sandbox"):
		return sandboxRule(to)
	case below(to, "internal/scripttest") && !test:
		return "scripttest is for tests: it has servers with faults, and package testing"
	case below(dir, "internal/scripttest"):
		return unless(below(to, "internal/sandbox"), "scripts see the program from outside: what they share with it, they could not test")
	case below(dir, "internal/doctest"):
		return unless(test && in(to, "commands", "internal/scripttest", "internal/ledger/pgtest"), "doctest runs the program as its users do, and holds tests alone")
	case test && below(to, "internal"):
		return ""
	}
	return ours(dir, to)
}

// library has the rules for other people's packages.
func library(dir, imported string) string {
	switch {
	case imported == "html/template" || imported == "text/template":
		return "templates cost megabytes in the binary: they look methods up by name, so the linker must keep all of them"
	case below(imported, "github.com/spf13/cobra") && !in(dir, "cmd", "commands", "internal/gendocs", "internal/bench"):
		return "Cobra stays in commands, so that everything below is plain Go that other programs and tests can call"
	case imported == "github.com/spf13/cobra/doc":
		return "cobra/doc starts a Markdown parser at every start of the program (0.8 ms)"
	case below(imported, "github.com/go-resty/resty/v2") && !in(dir, "client"):
		return "all HTTP goes through client, which decides where credentials may go"
	}
	return ""
}

// sandboxRule keeps the sandbox independent.
func sandboxRule(to string) string {
	if in(to, "client", "output", "commands", "cmd") {
		return "the sandbox is written from the protocol alone: what it shared with the program, the two could get wrong together"
	}
	return ""
}

// ours has the rules between our own packages; to is a folder too.
func ours(dir, to string) string {
	switch {
	case below(to, "cmd"):
		return "nothing stands above cmd"
	case below(dir, "cmd"):
		return unless(below(to, "commands"), "main only wires: everything else is reached through commands")
	case below(dir, "commands/internal/shell"):
		return unless(in(to, "output", "internal/ci"), "how a shell reads a line has nothing to do with what is on it")
	case below(dir, "commands/internal/suggest"):
		return "suggest compares words, not the values of a command"
	case below(dir, "commands/internal/help"):
		return unless(in(to, "commands/internal/cli", "client", "output", "internal/ci"), "help is made from declarations, and must not know any command")
	case below(dir, "commands/internal/cli"):
		return unless(in(to, "commands/internal/cli", "commands/internal/shell", "commands/internal/suggest", "client", "output", "internal/config", "internal/ci", "internal/ledger", "internal/records", "internal/jsontext", "internal/safefile"), "what commands are made of imports none of them, and sends no records")
	case below(dir, "commands"):
		return unless(in(to, "commands/internal", "client", "output", "internal"), "a command imports what is below it; what two of them share is in commands/internal/cli")
	case below(dir, "client"):
		return unless(in(to, "client", "internal/records", "internal/safefile", "internal/jsontext"),
			"client is a library of its own: it has no terminal, no flag, no ledger, and other programs import it")
	case below(dir, "output"):
		return "output is about how things look, not where they come from"
	case in(dir, "internal/gendocs"):
		return unless(below(to, "commands"), "gendocs needs the command tree and nothing else")
	case below(dir, "internal/delivery"):
		return unless(in(to, "internal", "client"), "delivery sends records for whoever calls it: it has no command and no terminal")
	case below(dir, "internal"):
		return unless(in(to, "internal", "client/ecosystem"), "internal packages serve those above and know none of them")
	}
	return "this folder has no row in docs/architecture.md"
}

// unless gives the reason if the exception does not hold.
func unless(exception bool, why string) string {
	if exception {
		return ""
	}
	return why
}

// below says whether a slash-separated path is top or lies under it.
func below(p, top string) bool { return p == top || strings.HasPrefix(p, top+"/") }

// in is below for any of several.
func in(p string, tops ...string) bool {
	for _, top := range tops {
		if below(p, top) {
			return true
		}
	}
	return false
}

// TestForbidden tries the rule on imports that nobody has written, so that a rule which never bites
// is seen.
func TestForbidden(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dir, imported string
		test, bad     bool
	}{
		{"cmd/progetctl", module + "/commands", false, false},
		{"cmd/progetctl", module + "/client", false, true},
		{"commands", module + "/client/feedtype", false, false},
		{"commands", module + "/internal/ledger", false, false},
		{"commands", module + "/cmd/progetctl", false, true},
		{"commands", module + "/commands/feed", false, false},
		{"commands/feed", module + "/commands/internal/cli", false, false},
		{"commands/feed", module + "/commands/deploy", false, true},
		{"commands/feed", module + "/commands", false, true},
		{"commands/internal/cli", module + "/commands/feed", false, true},
		{"commands/internal/cli", module + "/commands/internal/shell", false, false},
		{"commands/internal/shell", module + "/commands/internal/cli", false, true},
		{"commands/internal/cli", module + "/commands/internal/suggest", false, false},
		{"commands/internal/suggest", module + "/output", false, true},
		{"commands/internal/cli", module + "/internal/delivery", false, true},
		{"commands", "github.com/go-resty/resty/v2", false, true},
		{"client", module + "/client/feedtype", false, false},
		{"client", module + "/internal/safefile", false, false},
		{"client", module + "/internal/ledger", false, true},
		{"client", module + "/internal/sandbox", false, true},
		{"client", module + "/internal/sandbox", true, false},
		{"client", module + "/output", false, true},
		{"client", module + "/clients", false, true},
		{"client", module + "/client/progettest", false, true},
		{"client", module + "/client/progettest", true, false},
		{"client/progettest", module + "/internal/sandbox", false, false},
		{"client/progettest", module + "/client", false, true},
		{"client/progettest", module + "/client", true, false},
		{"client/feedtype", "github.com/spf13/cobra", false, true},
		{"output", module + "/client", true, true},
		{"output", module + "/internal/safefile", false, true},
		{"output", "text/template", false, true},
		{"internal/sandbox/nupkg", module + "/client", true, true},
		{"internal/sandbox", module + "/internal/sandbox/nupkg", false, false},
		{"internal/sandbox", "html/template", false, true},
		{"internal/ledger", module + "/internal/records", false, false},
		{"internal/ledger", module + "/output", false, true},
		{"internal/ledger", module + "/client", false, true},
		{"internal/delivery", module + "/client", false, false},
		{"internal/delivery", module + "/internal/ledger", false, false},
		{"internal/delivery", module + "/output", false, true},
		{"internal/delivery", module + "/commands", true, true},
		{"internal/delivery", "github.com/spf13/cobra", false, true},
		{"commands", module + "/internal/scripttest", true, false},
		{"commands", module + "/internal/scripttest", false, true},
		{"internal/scripttest", module + "/internal/sandbox", false, false},
		{"internal/scripttest", module + "/commands", false, true},
		{"internal/scripttest", module + "/internal/records", true, true},
		{"internal/doctest", module + "/commands", true, false},
		{"internal/doctest", module + "/commands", false, true},
		{"internal/doctest", module + "/internal/scripttest", true, false},
		{"internal/doctest", module + "/client", true, true},
		{"internal/gendocs", module + "/commands", false, false},
		{"internal/gendocs", "github.com/spf13/cobra/doc", false, true},
		{"commands", "github.com/spf13/cobra/doc", false, true},
		{"tools", module + "/client", false, true},
		{"client", "net/http", false, false},
	} {
		t.Run(fmt.Sprint(c.dir, " imports ", filepath.Base(c.imported)), func(t *testing.T) {
			t.Parallel()
			if why := forbidden(c.dir, c.test, c.imported); (why != "") != c.bad {
				t.Errorf("forbidden(%q, %v, %q) = %q, want a reason: %v", c.dir, c.test, c.imported, why, c.bad)
			}
		})
	}
}
