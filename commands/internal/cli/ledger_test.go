package cli

import (
	"context"
	"testing"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
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
	if f := Describe(LedgerFailure(err)); f.Kind != client.KindInterrupted || f.Hint != "" {
		t.Errorf("%v is shown as %s, with the hint %q", err, f, f.Hint)
	}
}
