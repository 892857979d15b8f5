package main

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"
)

// manDate stands on every man page. It is fixed, because the day of the build would change every page every day;
// move it when the manual as a whole was read again.
var manDate = time.Date(2026, time.November, 1, 0, 0, 0, 0, time.UTC)

// writeMan writes one man page for each command, each with its own title: progetctl-deploy-record.1.
func writeMan(root *cobra.Command, dir string) error {
	for _, cmd := range visible(root) {
		cmd.InitDefaultHelpFlag()
		for _, flags := range []*pflag.FlagSet{cmd.PersistentFlags(), cmd.Flags()} {
			flags.VisitAll(nameValue)
		}
	}
	return writePages(root, dir, "-", ".1", func(cmd *cobra.Command) ([]byte, error) {
		prose, sections := structured(cmd.Long, "#")
		cmd.Long = prose + "\n\n" + sections
		date := manDate
		header := &doc.GenManHeader{Section: "1", Date: &date, Source: root.Name(), Manual: root.Name() + " manual"}
		var page bytes.Buffer
		err := doc.GenMan(cmd, header, &page)
		return bytes.ReplaceAll(page.Bytes(), []byte("[="+noValue+"]"), nil), err
	})
}

// noValue marks a flag without a value on its way through cobra/doc.
const noValue = "NONE"

// nameValue makes cobra/doc show --feed=FEED instead of --feed="", and --dry-run instead of --dry-run[=false]: it prints a
// flag's default behind the name. The real default goes into the usage.
func nameValue(f *pflag.Flag) {
	if _, done := f.Value.(named); done {
		return // a persistent flag is met again at each command below
	}
	name, usage := pflag.UnquoteUsage(f)
	switch f.DefValue {
	case "", "false", "[]":
	default:
		usage += fmt.Sprintf(" (default %s)", f.DefValue)
	}
	f.Usage, f.DefValue = marks.Replace(usage), strings.TrimSpace(name)
	if f.DefValue == "" {
		f.DefValue = noValue
	}
	f.Value = named{f.Value}
}

// named is a flag's value that cobra/doc does not put in quotes, as it does with those of type "string".
type named struct{ pflag.Value }

// Type is a word that means nothing to cobra/doc.
func (named) Type() string { return "value" }
