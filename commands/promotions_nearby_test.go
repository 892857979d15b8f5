package commands

import (
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/progettest"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// If nothing is found, a person hears what was asked and what is near it.
func TestHintsOnATerminal(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"another feed", []string{"check", "pkg:nuget/Acme.Web@1.2", "--to-feed", "nuget-prod"}, cli.CodeUnmet, []string{
			"Acme.Web 1.2 has not been promoted to nuget-prod",
			"hint: Acme.Web 1.2 was promoted from nuget-dev to nuget-test on 2026-11-20 12:00 UTC"}},
		{"another version", []string{"check", "pkg:nuget/Acme.Web@7.0.0", "--to-feed", "nuget-prod"}, cli.CodeUnmet, []string{
			"hint: versions of Acme.Web promoted to nuget-prod: 1.1.1, 1.0.0"}},
		{"another scope", []string{"check", "--package", "animation", "--version", "12.3.1", "--to-feed", "npm-approved"}, cli.CodeUnmet, []string{
			"hint: @angular/animation 12.3.1 was promoted from npm-unapproved to npm-approved", "; did you mean @angular/animation?"}},
		{"another scope, version", []string{"check", "pkg:npm/animation@1.0.0", "--to-feed", "npm-approved"}, cli.CodeUnmet, []string{
			"hint: versions of @angular/animation promoted to npm-approved: 12.3.1; did you mean @angular/animation?"}},
		{"unknown package", []string{"check", "pkg:nuget/Acme.Wbe@1.0.0", "--to-feed", "nuget-prod"}, cli.CodeUnmet, []string{
			"hint: no promotion of Acme.Wbe exists on this server"}},
		{"list", []string{"list", "--package", "Acme.Web", "--to-feed", "nuget-approved", "--since", "2026-01-01"}, cli.CodeDone, []string{
			"note: No promotions of Acme.Web to nuget-approved since 2026-01-01 00:00 UTC found.",
			"note: Acme.Web was promoted from nuget-dev to nuget-prod on 2026-11-10 12:00 UTC, from nuget-dev to nuget-test on "}},
		{"list without a package", []string{"list", "--group", "nowhere"}, cli.CodeDone, []string{"No promotions of packages of nowhere found."}},
		{"list of another version", []string{"list", "pkg:nuget/Acme.Web@9"}, cli.CodeDone, []string{
			"versions of Acme.Web promoted to other feeds: 1.2.0, 1.1.1, 1.1.0 and 1 more"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newPromotionRun(t, progettest.Options{})
			r.env.StderrTerminal = true
			code := r.run(test.args...)
			text := strings.Join(strings.Fields(uncoloured(r.stderr.String())), " ") // it is wrapped
			for _, want := range test.want {
				if code != test.code || !strings.Contains(text, want) {
					t.Errorf("exit code %d, want %d and %q in\n%s", code, test.code, want, text)
				}
			}
			for _, quiet := range [][]string{{"-q"}, {"-o", "json"}} {
				r.run(append(test.args, quiet...)...)
				// The hint belongs to the error, in every form; notes are for a person alone.
				if text := r.stderr.String(); strings.Contains(text, "note:") || strings.Contains(text, "hint") != (test.code == cli.CodeUnmet) {
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
	r := newPromotionRun(t, progettest.Options{})
	r.env.StderrTerminal = true
	// The two answers to the question itself, and then none.
	r.server.Fault("/api/promotions/list", progettest.Fault{Status: 200, Body: "[]", Times: 2})
	r.server.Fault("/api/promotions/list", progettest.Fault{Status: 400, Times: -1})
	code := r.run("check", "pkg:nuget/Acme.Web@7.0.0", "--to-feed", "nuget-prod")
	if code != cli.CodeUnmet || strings.Contains(r.stderr.String(), "hint") {
		t.Errorf("exit code %d: %s", code, &r.stderr)
	}
}

// A question about a feed that the server does not have is not an empty answer.
func TestUnknownFeeds(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, args, message, hint string }{
		{"check", "check pkg:npm/lodash@4.17.21 --to-feed npm-aproved", "npm-aproved", "did you mean npm-approved?"},
		{"list", "list --to-feed npm-aproved", "npm-aproved", "did you mean npm-approved?"},
		{"list of several", "list --to-feed npm-approved,npm-aproved", "npm-aproved", "did you mean npm-approved?"},
		{"list that streams", "list --from-feed nuget-dve --sort none -o csv", "nuget-dve", "did you mean nuget-dev?"},
		{"latest", "list --to-feed nowhere --latest", "nowhere", "check the feed's name"},
		{"matrix", "matrix --package Acme.Web --stages nuget-dev,nuget-tset", "nuget-tset", "did you mean nuget-test?"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newPromotionRun(t, progettest.Options{})
			code := r.run(strings.Fields(test.args)...)
			if text := r.stderr.String(); code != cli.CodeNotFound || !strings.Contains(text, `the server has no feed "`+test.message+`"`) ||
				!strings.Contains(text, "hint: "+test.hint) {
				t.Errorf("exit code %d: %s", code, text)
			}
		})
	}
}

// If the server cannot be asked whether it has a feed, that is said, and the answer stands.
func TestFeedsThatCannotBeAskedFor(t *testing.T) {
	t.Parallel()
	for _, fault := range []progettest.Fault{{Status: 403, Times: -1}, {Status: 404, Body: "Not found.", Times: -1}, {Status: 500, Times: -1}} {
		r := newPromotionRun(t, progettest.Options{})
		r.server.Fault("/api/packages/nuget-legacy", fault)
		r.server.Fault("/api/management/feeds/list", progettest.Fault{Status: 403, Times: -1})
		code := r.run("list", "--to-feed", "nuget-legacy", "-o", "json", "--retries", "0")
		if code != cli.CodeDone || !strings.Contains(r.stderr.String(), `cannot check whether the server has a feed \"nuget-legacy\"`) {
			t.Errorf("%d: exit code %d: %s", fault.Status, code, &r.stderr)
		}
	}
}

// A feed of which promotions are seen is not asked for: it exists, or did.
func TestFeedsThatAreSeenAreNotAskedFor(t *testing.T) {
	t.Parallel()
	r := newPromotionRun(t, progettest.Options{})
	r.run("list", "--to-feed", "NPM-approved")
	for _, request := range r.server.Requests() {
		if strings.HasPrefix(request.Target, "/api/packages") {
			t.Errorf("asked for %s", request.Target)
		}
	}
}

func TestFreeEdition(t *testing.T) {
	t.Parallel()
	for args, where := range map[string]string{
		"check pkg:npm/lodash@4.17.21 --to-feed npm-approved -o json": `"hint":"this server says it is ProGet Free`,
		"list --to-feed npm-approved":                                 "warning: this server says it is ProGet Free",
		"matrix --stages nuget-dev,nuget-test":                        "warning: this server says it is ProGet Free",
	} {
		r := newPromotionRun(t, progettest.Options{Edition: "free"})
		if r.run(strings.Fields(args)...); !strings.Contains(r.stderr.String(), where) {
			t.Errorf("%s: %s", args, &r.stderr)
		}
	}
}

// A package can't have passed a stage whose feed has another type.
func TestStagesOfAnotherType(t *testing.T) {
	t.Parallel()
	r := newPromotionRun(t, progettest.Options{})
	code := r.run("matrix", "--package", "Acme.Web", "--version", "1.0.0", "--stages", "nuget-dev,npm-approved,nuget-approved,nuget-prod", "-o", "json")
	if code != cli.CodeDone || !strings.Contains(strings.Join(strings.Fields(r.stdout.String()), ""), `"skipped":["nuget-approved"]`) {
		t.Errorf("exit code %d: %s%s", code, &r.stdout, &r.stderr)
	}
}

// Colour marks the stage that was skipped, and nothing else.
func TestColour(t *testing.T) {
	t.Parallel()
	r := newPromotionRun(t, progettest.Options{})
	r.env.StdoutTerminal = true
	r.run("list", "--package", "Acme.Web")
	if text := r.stdout.String(); strings.Contains(text, "\x1b[32m") {
		t.Errorf("a date in green:\n%q", text)
	}
	r.run("matrix", "--package", "Acme.Web", "--stages", "nuget-dev,nuget-test,nuget-prod")
	if text := r.stdout.String(); strings.Count(text, "\x1b[31mskipped") != 1 {
		t.Errorf("the skipped stage is not the one in red:\n%q", text)
	}
}

// Comments are cut to the terminal's width, counted as it shows them, and whole in a pipe.
func TestCommentsFitTheTerminal(t *testing.T) {
	t.Parallel()
	r := newPromotionRun(t, progettest.Options{NoSamples: true})
	comments := strings.Repeat("审批通过👍 ", 20)
	r.server.AddPromotions(progettest.PromotedPackage{Type: "nuget", Name: "p", Version: "1", Promotions: []progettest.Promotion{
		{FromFeed: "a", ToFeed: "b", Date: r.clock.Now(), User: "u", Comments: comments}}})
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
