package commands

import "github.com/progetctl/progetctl/output"

// progress draws on stderr where a person watches.
func (c *call) progress() *output.Progress {
	enabled := c.env.StderrTerminal && !c.global.quiet && !c.global.debug && !c.json
	width := 0
	if enabled && c.env.Width != nil {
		width = c.env.Width()
	}
	return output.NewProgress(c.env.Stderr, enabled, width)
}
