package sandbox

import (
	"errors"
	"fmt"
	"strings"
	"syscall"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/shell"
)

// shownFeeds are feeds that the examples of README and docs use.
const shownFeeds = "DefaultNuGet, nuget-dev, nuget-test, nuget-prod, npm-approved"

// greet says where the server is, how to point a shell at it, and how to stop it.
func (o startOptions) greet(io *cli.IO, r *running) error {
	if _, err := (cli.HarmlessLines{W: io.Stdout}).Write([]byte(o.pasted(r))); err != nil {
		return err
	}
	for _, line := range []string{
		"Some feeds: " + shownFeeds, "Open " + r.url + "/ in a browser to see what was recorded.", "Ctrl-C stops the server.",
	} {
		if err := io.Say("%s", line); err != nil {
			return err
		}
	}
	return nil
}

// pasted says where the server is, with the lines to paste, which are not wrapped.
func (o startOptions) pasted(r *running) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Listening on %s\n\nPoint your shell at it:\n", r.url)
	variables := o.variables(r.url)
	b.WriteString("  sh          export")
	for _, v := range variables {
		b.WriteString(" " + v.name + "=" + shell.Quote(v.value))
	}
	b.WriteString("\n  PowerShell  ")
	for i, v := range variables {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString("$env:" + v.name + " = '" + strings.ReplaceAll(v.value, "'", "''") + "'")
	}
	b.WriteString("\n\n")
	return b.String()
}

// variable is one of the environment.
type variable struct{ name, value string }

// variables are those that a client needs. A key that came from a file is not shown, but read from
// there again.
func (o startOptions) variables(url string) []variable {
	all := []variable{{"PROGET_URL", url}}
	switch {
	case o.key.Given():
		all = append(all, variable{"PROGET_API_KEY", client.TrimPasted(o.key.Value)})
	case o.keyFile.Given() && o.keyFile.Value != "-":
		all = append(all, variable{"PROGET_API_KEY_FILE", o.keyFile.Value})
	}
	return all
}

// windowsAddressInUse is WSAEADDRINUSE, for which Windows has no EADDRINUSE.
const windowsAddressInUse = syscall.Errno(10048)

// listenFailure says why the server cannot listen, without Go's own words.
func listenFailure(address string, err error) error {
	f := &cli.Failure{Kind: client.KindInternal, Err: err}
	reason := err
	if code, ok := errors.AsType[syscall.Errno](err); ok {
		reason = code
		if code == syscall.EADDRINUSE || code == windowsAddressInUse {
			reason = errors.New("the port is already in use")
			f.Hint = "another server is running there, maybe another sandbox; use a free port with `progetctl sandbox start --addr 127.0.0.1:0`"
		}
	}
	f.Lines = []string{fmt.Sprintf("cannot listen on %s: %s", address, reason)}
	return f
}
