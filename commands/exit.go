package commands

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/output"
)

// The exit codes of the program. Each kind of error has one, see [exitCode].
const (
	codeDone        = 0
	codeInternal    = 1
	codeUsage       = 2
	codeRejected    = 3
	codeAuth        = 4
	codeNotFound    = 5
	codeUnavailable = 6
	codePartial     = 7
	codeUnmet       = 8
	codeIntegrity   = 9
	codeInterrupted = 130
)

// exitCode maps every kind of error to its exit code: the only place that does.
func exitCode(kind client.Kind) int {
	switch kind {
	case "":
		return codeDone
	case client.KindUsage:
		return codeUsage
	case client.KindRejected:
		return codeRejected
	case client.KindAuth:
		return codeAuth
	case client.KindNotFound:
		return codeNotFound
	case client.KindUnavailable:
		return codeUnavailable
	case client.KindPartial, client.KindUncertain:
		return codePartial
	case kindUnmet:
		return codeUnmet
	case client.KindIntegrity:
		return codeIntegrity
	case client.KindInterrupted:
		return codeInterrupted
	}
	return codeInternal
}

// kindUnmet is a promotion that is not there.
const kindUnmet client.Kind = "unmet"

// failure is an error in the shape in which it is shown.
type failure struct {
	kind    client.Kind
	status  int
	lines   []string // of one message each
	hint    string
	problem error
}

func (f *failure) Error() string { return strings.Join(f.lines, "; ") }
func (f *failure) Unwrap() error { return f.problem }

// usage is a usage error: nothing was sent.
func usage(format string, args ...any) *failure {
	return &failure{kind: client.KindUsage, lines: []string{fmt.Sprintf(format, args...)}}
}

// outcome ends a run whose result, already written, says what happened.
type outcome struct{ kind client.Kind }

func (o outcome) Error() string { return string(o.kind) }

// finish reports err, if any, and returns the exit code.
func (a *app) finish(err error) int {
	if err == nil {
		err = a.stdout.err
	}
	if err == nil {
		return codeDone
	}
	// Of stdout alone: a server that closes its connection makes the same error.
	if output.IsClosedPipe(a.stdout.err) {
		return codeInternal
	}
	if told, ok := errors.AsType[outcome](err); ok {
		if a.stdout.err != nil {
			a.show(a.describe(a.stdout.err))
			return codeInternal
		}
		return exitCode(told.kind)
	}
	if child, ok := errors.AsType[childExit](err); ok {
		return int(child)
	}
	f := a.describe(err)
	if a.interrupted {
		f.kind = client.KindInterrupted
	}
	a.show(f)
	return exitCode(f.kind)
}

// describe turns any error into a failure.
func (a *app) describe(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	if e, ok := errors.AsType[*client.Error](err); ok {
		return &failure{kind: e.Kind, status: e.Status, lines: []string{e.Error()}, hint: e.Hint, problem: err}
	}
	if errors.Is(err, context.Canceled) {
		return &failure{kind: client.KindInterrupted, lines: []string{"interrupted"}, problem: err}
	}
	if a.stdout.err != nil && errors.Is(err, a.stdout.err) {
		return &failure{kind: client.KindInternal, lines: []string{"cannot write the result: " + err.Error()}, problem: err}
	}
	return &failure{kind: client.KindInternal, lines: []string{err.Error()}, problem: err}
}

// both is one error of two: of the first one's kind, in the words of both.
func (a *app) both(first, second error) error {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	f, more := *a.describe(first), a.describe(second)
	f.lines, f.hint = slices.Concat(f.lines, more.lines), cmp.Or(f.hint, more.hint)
	return &f
}

// shownError is how an error looks under -o json, ndjson and --jq.
type shownError struct {
	Kind    client.Kind `json:"kind"`
	Status  int         `json:"status,omitzero"`
	Message string      `json:"message"`
	Hint    string      `json:"hint,omitempty"`
}

func (f *failure) shown() shownError {
	return shownError{f.kind, f.status, f.Error(), f.hint}
}

// redacted is f without the secrets of this run.
func (a *app) redacted(f failure) *failure {
	lines := make([]string, len(f.lines))
	for i, line := range f.lines {
		lines[i] = a.redactor.Text(line)
	}
	f.lines, f.hint = lines, a.redactor.Text(f.hint)
	return &f
}

// show writes the error to stderr: a few lines, or one JSON object.
func (a *app) show(f *failure) {
	f = a.redacted(*f)
	if a.json {
		a.writeJSON(map[string]any{"error": f.shown()})
		return
	}
	for _, line := range f.lines {
		a.line("error", output.Red, line)
	}
	if f.hint != "" {
		a.line("hint", output.Plain, f.hint)
	}
}

// warn writes a warning, which --quiet does not silence.
func (a *app) warn(format string, args ...any) {
	text := a.redactor.Text(fmt.Sprintf(format, args...))
	if a.json {
		a.writeJSON(map[string]string{"warning": text})
		return
	}
	a.line("warning", output.Yellow, text)
	a.annotate(text)
}

// note tells a person something that a script does not want to hear.
func (a *app) note(format string, args ...any) {
	if a.env.StderrTerminal && !a.global.quiet && !a.json {
		a.line("note", output.Plain, a.redactor.Text(fmt.Sprintf(format, args...)))
	}
}

// line writes one cleaned line. There is nowhere to report that stderr failed.
func (a *app) line(label string, style output.Style, text string) {
	label += ":"
	if output.ColorEnabled(a.env.StderrTerminal, a.env.getenv) {
		label = style.Apply(label)
	}
	fmt.Fprintf(a.stderr, "%s %s\n", label, a.harmless(output.Clean(text)))
}

// writeJSON writes one object a line; on a terminal, what could act on it is
// escaped.
func (a *app) writeJSON(v any) {
	w := output.New(a.stderr, output.Options{Format: output.NDJSON, Terminal: a.env.StderrTerminal}, output.View[any]{})
	_ = w.Write(v)
	_ = w.Close()
}
