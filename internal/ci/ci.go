// Package ci reads from the environment in which CI job the program runs, and what that says of a
// deployment.
//
// One table, [systems], has a row for each system. It takes what names the run as a whole and never
// one attempt at it, so that a job which is run again makes the same record; and never a target,
// which is not to be guessed.
package ci

import "strings"

// Value is a default with where it came from: "GitHub Actions (GITHUB_ACTOR)".
type Value struct{ Text, From string }

// Defaults are what a run says of a deployment. A value without text is unknown.
type Defaults struct {
	System      string // "GitHub Actions"
	Application Value  // the system and the pipeline
	Description Value  // "Deployed by PIPELINE #RUN (COMMIT)"
	URL         Value  // the page of the run: http or https, without user information
	UserName    Value  // who started the run
}

// Detect finds the CI system of this job, and its defaults; false means that there is no known one.
// If the marks of two are seen, the inner one counts: see [systems].
func Detect(getenv func(string) string) (Defaults, bool) {
	for _, s := range systems() {
		if s.detect.in(getenv) {
			return s.defaults(getenv), true
		}
	}
	return Defaults{}, false
}

// Mark is the variable by which nearly every CI system says that this is a job; "" if none does.
// The value false or 0 says that it is not one, as people use it with other tools.
func Mark(getenv func(string) string) string {
	for _, name := range []string{"CI", "TF_BUILD"} {
		switch strings.ToLower(getenv(name)) {
		case "", "false", "0":
		default:
			return name
		}
	}
	return ""
}

// defaults fills in the row's templates.
func (s system) defaults(getenv func(string) string) Defaults {
	r := reader{getenv}
	pipeline, run, commit := r.first(s.pipeline), r.first(s.run), r.first(s.commit)
	d := Defaults{System: s.name}
	d.Application = s.value(s.name, pipeline)
	if pipeline.known() {
		d.Application.Text = limit(s.name + ": " + pipeline.text)
	}
	d.Description = s.value(limit(description(s.name, pipeline, run, commit)), pipeline, run, commit)
	if page := r.firstURL(s.page); page.known() {
		d.URL = s.value(page.text, page)
	}
	if user := r.first(s.user); user.known() && (s.noUser == "" || !strings.Contains(user.text, s.noUser)) {
		d.UserName = s.value(limit(user.text), user)
	}
	return d
}

// description says who deployed, as far as that is known.
func description(name string, pipeline, run, commit expansion) string {
	if pipeline.known() {
		name = pipeline.text
	}
	text := "Deployed by " + name
	if run.known() {
		text += " #" + run.text
	}
	if commit.known() {
		text += " (" + short(commit.text) + ")"
	}
	return text
}

// value names the variables that a text was made of.
func (s system) value(text string, parts ...expansion) Value {
	var names []string
	for _, part := range parts {
		names = append(names, part.variables...)
	}
	if len(names) == 0 {
		return Value{text, s.name}
	}
	return Value{text, s.name + " (" + strings.Join(names, ", ") + ")"}
}

// commitLength is how much of a commit's id is shown: 12 digits, which stay unique in the largest
// repositories.
const commitLength = 12

func short(commit string) string {
	runes := []rune(commit)
	return string(runes[:min(len(runes), commitLength)])
}
