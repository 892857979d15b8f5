package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/progetctl/progetctl/commands"
)

// writeReference writes one Markdown page for each command: progetctl_deploy_record.md.
func writeReference(root *cobra.Command, dir string) error {
	return writePages(root, dir, "_", ".md", func(cmd *cobra.Command) ([]byte, error) {
		var sections string
		cmd.Long, sections = structured(cmd.Long, "###")
		var page bytes.Buffer
		if err := doc.GenMarkdown(cmd, &page); err != nil {
			return nil, err
		}
		if sections == "" {
			return page.Bytes(), nil
		}
		const last = "### SEE ALSO"
		before, after, _ := strings.Cut(page.String(), last)
		return []byte(before + sections + "\n\n" + last + after), nil
	})
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

// writePages writes a page for a command and for each one below it that users see, named after the words of the command
// joined by sep.
func writePages(root *cobra.Command, dir, sep, ext string, page func(*cobra.Command) ([]byte, error)) error {
	if err := fresh(dir, root.Name()+"*"+ext); err != nil {
		return err
	}
	root.DisableAutoGenTag = true // the tag carries the day of the build
	for _, cmd := range visible(root) {
		text, err := page(cmd)
		if err != nil {
			return fmt.Errorf("page of %q: %w", cmd.CommandPath(), err)
		}
		name := strings.ReplaceAll(cmd.CommandPath(), " ", sep) + ext
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// visible lists a command and all below it that are shown to users.
func visible(cmd *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && !c.IsAdditionalHelpTopicCommand() {
			all = append(all, visible(c)...)
		}
	}
	return all
}

// fresh makes the folder and removes the earlier pages in it, so that a command that is gone leaves no page behind.
// Other files in the folder stay.
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
