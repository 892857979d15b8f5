package output

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"syscall"
	"testing"
)

func TestIsClosedPipe(t *testing.T) {
	t.Parallel()
	tests := []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("broken pipe"), false},
		{io.EOF, false},
		{syscall.ENOSPC, false},
		{io.ErrClosedPipe, true},
		{fmt.Errorf("write: %w", &os.PathError{Op: "write", Path: "|1", Err: syscall.EPIPE}), true},
		{syscall.Errno(232), runtime.GOOS == "windows"},
	}
	for _, tt := range tests {
		if got := IsClosedPipe(tt.err); got != tt.want {
			t.Errorf("IsClosedPipe(%v) = %v", tt.err, got)
		}
	}
}

// The operating system's own error, for whatever it is called there.
func TestIsClosedPipeOfTheSystem(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	out := New(w, Options{Format: NDJSON}, View[int]{})
	if err := out.Write(1); err != nil {
		t.Fatalf("within the buffer: %v", err)
	}
	if err := out.Close(); !IsClosedPipe(err) {
		t.Errorf("Close: %v", err)
	}
}
