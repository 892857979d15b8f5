package config

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

const (
	// keyCommandTime is how long a key command may take: a minute, because a person may have to
	// unlock a key store first.
	keyCommandTime = time.Minute
	// keyCommandGrace is how long its pipes may stay open after it was ended.
	keyCommandGrace = time.Second
	// keyCommandLimit is 64 KiB, far above any key, and above any sensible complaint.
	keyCommandLimit = 64 << 10
)

// RunKeyCommand runs a program without a shell, in the given environment and with nothing on its
// standard input, and returns the one line that it prints. Errors name the program, and quote what
// it wrote to its standard error (at most a line), but never its arguments or its output.
func RunKeyCommand(ctx context.Context, command, environ []string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, keyCommandTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = environ
	cmd.WaitDelay = keyCommandGrace
	var stdout, stderr limited
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	// A successful program may leave another one behind that keeps its output open: an agent that
	// holds keys.
	if err := cmd.Run(); err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return "", keyCommandError(ctx, command[0], err, stderr.buf.String())
	}
	key := strings.TrimRight(strings.TrimPrefix(stdout.buf.String(), "\ufeff"), "\r\n")
	switch {
	case strings.TrimSpace(key) == "":
		return "", fmt.Errorf("the key command %q printed nothing", command[0])
	case stdout.cut, strings.ContainsAny(key, "\r\n"):
		return "", fmt.Errorf("the key command %q printed more than one line", command[0])
	}
	return key, nil
}

// keyCommandError says why a key command failed, in its own words if it has any.
func keyCommandError(ctx context.Context, program string, err error, words string) error {
	if ctx.Err() != nil {
		return fmt.Errorf("the key command %q took too long or was interrupted", program)
	}
	if missing, ok := errors.AsType[*exec.Error](err); ok {
		err = missing.Err
	}
	first, _, _ := strings.Cut(strings.TrimSpace(words), "\n")
	if first = strings.TrimSpace(first); first != "" {
		return fmt.Errorf("the key command %q failed (%w): %s", program, err, first)
	}
	return fmt.Errorf("the key command %q failed: %w", program, err)
}

// limited keeps the beginning of what is written to it.
type limited struct {
	buf bytes.Buffer
	cut bool
}

// Write keeps what fits and swallows the rest.
func (l *limited) Write(p []byte) (int, error) {
	room := max(keyCommandLimit-l.buf.Len(), 0)
	l.cut = l.cut || len(p) > room
	l.buf.Write(p[:min(len(p), room)])
	return len(p), nil
}
