package doctor

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// show writes the result: lines and a summary for a person, else data.
func show(ctx context.Context, io *cli.IO, checks []*check) error {
	if !io.InWords() {
		return cli.WriteAll(ctx, io, checksView(), checks...)
	}
	o := io.OutputOptions(ctx)
	for _, check := range merged(checks) {
		if err := io.Print(check.lines(o.Terminal, o.Color, o.Width)); err != nil {
			return err
		}
	}
	return io.Print("\n" + summary(checks) + "\n")
}

// merged makes one of the checks in a row that were skipped for the same reason.
func merged(checks []*check) []check {
	var all []check
	for _, k := range checks {
		last := len(all) - 1
		if last >= 0 && k.Status == checkSkipped && all[last].Status == checkSkipped && all[last].Message == k.Message {
			all[last].Check += ", " + k.Check
			continue
		}
		all = append(all, *k)
	}
	return all
}

// summary counts the checks by their state: "7 ok, 1 warning, 2 skipped".
func summary(checks []*check) string {
	counts := map[string]int{}
	for _, k := range checks {
		counts[k.Status]++
	}
	var parts []string
	for _, part := range []struct{ status, one, many string }{
		{checkOK, "ok", "ok"}, {checkWarning, "warning", "warnings"}, {checkFailure, "failure", "failures"}, {checkSkipped, "skipped", "skipped"},
	} {
		if n := counts[part.status]; n > 0 {
			parts = append(parts, cli.Plural(n, part.one, part.many))
		}
	}
	return strings.Join(parts, ", ")
}

// columnWidth is that of the widest state and of the widest name of a check, with the gap after it.
const columnWidth = 12

// state is how a check begins: a mark on a terminal, a word in a pipe.
func (k *check) state(terminal, color bool) (text string, width int) {
	text, width = k.Status, columnWidth
	if terminal {
		text, width = map[string]string{checkOK: "✓", checkWarning: "!", checkFailure: "✗", checkSkipped: "-"}[k.Status], 2
	}
	padding := strings.Repeat(" ", width-utf8.RuneCountInString(text))
	if color {
		text = k.style().Apply(text)
	}
	return text + padding, width
}

// lines shows a check with its remedy below it, wrapped to width columns; 0 is a pipe, where
// nothing is.
func (k *check) lines(terminal, color bool, width int) string {
	state, used := k.state(terminal, color)
	indent := strings.Repeat(" ", used+columnWidth)
	message, name := k.Message, k.Check
	if utf8.RuneCountInString(name) >= columnWidth { // several checks that were skipped
		message, name = name+": "+message, ""
		indent = strings.Repeat(" ", used)
	}
	text := wrap(cli.Harmless(message), width-len(indent))
	if k.Remedy != "" {
		text = append(text, wrap("→ "+cli.Harmless(k.Remedy), width-len(indent))...)
	}
	for i, line := range text {
		text[i] = cli.Harmless(line) // it may begin now with what stood behind other words
	}
	if name != "" {
		state += fmt.Sprintf("%-*s", columnWidth, name)
	}
	return state + strings.Join(text, "\n"+indent) + "\n"
}

// leastWidth is where wrapping stops to help: narrower columns are hard to read.
const leastWidth = 20

// wrap breaks a text between words; a word that is too long stays whole, so that an address can be
// copied.
func wrap(text string, width int) []string {
	if width < leastWidth {
		return []string{text}
	}
	var lines []string
	for word := range strings.FieldsSeq(text) {
		last := len(lines) - 1
		if last >= 0 && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

func (k *check) style() output.Style {
	return map[string]output.Style{checkOK: output.Green, checkWarning: output.Yellow, checkFailure: output.Red}[k.Status]
}
