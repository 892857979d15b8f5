package commands

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/config"
)

// address is where the server is, with the named source that said so.
type address struct {
	setting
	source *config.Source // nil where the address was given as a URL
}

// sources are the named sources of whoever runs the program.
func (c *call) sources() config.Store { return config.Open(c.env.getenv) }

// address finds the server's URL, once for each call: the files with the
// sources are read only where one is named, or nothing else is.
func (c *call) address() address {
	if c.found == nil {
		found := c.findAddress()
		c.found = &found
	}
	return *c.found
}

func (c *call) findAddress() address {
	s := c.setting("source")
	s.text = client.TrimPasted(s.text)
	if !s.given() {
		source, url := c.setting("", "PROGET_SOURCE"), c.setting("", "PROGET_URL")
		switch {
		case source.given() && url.given():
			c.problems.addf("PROGET_SOURCE and PROGET_URL are both set: unset one")
			return address{}
		case url.given():
			return c.urlAddress(url)
		}
		s = setting{client.TrimPasted(source.text), source.from}
	}
	switch {
	case strings.Contains(s.text, "://"):
		return address{setting: s}
	case s.given() && s.text == "": // named already as unusable
		return address{}
	case s.given():
		return c.sourceAddress(s)
	}
	return c.sourceAddress(setting{text: config.DefaultName})
}

// urlAddress takes a URL only.
func (c *call) urlAddress(s setting) address {
	if s.text != "" && !strings.Contains(s.text, "://") {
		c.problems.addf("%s %s is not a URL such as https://proget.corp.local", s.from, quotedAddress(s.text))
		return address{}
	}
	return address{setting: s}
}

// sourceAddress looks a name up; s.from is "" where the name is the default.
func (c *call) sourceAddress(s setting) address {
	source, err := c.sources().Find(s.text)
	if err == nil {
		return address{setting{source.URL, sourceOrigin(source)}, &source}
	}
	unknown, ok := errors.AsType[*config.UnknownError](err)
	switch {
	case !ok:
		c.problems.add(err)
	case s.given():
		c.problems.addf("%s %s is no URL such as https://proget.corp.local, and no source has that name: %s",
			s.from, quotedAddress(s.text), knownSources(unknown.Known))
	case len(unknown.Known) > 0:
		c.problems.addf("no server is named: give --source NAME|URL or set PROGET_URL; %s", knownSources(unknown.Known))
	default:
		c.problems.addf("no server is named: give --source URL, set PROGET_URL, or keep one with progetctl sources add")
	}
	return address{}
}

// quotedAddress is an address that cannot be used, unless there may be a password
// in it.
func quotedAddress(text string) string {
	if strings.Contains(text, "@") {
		return "(not shown, because it may hold a password)"
	}
	return strconv.Quote(text)
}

func knownSources(names []string) string {
	if len(names) == 0 {
		return "there are none yet, see progetctl sources add"
	}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	return "known sources are " + strings.Join(quoted, ", ")
}

// sourceOrigin names a source where the origin of a value is told.
func sourceOrigin(s config.Source) string { return fmt.Sprintf("source %q in %s", s.Name, s.File) }

// feed is --feed, PROGET_FEED or the source's default feed.
func (c *call) feed() setting {
	s := c.setting("feed", "PROGET_FEED")
	if s.given() {
		return s
	}
	if source := c.address().source; source != nil {
		return s.or(source.Feed, sourceOrigin(*source))
	}
	return s
}

// requiredFeed is a feed that must be there.
func (c *call) requiredFeed() setting {
	s := c.feed()
	if !s.given() {
		c.problems.addf("--feed is required (or set PROGET_FEED)")
	}
	return s
}

// or takes a text in the place of a setting that was not given.
func (s setting) or(text, from string) setting {
	if s.given() || text == "" {
		return s
	}
	return setting{text, from}
}

// sourceCredentials are the ones of a named source.
func (c *call) sourceCredentials(source *config.Source) credentials {
	if source == nil {
		return credentials{}
	}
	out := credentials{from: sourceOrigin(*source)}
	switch {
	case source.Username != "":
		out.options = []client.Option{client.WithBasicAuth(source.Username, client.NewSecret(source.Password))}
		out.travels = travelsUser
	case source.APIKey != "":
		out.options = apiKey(client.NewSecret(source.APIKey))
	case source.APIKeyFile != "":
		out.options = apiKey(c.keyFromFile(setting{source.APIKeyFile, out.from}))
	case len(source.KeyCommand) > 0:
		out.options = apiKey(c.keyFromCommand(source, out.from))
	default:
		return credentials{}
	}
	return out
}

func apiKey(key client.Secret) []client.Option { return []client.Option{client.WithAPIKey(key)} }

// keyFromCommand runs a source's key command, unless something is wrong
// already: it may ask a person to unlock a key store.
func (c *call) keyFromCommand(source *config.Source, from string) client.Secret {
	if len(c.problems.lines) > 0 {
		return client.Secret{}
	}
	key, err := config.RunKeyCommand(c.ctx, source.KeyCommand, c.env.Environ())
	if err != nil {
		c.problems.addf("%s: %s", from, err)
	}
	return client.NewSecret(key)
}
