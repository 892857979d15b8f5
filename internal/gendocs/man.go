package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands"
)

// manDate is on every man page. It is fixed, because the day of the build would change every page
// every day; move it when the manual as a whole was read again.
var manDate = time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)

// manWidth is the width of command lines and rows that keep their shape: a terminal's, less man's
// margin.
const manWidth = 72

// writeMan writes one man page for each command and topic, each with its own title:
// progetctl-deploy-record.1.
func writeMan(root *cobra.Command, dir string) error {
	return writePages(root, dir, "-", ".1", func(cmd *cobra.Command) string { return manPage(root, cmd) })
}

// manPage is a page in man's own order: what it is, how to use it, what there is to explain,
// examples, the exit status.
func manPage(root, cmd *cobra.Command) string {
	page, title := commands.NewHelpPage(cmd), dashed(cmd)
	var b strings.Builder
	fmt.Fprintf(&b, ".TH \"%s\" \"1\" \"%s\" \"%s\" \"%s manual\"\n.nh\n.ad l\n", strings.ToUpper(title), manDate.Format("Jan 2006"), root.Name(), root.Name())
	fmt.Fprintf(&b, ".SH NAME\n%s \\- %s\n", title, escaped(cmd.Short))
	var examples, status string
	for _, part := range page.Parts(manWidth) {
		switch {
		case part.Title == "USAGE":
			b.WriteString(".SH SYNOPSIS\n" + prose(part.Text))
		case part.Title == "EXAMPLES":
			examples = ".SH EXAMPLES\n" + prose(part.Text)
		case part.Title == "DETAILS":
			b.WriteString(".SH DESCRIPTION\n" + prose(part.Text))
		case part.Title == "EXIT STATUS":
			status = ".SH EXIT STATUS\n" + prose(part.Text)
		case !listed(page, part.Title):
			b.WriteString(".SH " + part.Title + "\n" + prose(part.Text))
		}
	}
	for _, group := range append(page.Commands, page.Flags...) {
		b.WriteString(".SH " + group.Title + "\n")
		for _, row := range group.Rows {
			fmt.Fprintf(&b, ".TP\n\\fB%s\\fP\n%s\n", escaped(strings.TrimSpace(row.Term)), escaped(row.Text))
		}
	}
	return b.String() + status + examples + ".SH SEE ALSO\n" + escaped(strings.Join(related(cmd, func(c *cobra.Command) string { return dashed(c) + "(1)" }), ", ")) + "\n"
}

// listed recognizes the sections that are lists of commands or flags.
func listed(page commands.HelpPage, title string) bool {
	for _, group := range append(page.Commands, page.Flags...) {
		if group.Title == title {
			return true
		}
	}
	return false
}

func dashed(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// prose writes paragraphs; lines that begin with spaces keep their shape.
func prose(text string) string {
	var b strings.Builder
	for _, block := range blocks(text) {
		if block.literal {
			b.WriteString(".PP\n.nf\n" + escaped(block.text) + "\n.fi\n")
			continue
		}
		b.WriteString(".PP\n" + escaped(block.text) + "\n")
	}
	return b.String()
}

// escaped is text that roff takes only for text.
func escaped(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	return strings.Join(lines, "\n")
}
