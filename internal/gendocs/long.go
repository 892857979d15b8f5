package main

import (
	"regexp"
	"strings"
)

// A command's Long is written for a terminal. Markdown would run its aligned lines together and swallow what looks like
// a tag, so its shape is told to the generators in their own words.

// heading is a line of the Long that begins a section: "EXIT STATUS".
var heading = regexp.MustCompile(`^[A-Z][A-Z -]*[A-Z]$`)

// marks are the characters that Markdown would take for its own in prose; an underscore inside a word is none.
var marks = strings.NewReplacer(`\`, `\\`, `<`, `\<`, `*`, `\*`, "`", "\\`")

// structured turns a Long into Markdown: prose, and the sections that follow it, each under a heading that begins with
// hashes. Indented lines become a block that keeps its shape.
func structured(long, hashes string) (prose, sections string) {
	var text strings.Builder
	inBlock := false
	block := func(begin bool) {
		if begin != inBlock {
			text.WriteString("```\n")
			inBlock = begin
		}
	}
	for line := range strings.Lines(strings.TrimRight(long, "\n") + "\n") {
		line = strings.TrimRight(line, "\n")
		indented := strings.HasPrefix(line, "  ")
		block(indented)
		switch {
		case indented:
			text.WriteString(line[2:] + "\n")
		case heading.MatchString(line):
			if prose == "" {
				prose = text.String()
				text.Reset()
			}
			text.WriteString("\n" + hashes + " " + line + "\n\n")
		default:
			text.WriteString(marks.Replace(line) + "\n")
		}
	}
	block(false)
	if prose == "" {
		return strings.TrimSpace(text.String()), ""
	}
	return strings.TrimSpace(prose), strings.TrimSpace(text.String())
}
