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

// A command to paste has the ledger that the flag named, and never a password.
func TestOptionOfALedger(t *testing.T) {
	t.Parallel()
	const agent = "postgres://agent@db/deployments?sslmode=verify-full"
	for _, tt := range []struct{ from, path, want string }{
		{ledgerFlag, "a.db", " --ledger a.db"},
		{"PROGETCTL_LEDGER", "a.db", ""},
		{"", "a.db", ""},
		{ledgerFlag, agent, " --ledger '" + agent + "'"},
		{ledgerFlag, "postgres://agent:canary@db/deployments?sslmode=verify-full", " --ledger '" + agent + "'"},
		{ledgerFlag, "postgres://agent@db/deployments?password=canary&sslmode=verify-full", " --ledger '" + agent + "'"},
		{ledgerFlag, "postgres://agent:ca#nary@db/deployments", ""},
		{"PROGETCTL_LEDGER", agent, ""},
	} {
		if got := (Ledger{Path: tt.path, Named: tt.from != "", From: tt.from}).Option(); got != tt.want {
			t.Errorf("%s from %q: got %q, want %q", tt.path, tt.from, got, tt.want)
		}
	}
}
