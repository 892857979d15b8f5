package output

import (
	"iter"
	"slices"
	"strings"
)

// Wrap breaks text into lines of at most width columns, at spaces only: a word that is longer has a
// line of its own.
func Wrap(text string, width int) []string { return wrap(strings.FieldsSeq(text), width) }

// WrapMessage is [Wrap] for a message in one line. A command between backticks stays in one piece,
// so that it can be copied, and so do several spaces, which may belong to a value.
func WrapMessage(text string, width int) []string { return wrap(messageWords(text), width) }

func wrap(words iter.Seq[string], width int) []string {
	var lines []string
	line, used := "", 0
	for word := range words {
		n := textWidth(word)
		if line != "" && used+1+n > width {
			lines = append(lines, line)
			line = ""
		}
		if line == "" {
			line, used = word, n
			continue
		}
		line, used = line+" "+word, used+1+n
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// messageWords are the parts of a message between which a line may end.
func messageWords(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for more := true; more; {
			var word string
			end := commandEnd(text)
			at := strings.IndexByte(text[end:], ' ')
			if more = at >= 0; more {
				word, text = text[:end+at], text[end+at+1:]
			} else {
				word = text
			}
			if !yield(word) {
				return
			}
		}
	}
}

// commandEnd is the index after the command that the next word of a message begins with, 0 for
// none.
func commandEnd(text string) int {
	begin := strings.IndexByte(text, '`')
	if begin < 0 || strings.Contains(text[:begin], " ") {
		return 0
	}
	length := strings.IndexByte(text[begin+1:], '`')
	if length < 0 {
		return 0
	}
	return begin + 1 + length + 1
}

// Row is a line of a list with two columns.
type Row struct{ Term, Text string }

// widestTerm is the widest term that has its text beside it: a longer one, which would squeeze the
// texts of all others, has it below.
const widestTerm = 30

// Rows writes a list with two columns, each line of it indented, the second column wrapped to the
// width.
func Rows(rows []Row, indent, width int) string {
	column := 0
	for _, r := range rows {
		if n := textWidth(r.Term); n <= min(widestTerm, width/2-indent) {
			column = max(column, n)
		}
	}
	column += indent + gap
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(strings.Repeat(" ", indent) + r.Term)
		at := indent + textWidth(r.Term)
		for line := range lines(r.Text, width-column) {
			if at > column-gap {
				b.WriteByte('\n')
				at = 0
			}
			b.WriteString(strings.Repeat(" ", column-at) + line)
			at = width // the next one begins a line
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func lines(text string, width int) iter.Seq[string] { return slices.Values(Wrap(text, width)) }
