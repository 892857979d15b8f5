package cli

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ci"
	"github.com/progetctl/progetctl/output"
)

// Warn writes a warning, which --quiet does not silence.
func (o *IO) Warn(format string, args ...any) {
	text := bounded(o.Redacted(fmt.Sprintf(format, args...)))
	if o.json {
		o.writeJSON(map[string]string{string(ci.Warning): text})
		return
	}
	o.announce(ci.Warning, output.Yellow, "", text)
}

// announce writes a warning or an error and its hint for a person: in a CI job whose system has
// annotations as one of these, else as lines.
func (o *IO) announce(level ci.Level, style output.Style, hint string, lines ...string) {
	whole := make([]string, 0, len(lines)+1)
	for _, line := range lines {
		whole = append(whole, Harmless(line))
	}
	if hint != "" {
		whole = append(whole, "hint: "+Harmless(hint))
	}
	if annotation, ok := ci.Annotation(o.Getenv, level, strings.Join(whole, "\n")); ok {
		fmt.Fprintln(o.aboveProgress(), annotation)
		return
	}
	for _, line := range lines {
		o.line(string(level), style, line)
	}
	if hint != "" {
		o.line("hint", output.Plain, hint)
	}
}

// Note writes a message for a person that a script does not need.
func (o *IO) Note(format string, args ...any) {
	if o.Interactive() {
		o.line("note", output.Plain, o.Redacted(fmt.Sprintf(format, args...)))
	}
}

// Waiting says what a command waits for; text begins with "for".
func (o *IO) Waiting(text string) {
	text = bounded(o.Redacted(text))
	if o.json {
		o.writeJSON(map[string]string{"waiting": text})
		return
	}
	fmt.Fprintf(o.aboveProgress(), "waiting %s\n", Harmless(text))
}

// line writes one cleaned message: a line or, on a terminal that is narrower, as many as it takes.
// A failure of stderr can't be reported anywhere.
func (o *IO) line(label string, style output.Style, text string) {
	label += ":"
	text = o.fitted(text, o.StderrTerminal, len(label)+1)
	if output.ColorEnabled(o.StderrTerminal, o.Getenv) {
		label = style.Apply(label)
	}
	fmt.Fprintf(o.aboveProgress(), "%s %s\n", label, text)
}

// leastText is the least width in columns to which a message is wrapped.
const leastText = 20

// fitted is a text, cleaned and wrapped to what a terminal has right of a margin.
func (o *IO) fitted(text string, terminal bool, margin int) string {
	text = Harmless(text)
	columns := o.Columns(terminal)
	if columns == 0 {
		return text
	}
	lines := output.WrapMessage(text, max(columns-margin, leastText))
	for i, line := range lines {
		lines[i] = Harmless(line) // a line may begin with what was harmless further on
	}
	return strings.Join(lines, "\n"+strings.Repeat(" ", margin))
}

// writeJSON writes one object a line; on a terminal, what could act on it is escaped.
func (o *IO) writeJSON(v any) {
	line, _ := output.JSONLine(v, o.StderrTerminal) // what messages are made of always encodes
	_, _ = o.aboveProgress().Write(line)
}

// pause waits between two attempts. A line says so if no bar is shown, so that the wait is not
// taken for a program that hangs.
func (o *IO) pause(ctx context.Context, d time.Duration) error {
	if o.barShown {
		return o.Wait(ctx, d)
	}
	end := o.Now().Add(d)
	attempt, _ := client.NextAttempt(ctx)
	defer o.Progress().Status(func() string { return retryLine(end.Sub(o.Now()), attempt) })()
	return o.Wait(ctx, d)
}

// retryLine says when a request is sent again; what is left of a second counts as one.
func retryLine(left time.Duration, next client.Attempt) string {
	seconds := max(left.Round(time.Second), time.Second)
	return fmt.Sprintf("no response yet; retrying in %s, attempt %d of %d", output.FormatDuration(seconds), next.Number, next.Of)
}

// ShowCrash shows, on request, what a panic said and where it happened: Go's words help those who
// correct the program, and nobody else.
func (o *IO) ShowCrash(cause any) {
	if o.Debug || o.Getenv("PROGETCTL_DEBUG") != "" {
		fmt.Fprintf(o.Stderr, "%s\n%s", Harmless(o.Redacted(fmt.Sprint(cause))), debug.Stack())
	}
}
