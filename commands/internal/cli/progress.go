package cli

import (
	"io"

	"github.com/progetctl/progetctl/output"
)

// Progress draws on stderr if a person watches. Messages are written above it.
func (o *IO) Progress() *output.Progress {
	p := output.NewProgress(o.Stderr, o.ShowsProgress(), o.Columns(o.ShowsProgress()))
	o.drawing.Store(p)
	return p
}

// aboveProgress is where messages go: the next frame of a bar would wipe what is
// written to stderr itself.
func (o *IO) aboveProgress() io.Writer {
	if p := o.drawing.Load(); p != nil {
		return p
	}
	return o.Stderr
}

// ShowsProgress says that a person sees stderr, and nothing else is drawn there.
// A dumb terminal cannot redraw a line.
func (o *IO) ShowsProgress() bool {
	return o.Interactive() && o.Getenv("TERM") != "dumb" && !o.Debug
}

// BarShown says from now on that a bar shows what goes on, so that waiting for
// the server needs no note.
func (o *IO) BarShown() { o.barShown = true }
