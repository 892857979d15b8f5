package cli

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/progetctl/progetctl/client"
)

// TestInterruptible changes nothing about what is read.
func TestInterruptible(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("some input\n", 100)
	for name, r := range map[string]io.Reader{
		"whole": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text)),
		"in halves": iotest.HalfReader(strings.NewReader(text)),
	} {
		if err := iotest.TestReader(Interruptible(t.Context(), r), []byte(text)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestInterruptibleCrash passes a panic on to the goroutine that reads, where it is recovered.
func TestInterruptibleCrash(t *testing.T) {
	t.Parallel()
	defer func() {
		if cause := recover(); cause != "a hole" {
			t.Errorf("recovered %v", cause)
		}
	}()
	n, err := Interruptible(t.Context(), crashingReader{}).Read(make([]byte, 1))
	t.Errorf("read %d, %v", n, err)
}

type crashingReader struct{}

func (crashingReader) Read([]byte) (int, error) { panic("a hole") }

// TestUnopened: a file that is missing is the user's mistake, too many open files are not.
func TestUnopened(t *testing.T) {
	t.Parallel()
	for cause, usage := range map[syscall.Errno]bool{syscall.ENOENT: true, syscall.EACCES: true, syscall.EMFILE: false, syscall.ENFILE: false} {
		err := unopened("--input-file: ", &fs.PathError{Op: "open", Path: "records.csv", Err: cause})
		if failure, ok := errors.AsType[*Failure](err); ok != usage || ok && failure.Kind != client.KindUsage {
			t.Errorf("%v: %#v", cause, err)
		}
		if !strings.HasPrefix(err.Error(), "--input-file: ") || !strings.Contains(err.Error(), "records.csv") {
			t.Errorf("%v: %v", cause, err)
		}
	}
}
