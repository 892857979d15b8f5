// Package sources has the commands that save servers by name.
package sources

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/config"
	"github.com/progetctl/progetctl/output"
)

// New makes the group of commands around saved servers, for what follows its name on the command
// line; test is the command that checks one.
func New(app *cli.App, line []string, test cli.Branch) *cobra.Command {
	return app.Group("sources", "Manage saved servers", line,
		cli.Leaf(app, "add", newAdd, add), cli.Leaf(app, "list", newList, list), cli.Leaf(app, "use", newUse, use), test,
		cli.Leaf(app, "remove", newRemove, remove))
}

// sourcesHelp says where sources are looked for.
const sourcesHelp = `Use the name with --source or PROGET_SOURCE. If you pass neither, the default source is
used: the one chosen with "progetctl sources use", or the one named Default.

Sources are saved in progetctl/config.json in your configuration folder, readable
only by you. pgutil's sources are used too; if both define a name, ours wins.`

// listedSource is a source as it is shown: without its secrets.
type listedSource struct {
	Name        string `json:"name"`
	Default     bool   `json:"default"`
	URL         string `json:"url"`
	Feed        string `json:"feed,omitempty"`
	Credentials string `json:"credentials"`
	Insecure    bool   `json:"insecure,omitempty"`
	File        string `json:"file"`
	Pgutil      bool   `json:"pgutil"`
}

func listed(s config.Source) *listedSource {
	return &listedSource{s.Name, s.Default, withoutUser(s.URL), s.Feed, s.Credentials(), s.Insecure, s.File, s.Pgutil}
}

// withoutUser drops from a URL what may be secret: in a file that a person wrote, there may be a
// password in it.
func withoutUser(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || strings.Contains(u.Path, "@") { // behind a slash, or without a scheme
		return "(not a URL)"
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	return u.String()
}

func sourcesView() output.View[*listedSource] {
	type column = output.Column[*listedSource]
	view := output.View[*listedSource]{Empty: "No sources are saved. To save one, run `progetctl sources add`.", Columns: []column{
		{Header: "NAME", Cell: func(s *listedSource) string { return s.Name }, Shrink: output.ShrinkLast},
		{Header: "DEFAULT", Cell: func(s *listedSource) string {
			if s.Default {
				return "yes"
			}
			return ""
		}},
		{Header: "URL", Cell: func(s *listedSource) string { return s.URL }, Shrink: output.ShrinkLate},
		{Header: "FEED", Cell: func(s *listedSource) string { return s.Feed }, Shrink: output.ShrinkLate, Spare: 3},
		{Header: "CREDENTIALS", Cell: func(s *listedSource) string {
			if s.Pgutil {
				return s.Credentials + " (pgutil)"
			}
			return s.Credentials
		}, Shrink: output.ShrinkEarly},
	}}
	view.CSV = append(view.CSV,
		column{Header: "name", Cell: func(s *listedSource) string { return s.Name }},
		column{Header: "url", Cell: func(s *listedSource) string { return s.URL }},
		column{Header: "feed", Cell: func(s *listedSource) string { return s.Feed }},
		column{Header: "credentials", Cell: func(s *listedSource) string { return s.Credentials }},
		column{Header: "file", Cell: func(s *listedSource) string { return s.File }},
		column{Header: "insecure", Cell: func(s *listedSource) string { return strconv.FormatBool(s.Insecure) }},
		column{Header: "pgutil", Cell: func(s *listedSource) string { return strconv.FormatBool(s.Pgutil) }},
		column{Header: "default", Cell: func(s *listedSource) string { return strconv.FormatBool(s.Default) }},
	)
	return view
}

// sourceFailure is the error of a change that the files do not allow; nothing was changed.
func sourceFailure(err error) error {
	unknown, isUnknown := errors.AsType[*config.UnknownError](err)
	_, exists := errors.AsType[*config.ExistsError](err)
	_, isFile := errors.AsType[*config.FileError](err)
	switch {
	case isUnknown:
		f := cli.Usage("%s", unknown)
		f.Hint = cli.OtherSources(unknown)
		return f
	case exists:
		f := cli.Usage("%s", err)
		f.Hint = "use --force to replace it"
		return f
	case isFile:
		return cli.Usage("%s", err)
	}
	return err
}

// declareName declares the name of the source, as the argument or as --name. Without a default it
// is required.
func declareName(f *cli.Flags, to *cli.Text, given *cli.GivenFlags, flag cli.Flag) {
	flag.Name, flag.Word = "name", "NAME"
	var args []string
	f.Args(&args)
	name := f.Text(to, flag)
	if flag.Default == "" { // one that exists
		f.ArgsAre(cli.KindSource)
		name.Kind = cli.KindSource
	}
	f.GivenFlags(given)
	f.Check(func(p *cli.Problems) {
		if given.Source.Given() {
			p.Addf("--source can't be used here; give the name of the source as the argument")
		}
		switch {
		case len(args) > 0 && name.OnLine():
			p.Addf("--name and the argument %q can't be used together", args[0])
		case len(args) > 0:
			*to = cli.Text{Value: client.TrimPasted(args[0]), From: "the argument"}
		case !name.OnLine() && flag.Default == "":
			p.Addf("NAME is required: the name of the source")
		}
	})
}
