package cli

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/config"
	"github.com/progetctl/progetctl/internal/safefile"
)

// authMethod is how credentials reach an API endpoint.
type authMethod int

const (
	authNone authMethod = iota
	authHeader
	authQuery
	authBasic // the key as a password
	authUser
)

// credentials are the ones of a run, with where they came from.
type credentials struct {
	options []client.Option
	from    string // "--api-key", "PROGET_API_KEY"; "" without any
	method  authMethod
}

// credentials go by level as a set: any of the flags puts all of the environment's out of use, and
// any of those the source's.
func (c *connection) credentials() credentials {
	auth := c.globals.auth.read(c.io.Env, c.problems)
	if c.source != nil {
		auth = auth.Or(c.source.Auth, sourceOrigin(*c.source))
	}
	mode := OneOf(auth, client.AuthModes(), c.problems)
	found := c.credentialSet((*Value).onLine)
	if found.from == "" {
		found = c.credentialSet(c.variable)
	}
	if found.from == "" {
		found = c.sourceCredentials()
	}
	found.options = append(found.options, client.WithAuthMode(mode))
	if found.from != "" && found.method == authNone {
		found.method = map[client.AuthMode]authMethod{
			client.AuthQuery: authQuery, client.AuthBasic: authBasic,
			client.AuthHeader: authHeader, client.AuthAuto: authHeader,
		}[mode]
	}
	return found
}

// credentialSet reads the four values of one level.
func (c *connection) credentialSet(level func(*Value) Text) credentials {
	key, file := level(c.globals.key), level(c.globals.keyFile)
	user, password := level(c.globals.username), level(c.globals.password)
	var named []string
	for _, t := range []Text{key, file, user, password} {
		if t.Given() {
			named = append(named, t.From)
		}
	}
	out := credentials{from: strings.Join(named, " and ")}
	basic := user.Given() || password.Given()
	switch {
	case len(named) == 0:
	case basic && (key.Given() || file.Given()), key.Given() && file.Given():
		c.problems.Addf("%s can't be used together", out.from)
	case basic && (user.Value == "" || !password.Given()):
		c.problems.Addf("%s: give both a user name and a password", out.from)
	case basic:
		out.options = []client.Option{client.WithBasicAuth(user.Value, client.NewSecret(password.Value))}
		out.method = authUser
	default:
		secret := client.NewSecret(key.Value)
		if file.Given() {
			secret = c.keyFromFile(file)
		} else if key.Value == "" {
			c.problems.Addf("%s is empty", key.From)
		}
		out.options = apiKey(secret)
	}
	return out
}

// sourceCredentials are the ones of a named source.
func (c *connection) sourceCredentials() credentials {
	source := c.source
	if source == nil {
		return credentials{}
	}
	out := credentials{from: sourceOrigin(*source)}
	switch {
	case source.Username != "":
		out.options = []client.Option{client.WithBasicAuth(source.Username, client.NewSecret(source.Password))}
		out.method = authUser
	case source.APIKey != "":
		out.options = apiKey(client.NewSecret(source.APIKey))
	case source.APIKeyFile != "":
		out.options = apiKey(c.keyFromFile(Text{source.APIKeyFile, out.from}))
	case len(source.KeyCommand) > 0:
		out.options = apiKey(c.keyFromCommand(source, out.from))
	default:
		return credentials{}
	}
	return out
}

func apiKey(key client.Secret) []client.Option { return []client.Option{client.WithAPIKey(key)} }

// keyFromCommand runs a source's key command, unless something is wrong already: it may ask a
// person to unlock a key store.
func (c *connection) keyFromCommand(source *config.Source, from string) client.Secret {
	if !c.problems.None() {
		return client.Secret{}
	}
	key, err := config.RunKeyCommand(c.ctx, source.KeyCommand, c.io.Environ())
	if err != nil {
		c.problems.Addf("%s: %s", from, err)
	}
	return client.NewSecret(key)
}

// keyFileLimit is 64 KiB, far above any key: a wrong file is named as such instead of being read to
// its end.
const keyFileLimit = 64 << 10

// typedKey asks the person at the terminal for the key.
func (c *connection) typedKey(from string) client.Secret {
	fmt.Fprint(c.io.Stderr, "API key: ")
	typed, err := c.io.ReadSecret(c.ctx)
	fmt.Fprintln(c.io.Stderr)
	key := client.TrimPasted(typed)
	switch {
	case err != nil:
		c.problems.Addf("%s: %s", from, err)
	case key == "":
		c.problems.Addf("%s: no key was typed", from)
	}
	return client.NewSecret(key)
}

// keyFromFile reads a key; "-" is standard input.
func (c *connection) keyFromFile(file Text) client.Secret {
	if file.Value == "" {
		return client.Secret{}
	}
	in := c.io.Stdin
	switch {
	case file.Value != "-":
	case !c.stdin.claim(file.From+" -", c.problems):
		return client.Secret{}
	case c.io.StdinTerminal && c.io.ReadSecret != nil:
		return c.typedKey(file.From)
	}
	if file.Value != "-" {
		f, err := openFile(c.ctx, file.Value)
		if err != nil {
			c.problems.Addf("%s: %s", file.From, safefile.Words(err))
			return client.Secret{}
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	// Windows PowerShell writes UTF-16 with a byte order mark.
	text := transform.NewReader(Interruptible(c.ctx, in), unicode.BOMOverride(transform.Nop))
	raw, err := io.ReadAll(io.LimitReader(text, keyFileLimit+1))
	key := client.TrimPasted(string(raw))
	switch {
	case err != nil:
		c.problems.Addf("%s: %s", file.From, safefile.Words(err))
	case len(raw) > keyFileLimit:
		c.problems.Addf("%s: %s is too large for a key", file.From, safefile.Quote(file.Value))
	case key == "":
		c.problems.Addf("%s: no key in %s", file.From, safefile.Quote(file.Value))
	}
	return client.NewSecret(key)
}
