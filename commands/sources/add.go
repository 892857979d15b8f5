package sources

import (
	"context"
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/shell"
	"github.com/progetctl/progetctl/internal/config"
)

// addOptions say what is added.
type addOptions struct {
	source config.Source
	force  bool
}

func newAdd(app *cli.App, run func(context.Context, *cli.IO, addOptions) error) *cobra.Command {
	var o addOptions
	cmd := &cobra.Command{
		Use:        "add [NAME]",
		SuggestFor: []string{"login", "new", "set", "create", "save", "auth", "config", "configure", "init", "signin"},
		Short:      "Save a server",
		Long: `Save a server and how to get its credentials:

  --api-key, or --username and --password  saved in the file
  --api-key-file FILE                      read from FILE at each run
  --api-key-file -                         read now, from standard input or without showing it on a terminal, and saved
  --key-command COMMAND                    printed by COMMAND, run without a shell at each run

--auth, --ca-cert, --client-cert, --client-key and --insecure are saved as well.
Environment variables aren't saved.

` + sourcesHelp + `

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage),
		Example: `  # the default server; asks for the key without showing it
  progetctl sources add --url https://proget.corp.local --feed DefaultNuGet --api-key-file -

  # a key from a password manager
  progetctl sources add corp --url https://proget.corp.local --key-command "pass show proget"`,
		Args: cli.OneArgument("name"),
	}
	f := app.Flags(cmd)
	o.declare(f)
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// declare declares the values; those for credentials and TLS are the ones of every command.
func (o *addOptions) declare(f *cli.Flags) {
	var name, url, feed, keyCommand cli.Text
	var given cli.GivenFlags
	declareName(f, &name, &given, cli.Flag{Usage: "name of the source, instead of the argument", Default: config.DefaultName})
	f.Text(&url, cli.Flag{Name: "url", Word: "URL", Usage: "URL of the server", Required: true})
	f.Feed(&feed, cli.Flag{Name: "feed", Usage: "default feed"})
	f.Text(&keyCommand, cli.Flag{
		Name: "key-command", Word: "COMMAND",
		Usage: "command that prints the API key: words, or a JSON array of strings",
	})
	f.Switch(&o.force, cli.Flag{Name: "force", Usage: "replace an existing source"})
	f.Check(func(p *cli.Problems) {
		o.source = config.Source{
			Name: name.Or(config.DefaultName, "default").Value, URL: cli.BaseURL(url, p), Feed: feed.Value, Insecure: given.Insecure,
			KeyCommand: words(keyCommand, p),
		}
		takeCredentials(&o.source, given, p)
		takeTLS(&o.source, given, p)
		if o.source.Name != "" { // an empty one has been named
			p.Add(config.CheckName(o.source.Name))
		}
		p.Add(o.source.CheckCredentials())
		if p.None() {
			p.Add(o.source.Check())
		}
	})
}

// add runs the command.
func add(ctx context.Context, io *cli.IO, o addOptions) error {
	sources, source := cli.Sources(io), o.source
	if err := sources.Add(ctx, source, o.force); err != nil {
		return sourceFailure(err)
	}
	source.File = sources.Path()
	standard, err := sources.Find("")
	source.Default = err == nil && standard.Name == source.Name
	if io.InWords() {
		if err := io.Say("Saved source %q (%s) in %s", source.Name, withoutUser(source.URL), source.File); err != nil {
			return err
		}
		if !source.Default {
			io.Note("use it with --source %s, or make it the default with `progetctl sources use %s`", shell.Hint(source.Name), shell.Hint(source.Name))
		}
		return nil
	}
	return cli.WriteAll(ctx, io, sourcesView(), listed(source))
}

// takeCredentials reads the flags only: what the environment holds now is not meant to be saved.
func takeCredentials(s *config.Source, given cli.GivenFlags, p *cli.Problems) {
	s.APIKey, s.Username, s.Password = client.TrimPasted(given.APIKey.Value), client.TrimPasted(given.Username.Value), given.Password.Value
	if given.APIKey.Given() && s.APIKey == "" {
		p.Addf("%s is empty", given.APIKey.From)
	}
	if (s.Username == "") != (s.Password == "") {
		p.Addf("--username and --password must be given together")
	}
	if given.Auth.Given() {
		s.Auth = string(cli.OneOf(given.Auth, client.AuthModes(), p))
	}
	if given.KeyFile.Value == "-" && s.APIKey == "" {
		s.APIKey = given.KeyInFile.Reveal()
	} else {
		s.APIKeyFile = absolute(given.KeyFile, p)
	}
}

// words splits a command at spaces; if an argument holds one, the command is a JSON array.
func words(command cli.Text, p *cli.Problems) []string {
	if !strings.HasPrefix(strings.TrimSpace(command.Value), "[") {
		return strings.Fields(command.Value)
	}
	var words []string
	if err := json.Unmarshal([]byte(command.Value), &words); err != nil || len(words) == 0 {
		p.Addf("%s looks like a JSON array but is not an array of strings", command.From)
	}
	return words
}

// takeTLS makes sure that the files are usable, and saves where they are.
func takeTLS(s *config.Source, given cli.GivenFlags, p *cli.Problems) {
	given.CheckFiles(p)
	s.CACert, s.ClientCert, s.ClientKey = absolute(given.CACert, p), absolute(given.ClientCert, p), absolute(given.ClientKey, p)
}

// absolute is a path that means the same in every folder.
func absolute(path cli.Text, p *cli.Problems) string {
	if path.Value == "" {
		return ""
	}
	whole, err := filepath.Abs(path.Value)
	if err != nil {
		p.Addf("%s: %s", path.From, err)
	}
	return whole
}
