package cli

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
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
