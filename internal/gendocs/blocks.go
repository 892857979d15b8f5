package main

import "strings"

// block is a part of a text: a paragraph, or lines that keep their shape.
type block struct {
	text    string
	literal bool
}

// blocks takes the text of a help page apart: lines that begin with two spaces, which they lose,
// keep their shape.
func blocks(text string) []block {
	var all []block
	begin := true
	for line := range strings.SplitSeq(strings.Trim(text, "\n"), "\n") {
		line, literal := strings.CutPrefix(line, "  ")
		last := len(all) - 1
		switch {
		case line == "" && last >= 0 && all[last].literal:
			all[last].text += "\n" // perhaps inside of a block
		case line == "":
			begin = true
		case begin || all[last].literal != literal:
			all, begin = append(all, block{line, literal}), false
		default:
			all[last].text += "\n" + line
		}
	}
	for i := range all {
		all[i].text = strings.TrimRight(all[i].text, "\n")
	}
	return all
}
