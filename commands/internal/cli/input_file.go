package cli

import (
	"context"
	"os"

	"github.com/progetctl/progetctl/internal/safefile"
)

// OpenInput opens a file for a command to read; what names the value that it
// was given as. The error says what is wrong with it, or that the wait for it was
// interrupted.
func OpenInput(ctx context.Context, what, path string) (*os.File, error) {
	file, err := openFile(ctx, path)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, Usage("%s%s", what, safefile.Words(err))
	}
	return file, nil
}

// openFile opens a file to read from. A pipe that nobody writes to is waited
// for, but no longer than until the context ends.
func openFile(ctx context.Context, path string) (*os.File, error) {
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		file, err := os.Open(path)
		done <- opened{file, err}
	}()
	select {
	case <-ctx.Done(): // the program ends, and with it what is left behind
		return nil, ctx.Err()
	case got := <-done:
		return got.file, got.err
	}
}
