package commands

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/config"
	"github.com/progetctl/progetctl/internal/ledger"
)

// ledgerFlag declares --ledger.
func ledgerFlag(cmd *cobra.Command) {
	cmd.Flags().Var(rawValue{new(string), "PATH"}, "ledger",
		"file in which every record is kept with what became of it; off for none (PROGETCTL_LEDGER)")
}

// ledgerSetting is where the ledger is, "" for nowhere; given says that it was
// named.
func (c *call) ledgerSetting() (path string, given bool) {
	s := c.setting("ledger", "PROGETCTL_LEDGER")
	if s.given() {
		return s.text, true
	}
	if state := config.StateFolder(c.env.getenv); state != "" {
		return filepath.Join(state, "progetctl", "ledger.db"), false
	}
	return "", false
}

// errNoPlace is a ledger that nobody named, on a system that has no place for it.
var errNoPlace = errors.New("no home folder is known, in which the ledger would be")

func (c *call) openAt(path string, mustExist bool) (*ledger.Ledger, error) {
	if path == "" {
		return nil, errNoPlace
	}
	return ledger.Open(c.ctx, ledger.Options{Path: path, MustExist: mustExist, Now: c.env.Now})
}

// needLedger names a use that a switched-off ledger makes impossible.
func (c *call) needLedger(use string) {
	if path, _ := c.ledgerSetting(); path == "off" {
		c.problems.addf("%s needs a ledger, and it is switched off", use)
	}
}

// openLedger opens the ledger for a command that sends; nil where there is
// none. Where it is not needed, one that cannot be used is worth a warning at
// most: the record is sent all the same.
func (c *call) openLedger(needed bool) (*ledger.Ledger, error) {
	path, named := c.ledgerSetting()
	if path == "off" {
		return nil, nil
	}
	l, err := c.openAt(path, false)
	if err == nil || needed || c.ctx.Err() != nil {
		return l, ledgerFailure(err)
	}
	c.ledgerWarning(named, err)
	return nil, nil
}

// ledgerWarning says that there is no keeping of records, to those who would
// want to know: whoever named the ledger, and people.
func (c *call) ledgerWarning(named bool, err error) {
	if named || c.env.StderrTerminal {
		c.warn("records are sent without being kept: %s", err)
	}
}

// readLedger opens the ledger for a command that reads it. The result is nil
// where nobody named one and there is none yet: then nothing was ever recorded.
func (c *call) readLedger() (*ledger.Ledger, error) {
	path, named := c.ledgerSetting()
	l, err := c.openAt(path, true)
	if errors.Is(err, ledger.ErrNotExist) {
		if named {
			f := usage("%s", err)
			f.hint = "the first record makes it: was there none yet, or is the path another?"
			return nil, f
		}
		return nil, nil
	}
	return l, ledgerFailure(err)
}

// ledgerFailure is an error of the ledger where the ledger is needed. An
// interruption says nothing of the ledger.
func ledgerFailure(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return &failure{
		kind: client.KindInternal, lines: []string{err.Error()}, problem: err,
		hint: "name another ledger with --ledger or PROGETCTL_LEDGER",
	}
}
