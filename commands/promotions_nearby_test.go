package commands

import (
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/sandbox"
)

// Where nothing is found, a person hears what was asked and what is near it.
func TestHintsOnATerminal(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"another feed", []string{"check", "pkg:nuget/Acme.Web@1.2", "--to-feed", "nuget-prod"}, codeUnmet, []string{
			"not promoted: Acme.Web 1.2 to nuget-prod",
			"hint: Acme.Web 1.2 was promoted from nuget-dev to nuget-test on 2026-11-20T12:00:00Z"}},
		{"another version", []string{"check", "pkg:nuget/Acme.Web@7.0.0", "--to-feed", "nuget-prod"}, codeUnmet, []string{
			"hint: of Acme.Web, other versions were promoted to nuget-prod: 1.1.1, 1.0.0"}},
		{"another scope", []string{"check", "--package", "animation", "--version", "12.3.1", "--to-feed", "npm-approved"}, codeUnmet, []string{
			"hint: animation 12.3.1 was promoted from npm-unapproved to npm-approved"}},
		{"unknown package", []string{"check", "pkg:nuget/Acme.Wbe@1.0.0", "--to-feed", "nuget-prod"}, codeUnmet, []string{
			"hint: the server knows no promotion of Acme.Wbe"}},
		{"list", []string{"list", "--package", "Acme.Web", "--to-feed", "nuget-approved", "--since", "2026-01-01"}, codeDone, []string{
			"note: nothing was promoted that matches: Acme.Web to nuget-approved since 2026-01-01T00:00:00Z",
			"note: Acme.Web was promoted from nuget-dev to nuget-prod on 2026-11-10T12:00:00Z, from nuget-dev to nuget-test on "}},
		{"list without a package", []string{"list", "--group", "nowhere"}, codeDone, []string{"matches: packages of nowhere"}},
		{"list of another version", []string{"list", "pkg:nuget/Acme.Web@9"}, codeDone, []string{
			"of Acme.Web, other versions were promoted to other feeds: 1.2.0, 1.1.1, 1.1.0 and 1 more"}},
		{"matrix", []string{"matrix", "--package", "Acme.Web", "--stages", "a,b"}, codeDone, []string{
			`note: the server knows no feed "a", or is too old to say`, "note: nothing was promoted that matches: Acme.Web"}},
		{"unknown feed", []string{"check", "pkg:npm/lodash@4.17.21", "--to-feed", "npm-aproved"}, codeUnmet, []string{
			`hint: the server knows no feed "npm-aproved"`}},
		{"list of an unknown feed", []string{"list", "--to-feed", "npm-aproved"}, codeDone, []string{
			"matches: anything to npm-aproved", `note: the server knows no feed "npm-aproved"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newPromotionRun(t, sandbox.Options{})
			r.env.StderrTerminal = true
			code := r.run(test.args...)
			text := uncoloured(r.stderr.String())
			for _, want := range test.want {
				if code != test.code || !strings.Contains(text, want) {
					t.Errorf("exit code %d, want %d and %q in\n%s", code, test.code, want, text)
				}
			}
			for _, quiet := range [][]string{{"-q"}, {"-o", "json"}} {
				r.run(append(test.args, quiet...)...)
				if text := r.stderr.String(); strings.Contains(text, "note:") || strings.Contains(text, "hint") {
					t.Errorf("with %q: %s", quiet, text)
				}
			}
		})
	}
}

func uncoloured(s string) string {
	return strings.NewReplacer("\x1b[31m", "", "\x1b[33m", "", "\x1b[1m", "", "\x1b[0m", "").Replace(s)
}

// The hint must never turn an answer into another one.
func TestHintSurvivesAServerThatGoesAway(t *testing.T) {
	t.Parallel()
	r := newPromotionRun(t, sandbox.Options{})
	r.env.StderrTerminal = true
	// The two answers to the question itself, and then none.
	r.server.Fault("/api/promotions/list", sandbox.Fault{Status: 200, Body: "[]", Times: 2})
	r.server.Fault("/api/promotions/list", sandbox.Fault{Status: 400, Times: -1})
	code := r.run("check", "pkg:nuget/Acme.Web@7.0.0", "--to-feed", "nuget-prod")
	if code != codeUnmet || strings.Contains(r.stderr.String(), "hint") {
		t.Errorf("exit code %d: %s", code, &r.stderr)
	}
}

// Colour helps to find the newest promotion and the stage that was skipped.
func TestColour(t *testing.T) {
	t.Parallel()
	r := newPromotionRun(t, sandbox.Options{})
	r.env.StdoutTerminal = true
	r.run("list", "--package", "Acme.Web")
	if text := r.stdout.String(); strings.Count(text, "\x1b[32m") != 1 || !strings.Contains(text, "\x1b[32m2026-11-20T12:00:00Z") {
		t.Errorf("the newest date is not the one in green:\n%q", text)
	}
	r.run("matrix", "--package", "Acme.Web", "--stages", "nuget-dev,nuget-test,nuget-prod")
	if text := r.stdout.String(); strings.Count(text, "\x1b[31mskipped") != 1 {
		t.Errorf("the skipped stage is not the one in red:\n%q", text)
	}
}

// Comments are cut to the terminal's width, counted as it shows them, and
// whole in a pipe.
func TestCommentsFitTheTerminal(t *testing.T) {
	t.Parallel()
	r := newPromotionRun(t, sandbox.Options{NoSamples: true})
	comments := strings.Repeat("审批通过👍 ", 20)
	r.server.AddPromotions(func(yield func(sandbox.PromotedPackage) bool) {
		yield(sandbox.PromotedPackage{Type: "nuget", Name: "p", Version: "1", Promotions: []sandbox.Promotion{
			{FromFeed: "a", ToFeed: "b", Date: r.clock.now(), User: "u", Comments: comments}}})
	})
	r.run("list")
	if !strings.Contains(r.stdout.String(), strings.TrimSpace(comments)) {
		t.Errorf("cut in a pipe: %s", &r.stdout)
	}
	r.env.StdoutTerminal = true
	r.run("list")
	for line := range strings.Lines(uncoloured(r.stdout.String())) {
		// Each of these characters is three bytes or four, and two columns.
		if wide := strings.Count(line, "审")*2 + strings.Count(line, "批")*2; len(line) > 100+wide*3 || strings.Contains(line, comments) {
			t.Errorf("%d bytes: %s", len(line), line)
		}
	}
	if !strings.Contains(r.stdout.String(), "…") {
		t.Errorf("nothing was cut: %s", &r.stdout)
	}
}
