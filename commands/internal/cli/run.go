package cli

import "context"

// resolve reads all values of the run, each once, and names all that is wrong.
func (f *Flags) resolve(ctx context.Context, args []string) *Problems {
	p := &Problems{}
	checked := args
	if f.argsUnchecked {
		checked = nil
	}
	checkLine(f.cmd, checked, p)
	f.app.globals.resolveOutput(f.app.IO, p)
	if f.args != nil {
		*f.args = args
	}
	c := &connection{globals: f.app.globals, io: f.app.IO, ctx: ctx, problems: p}
	if f.server != nil {
		c.findAddress()
	}
	run := f.ciDefaults()
	for _, v := range f.values {
		f.resolveValue(v, run, c.source, p)
	}
	for _, v := range f.values {
		if v.lacking() {
			p.Addf("%s", v.missing())
		}
	}
	if f.identity != nil {
		f.identity.resolve(args, p)
	}
	if f.base != nil && f.app.globals.source.OnLine() {
		c.findAddress()
		*f.base = Text{BaseURL(c.address, p), c.address.From}
	}
	if f.given != nil {
		f.resolveGiven(c)
	}
	for _, check := range f.checks {
		check(p)
	}
	f.resolveServer(c)
	return p
}
