package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manDate stands on every man page. It is fixed, because the day of the build would change every page every day;
// move it when the manual as a whole was read again.
var manDate = time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)

// writeReference writes one Markdown page for each command: progetctl_deploy_record.md.
func writeReference(root *cobra.Command, dir string) error {
	if err := fresh(dir, root.Name()+"*.md"); err != nil {
		return err
	}
	root.DisableAutoGenTag = true // the tag carries the day of the build
	if err := doc.GenMarkdownTree(root, dir); err != nil {
		return fmt.Errorf("write the reference: %w", err)
	}
	return nil
}

// writeMan writes one man page for each command, each with its own title: progetctl-deploy-record.1.
func writeMan(root *cobra.Command, dir string) error {
	if err := fresh(dir, root.Name()+"*.1"); err != nil {
		return err
	}
	root.DisableAutoGenTag = true
	date := manDate
	header := &doc.GenManHeader{Section: "1", Date: &date, Source: root.Name(), Manual: root.Name() + " manual"}
	if err := doc.GenManTree(root, header, dir); err != nil {
		return fmt.Errorf("write the man pages: %w", err)
	}
	return nil
}

// writeCompletions writes one script for each shell: progetctl.bash, .zsh, .fish and .ps1.
func writeCompletions(root *cobra.Command, dir string) error {
	if err := fresh(dir, root.Name()+".*"); err != nil {
		return err
	}
	file := func(ext string) string { return filepath.Join(dir, root.Name()+ext) }
	for _, write := range []func() error{
		func() error { return root.GenBashCompletionFileV2(file(".bash"), true) },
		func() error { return root.GenZshCompletionFile(file(".zsh")) },
		func() error { return root.GenFishCompletionFile(file(".fish"), true) },
		func() error { return root.GenPowerShellCompletionFileWithDesc(file(".ps1")) },
	} {
		if err := write(); err != nil {
			return fmt.Errorf("write the completion scripts: %w", err)
		}
	}
	return nil
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
