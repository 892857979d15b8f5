package cli

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/shell"
	"github.com/progetctl/progetctl/internal/ci"
	"github.com/progetctl/progetctl/output"
)

// IO is what a command reads and writes: the streams of the run, and the form of its result and
// messages.
type IO struct {
	Env
	Format output.Format
	Query  *output.Query
	Quiet  bool
	Debug  bool

	result *resultStream
	// redactor removes the secrets of this run from all messages.
	redactor *client.Redactor
	json     bool // errors and warnings are JSON
	// Sent says that something was sent that a server may have stored.
	Sent atomic.Bool
	// drawing is the progress that is drawn, nil before any is.
	drawing atomic.Pointer[output.Progress]
	// barShown says that a bar on the terminal shows what goes on.
	barShown bool
}

func newIO(env Env) *IO {
	o := &IO{redactor: &client.Redactor{}}
	o.result = &resultStream{w: env.Stdout, above: o.aboveLine}
	env.Stdout = o.result
	o.Env = env
	return o
}

// aboveLine calls write, which writes to stdout, while no progress is drawn on the terminal that
// stdout and stderr share.
func (o *IO) aboveLine(write func()) {
	if p := o.drawing.Load(); p != nil && o.StdoutTerminal {
		p.Above(write)
		return
	}
	write()
}

// resultStream remembers that a write of the result failed, whoever made it.
type resultStream struct {
	w     io.Writer
	above func(write func())
	err   error
}

// Write writes until the first failure.
func (s *resultStream) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n := 0
	s.above(func() {
		var err error
		if n, err = s.w.Write(p); err != nil {
			s.err = &resultError{err}
		}
	})
	return n, s.err
}

// resultError is the failure of a write to the result.
type resultError struct{ err error }

func (e *resultError) Error() string { return e.err.Error() }
func (e *resultError) Unwrap() error { return e.err }

// ProcessStdout is the stream itself, for a child process: it must be the real file, so that the
// child sees a terminal if there is one.
func (o *IO) ProcessStdout() io.Writer { return o.result.w }

// InWords says that the result is text for a person rather than data.
func (o *IO) InWords() bool { return o.Format.ForPeople() }

// Watched says that a person sees the result, in words.
func (o *IO) Watched() bool { return o.StdoutTerminal && o.InWords() }

// Interactive says that a person reads stderr, who gets progress and notes.
func (o *IO) Interactive() bool { return o.StderrTerminal && !o.Quiet && !o.json }

// OutputOptions says how the result is written.
func (o *IO) OutputOptions(ctx context.Context) output.Options {
	return output.Options{
		Format: o.Format, Query: o.Query, Context: ctx, Terminal: o.StdoutTerminal,
		Color: output.ColorEnabled(o.StdoutTerminal, o.Getenv), Width: o.Columns(o.StdoutTerminal),
		Disarm: ci.Harmless,
	}
}

// NewResult begins a result in the format that was asked for.
func NewResult[T any](ctx context.Context, o *IO, view output.View[T]) output.Writer[T] {
	return output.New(o.Stdout, o.OutputOptions(ctx), view)
}

// WriteAll writes a whole result.
func WriteAll[T any](ctx context.Context, o *IO, view output.View[T], items ...T) error {
	return WriteSeq(ctx, o, view, slices.Values(items))
}

// WriteSeq writes a whole result whose items need no wait.
func WriteSeq[T any](ctx context.Context, o *IO, view output.View[T], items iter.Seq[T]) error {
	w := completeResult(ctx, o, view)
	for item := range items {
		if err := w.Write(item); err != nil {
			return err
		}
	}
	return w.Close()
}

// WriteRead writes a result whose items are read on this machine, however many there are. An error
// among them ends it: then JSON has no end, so that no program takes it for the whole.
func WriteRead[T any](ctx context.Context, o *IO, view output.View[T], items iter.Seq2[T, error]) error {
	w := completeResult(ctx, o, view)
	for item, err := range items {
		if err != nil {
			return err
		}
		if err := w.Write(item); err != nil {
			return err
		}
	}
	return w.Close()
}

// completeResult begins a result whose items are known or on this machine, so that JSON need not be
// kept until the last of them.
func completeResult[T any](ctx context.Context, o *IO, view output.View[T]) output.Writer[T] {
	options := o.OutputOptions(ctx)
	options.Complete = true
	return output.New(o.Stdout, options, view)
}

// Say writes a line of the result that is in words, wrapped on a terminal. Server text in it is
// cleaned, and gives no orders to a CI system.
func (o *IO) Say(format string, args ...any) error {
	return o.Print(o.fitted(fmt.Sprintf(format, args...), o.StdoutTerminal, 2) + "\n")
}

// Print writes text as it is to the result.
func (o *IO) Print(text string) error {
	_, err := io.WriteString(o.Stdout, text)
	return err
}

// Redacted is a text without the secrets of this run.
func (o *IO) Redacted(text string) string { return o.redactor.Text(text) }

// Hide makes a secret of this run known.
func (o *IO) Hide(secret string) { o.redactor.Add(client.NewSecret(secret)) }

// Harmless makes a line for people of what others wrote. Whether the variables of a build system
// are seen says nothing of who reads the log in the end.
func Harmless(line string) string { return shell.Harmless(line) }

// HarmlessLines is a log in which others' words stand, line by line: control characters are shown,
// and orders to a build system lose their power.
type HarmlessLines struct{ W io.Writer }

// Write takes whole lines.
func (h HarmlessLines) Write(text []byte) (int, error) {
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		line, ended := strings.CutSuffix(line, "\n")
		b.WriteString(Harmless(line))
		if ended {
			b.WriteByte('\n')
		}
	}
	if _, err := io.WriteString(h.W, b.String()); err != nil {
		return 0, err
	}
	return len(text), nil
}

// Progress draws on stderr if a person watches. Messages are written above it.
func (o *IO) Progress() *output.Progress {
	if o.drawing.Load() == nil {
		o.drawing.CompareAndSwap(nil, output.NewProgress(o.Stderr, o.ShowsProgress(), o.Columns(o.ShowsProgress())))
	}
	return o.drawing.Load()
}

// aboveProgress is where messages go: the next frame of a bar would wipe what is written to stderr
// itself.
func (o *IO) aboveProgress() io.Writer {
	if p := o.drawing.Load(); p != nil {
		return p
	}
	return o.Stderr
}

// ShowsProgress says that a person sees stderr, and nothing else is drawn there. A dumb terminal
// cannot redraw a line.
func (o *IO) ShowsProgress() bool {
	return o.Interactive() && o.Getenv("TERM") != "dumb" && !o.Debug
}

// BarShown says from now on that a bar shows what goes on, so that waiting for the server needs no
// line of its own.
func (o *IO) BarShown() { o.barShown = true }
