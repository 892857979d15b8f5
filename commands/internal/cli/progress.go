package cli

import "github.com/progetctl/progetctl/output"

// Progress draws on stderr if a person watches.
func (o *IO) Progress() *output.Progress {
	return output.NewProgress(o.Stderr, o.ShowsProgress(), o.Columns(o.ShowsProgress()))
}

// ShowsProgress says that a person sees stderr, and nothing else is drawn there.
// A dumb terminal cannot redraw a line.
func (o *IO) ShowsProgress() bool {
	return o.Interactive() && o.Getenv("TERM") != "dumb" && !o.Debug
}

// BarShown says from now on that a bar shows what goes on, so that waiting for
// the server needs no note.
func (o *IO) BarShown() { o.barShown = true }
