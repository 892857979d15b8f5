package commands

import "github.com/progetctl/progetctl/output"

// progress draws on stderr where a person watches.
func (c *call) progress() *output.Progress {
	return output.NewProgress(c.env.Stderr, c.watched(), c.env.columns(c.watched()))
}

// watched tells that a person sees stderr, and nothing else is drawn there. A
// dumb terminal cannot redraw a line.
func (c *call) watched() bool {
	return c.env.StderrTerminal && c.env.getenv("TERM") != "dumb" && !c.global.quiet && !c.global.debug && !c.json
}
