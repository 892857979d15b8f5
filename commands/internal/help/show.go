package help

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// The width of help in columns: as wide as the terminal, but a line of more than widest is hard to
// read.
const (
	widest = 100
	piped  = 80
	least  = 40
)

// pageWidth is the width for what is written to stdout.
func pageWidth(o *cli.IO) int {
	columns := o.Columns(o.StdoutTerminal)
	if columns == 0 {
		return piped
	}
	return min(max(columns, least), widest)
}

// Show writes the help of a command.
func Show(o *cli.IO, cmd *cobra.Command) error {
	if cmd.IsAdditionalHelpTopicCommand() {
		return o.Print(topicText(cmd.Long, pageWidth(o)))
	}
	return o.Print(NewPage(cmd).text(cmd, pageWidth(o)))
}

// topicText is a topic as it is shown: its sections are indented, as those of a command's help are.
func topicText(text string, width int) string {
	at := 0
	for line := range strings.Lines(text) {
		if isHeading(strings.TrimSuffix(line, "\n")) {
			break
		}
		at += len(line)
	}
	return reflow(text[:at], 0, width) + reflow(text[at:], 2, width)
}

// Parts are the sections of the page below its sentence, with the lists as text of that width.
func (p Page) Parts(width int) []Section {
	var all []Section
	if len(p.Usage) > 0 {
		all = append(all, Section{"USAGE", usageText(p.Usage, width)})
	}
	if p.Examples != "" {
		all = append(all, Section{"EXAMPLES", exampleText(p.Examples, width)})
	}
	for _, g := range slices.Concat(p.Commands, p.Flags) {
		all = append(all, Section{g.Title, output.Rows(g.Rows, 2, width)})
	}
	return append(all, p.Sections...)
}

// text is the page as it is shown.
func (p Page) text(cmd *cobra.Command, width int) string {
	var b strings.Builder
	b.WriteString(reflow(p.Sentence, 0, width))
	for _, s := range p.Parts(width) {
		fmt.Fprintf(&b, "\n%s\n%s", s.Title, reflow(s.Text, 2, width))
	}
	b.WriteByte('\n')
	if cmd.HasAvailableSubCommands() {
		b.WriteString(reflow(fmt.Sprintf("See \"%s COMMAND --help\" for a command.", cmd.CommandPath()), 0, width))
	}
	if cmd.HasParent() {
		b.WriteString(reflow("Every command also takes the flags in \"progetctl help flags\", such as --source, --api-key and --output.", 0, width))
	} else {
		b.WriteString(reflow("See \"progetctl help exit-codes\" for the exit status.", 0, width))
	}
	return b.String()
}

// usageText wraps command lines between their flags, each flag with its value.
func usageText(lines []string, width int) string {
	var b strings.Builder
	for _, line := range lines {
		parts := strings.Split(strings.NewReplacer(" --", "\n--", " [", "\n[", " (", "\n(").Replace(line), "\n")
		b.WriteString(brokenLine(parts, "", "      ", width))
	}
	return b.String()
}

// exampleText wraps comments, and command lines as one types them in a shell.
func exampleText(examples string, width int) string {
	var b strings.Builder
	for line := range strings.Lines(strings.ReplaceAll(examples, " \\\n   ", "")) {
		line = strings.TrimSpace(line)
		if comment, found := strings.CutPrefix(line, "# "); found {
			for _, part := range output.Wrap(comment, width-len("  # ")) {
				b.WriteString("  # " + part + "\n")
			}
			continue
		}
		b.WriteString(brokenLine(shellParts(line), " \\", "    ", width))
	}
	return b.String()
}

// brokenLine writes the parts of a command line in as many lines as it takes: mark is at the end of
// a line that goes on in the next.
func brokenLine(parts []string, mark, deeper string, width int) string {
	var b strings.Builder
	text := "  " + parts[0]
	for _, part := range parts[1:] {
		if len(text)+1+len(part)+len(mark) > width {
			b.WriteString(text + mark + "\n")
			text = deeper + part
			continue
		}
		text += " " + part
	}
	return b.String() + strings.TrimRight(text, " ") + "\n"
}

// shellParts splits a command line before each flag, package URL and operator outside of quotes.
func shellParts(line string) []string {
	var parts []string
	start, quote := 0, rune(0)
	for i, r := range line {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case i > start && breaksBefore(line[i:]):
			parts = append(parts, line[start:i])
			start = i + 1
		}
	}
	return append(parts, line[start:])
}

func breaksBefore(rest string) bool {
	return slices.ContainsFunc([]string{" --", " -o ", " -O ", " pkg:", " | ", " >"}, func(begin string) bool { return strings.HasPrefix(rest, begin) })
}

// reflow wraps the paragraphs of a text. Lines that begin with two spaces are rows of two columns,
// or keep their shape if they have no second one.
func reflow(text string, indent, width int) string {
	var b strings.Builder
	var paragraph []string
	margin := strings.Repeat(" ", indent)
	flush := func() {
		for _, line := range output.Wrap(strings.Join(paragraph, " "), width-indent) {
			b.WriteString(margin + line + "\n")
		}
		paragraph = nil
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case line == "" || isHeading(line):
			flush()
			b.WriteString(line + "\n")
		case strings.HasPrefix(line, "  "):
			flush()
			b.WriteString(reflowRow(line, width))
		default:
			paragraph = append(paragraph, line)
		}
	}
	flush()
	return b.String()
}

// reflowRow wraps the second column of a row below itself or, if there is little space, below the
// first.
func reflowRow(line string, width int) string {
	body := strings.TrimLeft(line, " ")
	at := strings.LastIndex(body, "  ") // of three columns, the last
	if at < 0 {
		return line + "\n"
	}
	term, text := strings.TrimRight(body[:at], " "), body[at+2:]
	column := len([]rune(line)) - len([]rune(text))
	margin := len(line) - len(body)
	first := line[:margin] + term
	var b strings.Builder
	if column > width*2/3 {
		b.WriteString(first + "\n")
		first, column = "", margin+4
	}
	for i, part := range output.Wrap(text, width-column) {
		if i > 0 {
			first = ""
		}
		fmt.Fprintf(&b, "%-*s%s\n", column, first, part)
	}
	return b.String()
}
