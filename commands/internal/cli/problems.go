package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/suggest"
	"github.com/progetctl/progetctl/output"
)

// FlagError makes a usage error of what pflag found; an unknown flag is named with the nearest
// known one.
func FlagError(cmd *cobra.Command, err error) error {
	f := Usage("%s", err)
	f.Hint = seeHelp(cmd)
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		f.Lines = []string{fmt.Sprintf("unknown flag %q for %q", dashed(unknown.GetSpecifiedName()), cmd.CommandPath())}
		f.Hint = DidYouMean(nearestFlags(cmd, unknown.GetSpecifiedName()), f.Hint)
	}
	return f
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// nearestFlags are the flags of a command that an unknown one stands for.
func nearestFlags(cmd *cobra.Command, typed string) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return suggest.Flags(typed, names, output.Formats())
}

// DidYouMean is the hint that names what may be meant, or otherwise if nothing is near.
func DidYouMean(names []string, otherwise string) string {
	if len(names) == 0 {
		return otherwise
	}
	return "did you mean " + Either(names) + "?"
}

// Problems collects everything that is wrong with a command line, so that all of it is named
// together, and the warnings to give if nothing is.
type Problems struct{ lines, warnings []string }

// Addf adds a problem.
func (p *Problems) Addf(format string, args ...any) {
	p.lines = append(p.lines, fmt.Sprintf(format, args...))
}

// warnf adds a warning.
func (p *Problems) warnf(format string, args ...any) {
	p.warnings = append(p.warnings, fmt.Sprintf(format, args...))
}

// Add adds an error of a lower package; nil adds nothing.
func (p *Problems) Add(err error) {
	if err == nil {
		return
	}
	if e, ok := errors.AsType[*client.Error](err); ok && e.Kind == client.KindUsage {
		p.lines = append(p.lines, strings.Split(e.Message, "\n")...)
		return
	}
	p.lines = append(p.lines, err.Error())
}

// None says that nothing is wrong so far.
func (p *Problems) None() bool { return len(p.lines) == 0 }

// err is the usage error of all problems, or nil.
func (p *Problems) err(cmd *cobra.Command) error {
	if p.None() {
		return nil
	}
	return &Failure{Kind: client.KindUsage, Lines: p.lines, Hint: seeHelp(cmd)}
}
