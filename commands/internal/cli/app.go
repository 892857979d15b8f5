// Package cli is what commands are made of: one run of the program, the values of a command line,
// results and messages, the connection to the server.
//
// A command declares its values once, in a [Flags], and gives it the function that runs the
// command. Before that function is called, all values are resolved, and everything that is wrong
// with them is named together.
package cli

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/output"
	"github.com/spf13/cobra"
)

// App is one run of the program.
type App struct {
	IO      *IO
	globals *globals
	// commands has the values of each command in the tree.
	commands map[*cobra.Command]*Flags
	declared []*Flags // in their order
	// interrupted says that a signal, or the caller, ended the run.
	interrupted bool
	atEnd       []func() // what ends with the run
}

// New begins a run.
func New(env Env) *App {
	a := &App{IO: newIO(env), commands: map[*cobra.Command]*Flags{}}
	a.globals = newGlobals()
	return a
}

// RegisterGlobals gives the root of the command tree the flags of every command.
func (a *App) RegisterGlobals(root *cobra.Command) {
	root.PersistentFlags().SortFlags = false
	for _, v := range a.globals.values {
		v.register(root.PersistentFlags())
	}
}

// Of returns the values of a command, nil if it has none of its own.
func (a *App) Of(cmd *cobra.Command) *Flags { return a.commands[cmd] }

// Variable is one that is read, with what it gives.
type Variable struct{ Name, Meaning string }

// Variables are all that the commands made so far read, in the order of their declaration.
func (a *App) Variables() []Variable {
	flags, meanings := map[string][]string{}, map[string]string{}
	var names []string
	for _, v := range a.globals.values {
		names = v.explain(names, flags, meanings)
	}
	for _, f := range a.declared {
		for _, v := range f.values {
			names = v.explain(names, flags, meanings)
		}
	}
	all := make([]Variable, len(names))
	for i, name := range names {
		all[i] = Variable{name, meanings[name]}
		if len(flags[name]) > 0 {
			all[i].Meaning += " (" + strings.Join(flags[name], ", ") + ")"
		}
	}
	return all
}

// explain adds the variables of a value that are new to names.
func (v *Value) explain(names []string, flags map[string][]string, meanings map[string]string) []string {
	for _, name := range v.Variables {
		if name != strings.ToUpper(name) {
			continue // another spelling
		}
		if meanings[name] == "" {
			meaning, _, _ := strings.Cut(v.Usage, "; ") // the rest is about the flag
			meaning, _, _ = strings.Cut(meaning, " (PROGET")
			names, meanings[name] = append(names, name), meaning
		}
		if flag := "--" + v.Name; v.Name != "" && !slices.Contains(flags[name], flag) {
			flags[name] = append(flags[name], flag)
		}
	}
	return names
}

// Flags begins the declaration of a command's values.
func (a *App) Flags(cmd *cobra.Command) *Flags {
	f := &Flags{app: a, cmd: cmd}
	cmd.Flags().SortFlags = false // help has them in the order in which they are declared
	a.commands[cmd] = f
	a.declared = append(a.declared, f)
	return f
}

// ExpectJSON has errors written as JSON if the arguments ask for it. It reads them before they are
// parsed, so that a parse error is JSON, too.
func (a *App) ExpectJSON(args []string) { a.IO.json = asksForJSON(args) }

// Finish reports err, if any, and returns the exit code.
func (a *App) Finish(err error) int {
	broken := a.IO.result.err
	err = cmp.Or(err, broken)
	if err == nil {
		return CodeDone
	}
	// Only stdout counts: a server that closes its connection makes the same error.
	if output.IsClosedPipe(broken) {
		return CodeInternal
	}
	if reported, ok := errors.AsType[Reported](err); ok {
		if broken != nil {
			Describe(broken).show(a.IO)
			return CodeInternal
		}
		return exitCode(reported.Kind)
	}
	if child, ok := errors.AsType[ChildExit](err); ok {
		return int(child)
	}
	f := Describe(err)
	if a.interrupted {
		f.Kind = client.KindInterrupted
	}
	f.show(a.IO)
	return exitCode(f.Kind)
}

// Crashed reports a panic and returns the exit code.
func (a *App) Crashed(cause any) int {
	f := &Failure{Kind: client.KindInternal, Lines: []string{"progetctl crashed; this is a bug"}}
	if a.IO.Sent.Load() {
		f.Hint = "the server may have stored what was being sent; check ProGet and `progetctl deploy pending` before you run it again"
	}
	f.show(a.IO)
	a.IO.ShowCrash(cause)
	return exitCode(f.Kind)
}
