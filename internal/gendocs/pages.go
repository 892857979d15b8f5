package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/commands"
)

// referenceWidth is the width of lists and command lines in the Markdown reference.
const referenceWidth = 100

// writeReference writes one Markdown page for each command and topic: progetctl_deploy_record.md.
func writeReference(root *cobra.Command, dir string) error {
	return writePages(root, dir, "_", ".md", referencePage)
}

// referencePage is the help of a command with links to its neighbours.
func referencePage(cmd *cobra.Command) string {
	page := commands.NewHelpPage(cmd)
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", cmd.CommandPath(), marks.Replace(page.Sentence))
	for _, part := range page.Parts(referenceWidth) {
		fmt.Fprintf(&b, "\n## %s\n", titled(part.Title))
		for _, block := range blocks(part.Text) {
			if block.literal {
				b.WriteString("\n```\n" + block.text + "\n```\n")
			} else {
				b.WriteString("\n" + marks.Replace(block.text) + "\n")
			}
		}
	}
	b.WriteString("\n## See also\n\n")
	for _, line := range related(cmd, func(c *cobra.Command) string {
		return fmt.Sprintf("* [%s](%s.md): %s", c.CommandPath(), strings.ReplaceAll(c.CommandPath(), " ", "_"), marks.Replace(c.Short))
	}) {
		b.WriteString(line + "\n")
	}
	return b.String()
}

// titled writes a heading of the help as a page does: Exit status. An abbreviation stays as it is,
// and what is in parentheses is not shouting.
func titled(title string) string {
	words, rest, _ := strings.Cut(title, " (")
	title = words[:1] + strings.ToLower(words[1:])
	title = strings.NewReplacer("Ci ", "CI ", " url", " URL", " Proget", " ProGet").Replace(title)
	if rest != "" {
		title += " (" + rest
	}
	return title
}

// marks are the characters that Markdown would take for its own in prose; an underscore inside a
// word is none.
var marks = strings.NewReplacer(`\`, `\\`, `<`, `\<`, `*`, `\*`, "`", "\\`")

// related are the pages beside a command's: its parent's, that of the flags of every command, and
// those below it.
func related(cmd *cobra.Command, name func(*cobra.Command) string) []string {
	var all []string
	if cmd.HasParent() {
		all = append(all, name(cmd.Parent()))
	}
	// Among the pages below the root there is that of the flags anyway.
	if flags, _, err := cmd.Root().Find([]string{"flags"}); err == nil && flags.HasParent() && cmd.HasParent() && cmd.Runnable() {
		all = append(all, name(flags))
	}
	for _, child := range visible(cmd)[1:] {
		if child.Parent() == cmd {
			all = append(all, name(child))
		}
	}
	return all
}

// writeCompletions writes one script for each shell: progetctl.bash, .zsh, .fish and .ps1.
func writeCompletions(root *cobra.Command, dir string) error {
	if err := fresh(dir, root.Name()+".*"); err != nil {
		return err
	}
	for _, shell := range []struct{ name, ext string }{{"bash", ".bash"}, {"zsh", ".zsh"}, {"fish", ".fish"}, {"powershell", ".ps1"}} {
		var script bytes.Buffer
		err := commands.WriteCompletion(&script, root, shell.name, true)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, root.Name()+shell.ext), script.Bytes(), 0o644)
		}
		if err != nil {
			return fmt.Errorf("write the completion scripts: %w", err)
		}
	}
	return nil
}

// writePages writes a page for a command and for each one below it that users see, named after the
// words of the command joined by sep.
func writePages(root *cobra.Command, dir, sep, ext string, page func(*cobra.Command) string) error {
	if err := fresh(dir, root.Name()+"*"+ext); err != nil {
		return err
	}
	for _, cmd := range visible(root) {
		name := strings.ReplaceAll(cmd.CommandPath(), " ", sep) + ext
		if err := os.WriteFile(filepath.Join(dir, name), []byte(page(cmd)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// visible lists a command and all below it that are shown to users.
func visible(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
			all = append(all, visible(c)...)
		}
	}
	return all
}

// fresh makes the folder and removes the earlier pages in it, so that a command that is gone leaves
// no page behind. Other files in the folder stay.
func fresh(dir, pattern string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		return err
	}
	for _, page := range old {
		if err := os.Remove(page); err != nil {
			return err
		}
	}
	return nil
}
