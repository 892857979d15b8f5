//go:build unix

package postgres

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// TestServiceFileThatNobodyWritesTo: the driver reads the service file before it connects.
func TestServiceFileThatNobodyWritesTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PGSERVICEFILE", path)
	t.Setenv("PGSERVICE", "proget")
	defer func() { // ends the reading
		pipe, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		_ = pipe.Close()
	}()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := engine.Options{Place: "postgres://u@127.0.0.1/db"}
	if _, err := Open(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("Open: %v", err)
	}
	if _, err := Examine(ctx, o); !errors.Is(err, context.Canceled) {
		t.Errorf("Examine: %v", err)
	}
}
