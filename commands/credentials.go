package commands

import (
	"io"
	"os"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/config"
)

// credentials are the ones of a call, with where they came from.
type credentials struct {
	options []client.Option
	from    string // "--api-key", "PROGET_API_KEY"; "" without any
	travels travel
}

// credentials go by level as a set: any of the flags puts all of the
// environment's out of use, and any of those the source's, which may be nil.
func (c *call) credentials(source *config.Source) credentials {
	auth := c.setting("auth", "PROGET_AUTH")
	if source != nil {
		auth = auth.or(source.Auth, sourceOrigin(*source))
	}
	mode := choice(c, auth, client.AuthModes())
	found := c.credentialSet(func(flag, _ string) setting { return c.setting(flag) })
	if found.from == "" {
		found = c.credentialSet(func(_, variable string) setting { return c.setting("", variable) })
	}
	if found.from == "" {
		found = c.sourceCredentials(source)
	}
	found.options = append(found.options, client.WithAuthMode(mode))
	if found.from != "" && found.travels == travelsNot {
		found.travels = map[client.AuthMode]travel{
			client.AuthQuery: travelsQuery, client.AuthBasic: travelsBasic,
			client.AuthHeader: travelsHeader, client.AuthAuto: travelsHeader,
		}[mode]
	}
	return found
}

// credentialSet reads the four settings of one level.
func (c *call) credentialSet(get func(flag, variable string) setting) credentials {
	key, file := get("api-key", "PROGET_API_KEY"), get("api-key-file", "PROGET_API_KEY_FILE")
	user, password := get("username", "PROGET_USERNAME"), get("password", "PROGET_PASSWORD")
	var named []string
	for _, s := range []setting{key, file, user, password} {
		if s.given() {
			named = append(named, s.from)
		}
	}
	out := credentials{from: strings.Join(named, " and ")}
	basic := user.given() || password.given()
	switch {
	case len(named) == 0:
	case basic && (key.given() || file.given()), key.given() && file.given():
		c.problems.addf("%s exclude each other", out.from)
	case basic && (user.text == "" || !password.given()):
		c.problems.addf("%s: a user name and a password go together", out.from)
	case basic:
		out.options = []client.Option{client.WithBasicAuth(user.text, client.NewSecret(password.text))}
		out.travels = travelsUser
	default:
		secret := client.NewSecret(key.text)
		if file.given() {
			secret = c.keyFromFile(file)
		} else if key.text == "" {
			c.problems.addf("%s is empty", key.from)
		}
		out.options = []client.Option{client.WithAPIKey(secret)}
	}
	return out
}

// keyFileLimit is 64 KiB, far above any key: a wrong file is named as such
// instead of being read to its end.
const keyFileLimit = 64 << 10

// keyFromFile reads a key; "-" is standard input.
func (c *call) keyFromFile(file setting) client.Secret {
	if file.text == "" {
		return client.Secret{}
	}
	in := c.env.Stdin
	if file.text == "-" && c.stdinFor != "" {
		c.problems.addf("%s - and %s - cannot both read standard input", c.stdinFor, file.from)
		return client.Secret{}
	}
	if file.text != "-" {
		f, err := os.Open(file.text)
		if err != nil {
			c.problems.addf("%s: %s", file.from, err)
			return client.Secret{}
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	// Windows PowerShell writes UTF-16 with a byte order mark.
	text := transform.NewReader(patientReader{c.ctx, in}, unicode.BOMOverride(transform.Nop))
	raw, err := io.ReadAll(io.LimitReader(text, keyFileLimit+1))
	key := client.TrimPasted(string(raw))
	switch {
	case err != nil:
		c.problems.addf("%s: %s", file.from, err)
	case len(raw) > keyFileLimit:
		c.problems.addf("%s: %q is too large for a key", file.from, file.text)
	case key == "":
		c.problems.addf("%s: there is no key in %q", file.from, file.text)
	}
	return client.NewSecret(key)
}
