package commands

import (
	"context"
	"testing"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/output"
)

// Ctrl-C while the ledger is opened says nothing of the ledger.
func TestInterruptionIsNoFailureOfTheLedger(t *testing.T) {
	t.Parallel()
	l, err := ledger.Open(t.Context(), ledger.Options{Path: t.TempDir() + "/ledger.db"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = l.Session(ctx, ledger.SessionOptions{Parallel: 1})
	c, _, _ := reporting(t, output.Table)
	if f := c.describe(ledgerFailure(err)); f.Kind != client.KindInterrupted || f.Hint != "" {
		t.Errorf("%v is told as %s, with the hint %q", err, f, f.Hint)
	}
}
