package commands

import (
	"encoding/json"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/config"
)

// addFlags are the flags of sources add, beside those of every command, of
// which it keeps the ones for credentials and TLS.
type addFlags struct {
	texts [4]string
	force bool
}

func (a *app) sourcesAdd() *cobra.Command {
	f := &addFlags{}
	cmd := &cobra.Command{
		Use:   "add --url URL",
		Short: "Keep a server by name",
		Long: `Keep a server with the way to its credentials: --api-key or --username and
--password (kept in the file), --api-key-file (the file is read each time; with -,
the key is read from standard input now, and kept), or --key-command (a program
that prints the key, run each time without a shell). --auth, --ca-cert,
--client-cert, --client-key and --insecure are kept too. Variables are not.

` + sourcesHelp + `

` + exitStatus(codeDone, codeInternal, codeUsage),
		Example: `  # the server that is used where none is named; the key does not appear on the command line
  progetctl sources add --url https://proget.corp.local --feed DefaultNuGet --api-key-file -

  # a key from a password manager
  progetctl sources add --name corp --url https://proget.corp.local --key-command "pass show proget"`,
		Args: noArguments,
		RunE: a.runs(func(c *call) error { return c.addSource(f) }),
	}
	for i, t := range []struct{ name, kind, usage string }{
		{"name", "NAME", "name of the source (default " + config.DefaultName + ")"},
		{"url", "URL", "address of the server"},
		{"feed", "FEED", "feed where none is named"},
		{"key-command", "COMMAND", "program that prints the API key, with its arguments: words, or a JSON array of strings"},
	} {
		cmd.Flags().Var(rawValue{&f.texts[i], t.kind}, t.name, t.usage)
	}
	cmd.Flags().BoolVar(&f.force, "force", false, "replace a source of that name")
	return cmd
}

// addSource runs the command.
func (c *call) addSource(f *addFlags) error {
	source := config.Source{
		Name: c.ownName().or(config.DefaultName, "default").text,
		URL:  c.newURL(), Feed: c.setting("feed").text, Insecure: c.global.insecure,
	}
	c.newCredentials(&source)
	c.newTLS(&source)
	if source.Name != "" { // else that has been said
		c.problems.add(config.CheckName(source.Name))
	}
	c.problems.add(source.CheckCredentials())
	if len(c.problems.lines) == 0 {
		c.problems.add(source.Check())
	}
	if err := c.ready(); err != nil {
		return err
	}
	if err := c.sources().Add(c.ctx, source, f.force); err != nil {
		return sourceFailure(err)
	}
	source.File = c.sources().Path()
	if c.forPerson() {
		return c.say("Added the source %q for %s to %s", source.Name, withoutUser(source.URL), source.File)
	}
	return writeAll(c, sourcesView(), listed(source))
}

func (c *call) newURL() string {
	s := c.setting("url")
	if !s.given() {
		c.problems.addf("--url is required")
	}
	return c.baseURL(s)
}

// newCredentials reads the flags only: what the environment holds now is not
// meant to be kept.
func (c *call) newCredentials(s *config.Source) {
	key := c.setting("api-key")
	s.APIKey, s.Username, s.Password = client.TrimPasted(key.text), client.TrimPasted(c.setting("username").text), c.setting("password").text
	if key.given() && s.APIKey == "" {
		c.problems.addf("%s is empty", key.from)
	}
	if (s.Username == "") != (s.Password == "") {
		c.problems.addf("--username and --password go together")
	}
	if auth := c.setting("auth"); auth.given() {
		s.Auth = string(choice(c, auth, client.AuthModes()))
	}
	if file := c.setting("api-key-file"); file.given() {
		key := c.keyFromFile(file)
		if file.text == "-" && s.APIKey == "" {
			s.APIKey = key.Reveal()
		} else {
			s.APIKeyFile = c.absolute(file)
		}
	}
	if command := c.setting("key-command"); command.text != "" {
		s.KeyCommand = c.words(command)
	}
}

// words splits a command at blanks; where an argument holds one, the command
// is a JSON array.
func (c *call) words(s setting) []string {
	if !strings.HasPrefix(strings.TrimSpace(s.text), "[") {
		return strings.Fields(s.text)
	}
	var words []string
	if err := json.Unmarshal([]byte(s.text), &words); err != nil || len(words) == 0 {
		c.problems.addf("%s begins like a JSON array, but is no array of strings", s.from)
	}
	return words
}

// newTLS makes sure that the files are good, and keeps where they are.
func (c *call) newTLS(s *config.Source) {
	ca, cert, key := c.setting("ca-cert"), c.setting("client-cert"), c.setting("client-key")
	s.CACert, s.ClientCert, s.ClientKey = c.absolute(ca), c.absolute(cert), c.absolute(key)
	if s.CACert != "" {
		if _, err := certificatePool(s.CACert); err != nil {
			c.problems.addf("%s: %s", ca.from, err)
		}
	}
	if s.ClientKey != "" && s.ClientCert == "" {
		c.problems.addf("%s is given without a client certificate (--client-cert)", key.from)
	}
	if s.ClientCert != "" {
		if _, err := clientCertificate(s.ClientCert, s.ClientKey); err != nil {
			c.problems.addf("%s: %s", cert.from, err)
		}
	}
}

// absolute is a path that means the same in every folder.
func (c *call) absolute(s setting) string {
	if s.text == "" {
		return ""
	}
	path, err := filepath.Abs(s.text)
	if err != nil {
		c.problems.addf("%s: %s", s.from, err)
	}
	return path
}
