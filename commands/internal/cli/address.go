package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/config"
)

// Sources are the named sources of whoever runs the program.
func Sources(o *IO) config.Store { return config.Open(o.Getenv) }

// findAddress finds the server's URL. The files with the sources are read only
// if one is named, or nothing else is.
func (c *connection) findAddress() {
	s := c.globals.source.onLine()
	s.Value = client.TrimPasted(s.Value)
	if !s.Given() {
		source, url := c.variable(c.globals.source), c.variable(c.globals.url)
		switch {
		case source.Given() && url.Given():
			c.problems.Addf("PROGET_SOURCE and PROGET_URL are both set: unset one")
			return
		case url.Given():
			c.takeURL(url)
			return
		}
		s = Text{client.TrimPasted(source.Value), source.From}
	}
	switch {
	case strings.Contains(s.Value, "://"):
		c.address = s
	case s.Given() && s.Value == "": // named already as unusable
	case s.Given():
		c.lookUp(s)
	default:
		c.lookUp(Text{Value: config.DefaultName})
	}
}

// takeURL takes a URL only.
func (c *connection) takeURL(s Text) {
	if s.Value != "" && !strings.Contains(s.Value, "://") {
		c.problems.Addf("%s %s is not a URL such as https://proget.corp.local", s.From, quotedAddress(s.Value))
		return
	}
	c.address = s
}

// lookUp finds a source; s.From is "" if the name is the default.
func (c *connection) lookUp(s Text) {
	source, err := Sources(c.io).Find(s.Value)
	if err == nil {
		c.address, c.source = Text{source.URL, sourceOrigin(source)}, &source
		return
	}
	unknown, ok := errors.AsType[*config.UnknownError](err)
	switch {
	case !ok:
		c.problems.Add(err)
	case s.Given():
		c.problems.Addf("%s %s is no URL such as https://proget.corp.local, and no source has that name: %s",
			s.From, quotedAddress(s.Value), KnownSources(unknown.Known))
	case len(unknown.Known) > 0:
		c.problems.Addf("no server is named: give --source NAME|URL or set PROGET_URL; %s", KnownSources(unknown.Known))
	default:
		c.problems.Addf("no server is named: give --source URL, set PROGET_URL, or keep one with progetctl sources add")
	}
}

// quotedAddress is an address that cannot be used, unless there may be a password
// in it.
func quotedAddress(text string) string {
	if strings.Contains(text, "@") {
		return "(not shown, because it may hold a password)"
	}
	return strconv.Quote(text)
}

// KnownSources lists the names of sources in a message.
func KnownSources(names []string) string {
	if len(names) == 0 {
		return "there are none yet, see progetctl sources add"
	}
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = strconv.Quote(name)
	}
	return "known sources are " + strings.Join(quoted, ", ")
}

// sourceOrigin names a source as the place where a value came from.
func sourceOrigin(s config.Source) string { return fmt.Sprintf("source %q in %s", s.Name, s.File) }
