package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"

	"golang.org/x/term"

	"github.com/progetctl/progetctl/internal/safefile"
)

// stdin is standard input, which one value of a run can read.
type stdin struct{ users []string }

// claim reports whether user may read standard input: it is the first that asked. A second one is a
// problem, named once however often it asks.
func (s *stdin) claim(user string, p *Problems) bool {
	if !slices.Contains(s.users, user) {
		s.users = append(s.users, user)
		if len(s.users) > 1 {
			p.Addf("%s and %s can't both read standard input", s.users[0], user)
		}
	}
	return s.users[0] == user
}

// readSecret reads a line from the terminal at standard input without showing it.
func readSecret(ctx context.Context) (string, error) {
	terminal := int(os.Stdin.Fd())
	before, err := term.GetState(terminal)
	if err != nil {
		return "", err
	}
	text, err := safefile.Wait(ctx, func() ([]byte, error) { return term.ReadPassword(terminal) })
	if err != nil && ctx.Err() != nil {
		_ = term.Restore(terminal, before) // otherwise what is typed next stays hidden
	}
	return string(text), err
}

// Interruptible returns a reader that waits for input that may never come, such as a standard input
// that nobody writes to, but no longer than until the context ends: the read itself takes no notice
// of a signal.
func Interruptible(ctx context.Context, r io.Reader) io.Reader { return interruptible{ctx, r} }

type interruptible struct {
	ctx context.Context
	r   io.Reader
}

// Read leaves a read behind that was interrupted: the program ends anyway.
func (p interruptible) Read(out []byte) (int, error) {
	type read struct {
		n     int
		err   error
		crash any
	}
	done := make(chan read, 1)
	// A read that was left behind must not write to what the caller has back.
	buffer := make([]byte, len(out))
	go func() {
		// A panic here would end the program with the exit code that means that nothing was sent;
		// the reader's own is reported.
		defer func() {
			if crash := recover(); crash != nil {
				done <- read{crash: crash}
			}
		}()
		n, err := p.r.Read(buffer)
		done <- read{n: n, err: err}
	}()
	select {
	case <-p.ctx.Done():
		return 0, p.ctx.Err()
	case got := <-done:
		if got.crash != nil {
			panic(got.crash)
		}
		return copy(out, buffer[:got.n]), got.err
	}
}

// OpenInput opens a file for a command to read; what names the value that it was given as. The
// error says what is wrong with it, or that the wait for it was interrupted.
func OpenInput(ctx context.Context, what, path string) (*os.File, error) {
	file, err := openFile(ctx, path)
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, unopened(what, err)
	}
	return file, nil
}

// unopened is the error of a file that could not be opened. With too many open files, it may be a
// good one: that is this machine's fault.
func unopened(what string, err error) error {
	if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
		return fmt.Errorf("%s%s", what, safefile.Words(err))
	}
	return Usage("%s%s", what, safefile.Words(err))
}

// openFile opens a file to read from. A pipe that nobody writes to is waited for, but no longer
// than until the context ends.
func openFile(ctx context.Context, path string) (*os.File, error) {
	return safefile.Wait(ctx, func() (*os.File, error) { return os.Open(path) })
}
