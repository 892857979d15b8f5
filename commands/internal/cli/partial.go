package cli

import (
	"context"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
)

// Partial is what a command line that is still being typed says, for completion.
type Partial struct {
	Server  *Server // that can be asked without asking a person first
	Feed    string  // that the command line is about, "" for none
	Package ecosystem.Package
}

// Partial reads a command line that is still being typed. Nothing is said about
// what is wrong with it; ok says that there is a server to ask.
func (f *Flags) Partial(ctx context.Context, args []string) (partial Partial, ok bool) {
	p := &Problems{}
	c := &connection{globals: f.app.globals, io: f.app.IO, ctx: ctx, problems: p}
	c.findAddress()
	if c.asksAPerson() {
		return partial, false
	}
	partial.Server = c.connect(ServerUse{Options: func() []client.Option { return []client.Option{client.WithRetries(0)} }})
	for _, v := range f.values {
		f.resolveValue(v, f.ciDefaults(), c.source, p)
		if v.Kind == KindFeed || v.Kind == KindFeeds {
			if first, _, _ := strings.Cut(v.got.Value, ","); first != "" {
				partial.Feed = first
			}
		}
	}
	if f.identity != nil {
		f.identity.resolve(args, p)
		partial.Package = f.identity.Package
	}
	return partial, partial.Server != nil
}

// asksAPerson tells whether the key would be read from standard input, or from
// a program that may ask for a password.
func (c *connection) asksAPerson() bool {
	file := c.globals.keyFile.read(c.io.Env, c.problems)
	return file.Value == "-" || c.source != nil && len(c.source.KeyCommand) > 0
}
