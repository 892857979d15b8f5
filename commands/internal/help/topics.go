package help

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// unwrapped is a width for rows that are wrapped when they are shown.
const unwrapped = 1 << 10

// Topic is a page that belongs to no command. A command that does nothing is one for Cobra.
type Topic struct {
	*cobra.Command
	text func() string
}

// Write puts the topic's text together. It happens when the page is shown: all of them would take a
// quarter of the time in which the command tree is made.
func (t Topic) Write() { t.Long = t.text() }

// Topics are all of them.
func Topics(a *cli.App, root *cobra.Command) []Topic {
	all := []Topic{
		{&cobra.Command{Use: "flags", SuggestFor: []string{"globals", "options"}, Short: "Flags that every command takes"}, func() string { return flagsTopic(root) }},
		{&cobra.Command{Use: "environment", SuggestFor: []string{"env", "variables", "ci"}, Short: "Environment variables, and what is read from CI systems"}, func() string { return environmentTopic(a.Variables()) }},
		{&cobra.Command{Use: "exit-codes", SuggestFor: []string{"exit", "codes", "errors"}, Short: "What each exit code means"}, exitCodesTopic},
		{&cobra.Command{Use: "formatting", SuggestFor: []string{"output", "json", "jq", "formats"}, Short: "Output formats and --jq"}, func() string { return formatting }},
		{&cobra.Command{Use: "package-urls", SuggestFor: []string{"purl", "purls"}, Short: "How to name a package"}, packageURLsTopic},
	}
	for _, t := range all {
		t.SetHelpFunc(func(cmd *cobra.Command, args []string) {
			t.Write()
			root.HelpFunc()(cmd, args)
		})
	}
	return all
}

// flagsTopic lists the flags of every command.
func flagsTopic(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("Flags that every command takes. A flag overrides its environment variable, which overrides the setting of a saved source.\n")
	for _, g := range grouped(root.PersistentFlags(), true) {
		b.WriteString("\n" + g.Title + "\n" + output.Rows(g.Rows, 2, unwrapped))
	}
	return b.String()
}

// packageURLsTopic explains the argument that most commands take.
func packageURLsTopic() string {
	return `A package URL names a package with its type, group and version:

  pkg:TYPE/NAME@VERSION
  pkg:TYPE/GROUP/NAME@VERSION

  pkg:nuget/Newtonsoft.Json@12.0.3
  pkg:npm/@angular/animation@12.3.1
  pkg:maven/org.acme/tool@1.4.0
  pkg:upack/acme/tools/builder@2.0.0

Where a command takes one, you can give it as the argument instead of --package,
--version and --group. You can't use both.

Write the @ of an npm scope as it is or as %40. In a Windows batch file a percent sign
is doubled: %%40. Quote a package URL that contains characters that your shell
acts on, such as ? and &.

Types: ` + cli.Joined(ecosystem.KnownTypes(), ", ") + `.

WITHOUT A PACKAGE URL
--package takes the package name, optionally with its group:

  --package Newtonsoft.Json --version 12.0.3
  --package @angular/animation --version 12.3.1
  --package org.acme:tool --version 1.4.0
  --package acme/tools/builder --version 2.0.0

or the name with --group: --group org.acme --package tool.

VERSIONS
With "deploy record" and "feed get", "latest" and "latest-stable" stand for the newest
version in the feed. The feed is asked which one that is; a record never contains the
word. For Docker, latest is a tag. Other commands take a version itself, and
"deploy where" a range.`
}

// exitCodesTopic is made of the same table as the help of the commands.
func exitCodesTopic() string {
	var b strings.Builder
	b.WriteString("What each exit code means, and the kind of error that -o json shows for it.\n\n")
	for _, c := range []struct {
		code  int
		kinds []client.Kind
	}{
		{cli.CodeDone, nil}, {cli.CodeInternal, []client.Kind{client.KindInternal}}, {cli.CodeUsage, []client.Kind{client.KindUsage}},
		{cli.CodeRejected, []client.Kind{client.KindRejected}}, {cli.CodeAuth, []client.Kind{client.KindAuth}},
		{cli.CodeNotFound, []client.Kind{client.KindNotFound}}, {cli.CodeUnavailable, []client.Kind{client.KindUnavailable}},
		{cli.CodePartial, []client.Kind{client.KindPartial, client.KindUncertain}}, {cli.CodeUnmet, []client.Kind{cli.KindUnmet}},
		{cli.CodeIntegrity, []client.Kind{client.KindIntegrity}}, {cli.CodeInterrupted, []client.Kind{client.KindInterrupted}},
	} {
		fmt.Fprintf(&b, "  %-4d %-20s %s\n", c.code, cli.Joined(c.kinds, ", "), cli.CodeMeaning(c.code))
	}
	b.WriteString(`
After 2, nothing was sent. After 6, nothing was stored. Both are safe to run again.
After 7, check ProGet or "progetctl deploy pending" before you run the command again.

In a script:

  if progetctl promotions check \
    pkg:npm/left-pad@1.3.0 --to-feed prod
  then sh deploy.sh
  else echo "not deployed: exit code $?"
  fi`)
	return b.String()
}

const formatting = `Choose the format of the result with -o, and filter JSON with --jq.

  -o table     for people; on a terminal no wider than it is, in a pipe every column
  -o wide      the table with every column, nothing cut
  -o json      one array of objects; an empty result is []
  -o ndjson    one object per line, written as soon as it is known; an empty result is nothing
  -o csv       quoted as in RFC 4180, with a header line; nothing is altered in a pipe, not even a cell that a spreadsheet would take for a formula
  -o markdown  a table for a web page or a comment

Standard output has the result and nothing else. Errors and warnings go to standard
error. With -o json, -o ndjson or --jq, each is one JSON object per line:

  {"error": {"kind": "auth", "status": 403, "message": "…", "hint": "…"}}
  {"warning": "…"}

Progress and notes are shown on terminals only; --quiet turns them off. NO_COLOR and
FORCE_COLOR override whether colour is used.

FILTERING WITH JQ
--jq EXPR filters the JSON with a jq expression; jq need not be installed. It gets the
whole array or, with -o ndjson, each object. Each result is one line: strings without
quotes, numbers as the server wrote them, objects with their keys sorted.

  progetctl promotions list --to-feed prod --jq '.[].purl'
  progetctl deploy history -o ndjson --jq .record.Target
  progetctl doctor --jq '.[] | select(.status != "ok")'

TEXT FROM THE SERVER
Control characters in text that a server sent are shown escaped in tables, markdown and
messages, and in everything on a terminal. In a pipe, JSON, CSV and strings from --jq
are exact.`
