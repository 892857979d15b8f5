package records

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestSourceReadsLikeAReader(t *testing.T) {
	t.Parallel()
	const content = "Target,Version\nwéb01,1.0\n"
	for name, input := range map[string]string{
		"UTF-8": content, "with mark": "\xef\xbb\xbf" + content,
		"UTF-16 little endian": utf16Text(content, false), "UTF-16 big endian": utf16Text(content, true),
	} {
		if err := iotest.TestReader(NewText(strings.NewReader(input), "a record", maxRecord), []byte(content)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// However the bytes arrive, text comes through as it is in each encoding, and its lines are
// counted.
func TestSourceKeepsText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := strings.ReplaceAll(rapid.String().Draw(t, "text"), "\x00", "")
		want = strings.TrimPrefix(want, "\uFEFF") // a mark of its own would be taken for one
		encoded := rapid.SampledFrom([]string{"\xef\xbb\xbf" + want, utf16Text(want, false), utf16Text(want, true)}).Draw(t, "encoded")
		src := NewText(iotest.HalfReader(strings.NewReader(encoded)), "a record", maxRecord)
		got, err := io.ReadAll(src)
		if err != nil || string(got) != want || src.lines != strings.Count(want, "\n") {
			t.Fatalf("%q came as %q with %d lines, %v", want, got, src.lines, err)
		}
	})
}

// Bytes that are not text are found at their line, after all the text before them.
func TestSourceFindsTheLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.IntRange(0, 3000).Draw(t, "lines")
		before := strings.Repeat("ü\n", lines)
		bad := rapid.SampledFrom([]string{"\x00", "\xff", "\xc3\n", "\xed\xa0\x80"}).Draw(t, "bad")
		got, err := io.ReadAll(NewText(strings.NewReader(before+bad+"more"), "a record", maxRecord))
		var problem *Problem
		if !errors.As(err, &problem) || problem.Place != linePlace(lines+1) || !strings.HasPrefix(string(got), before) {
			t.Fatalf("%d lines before %q: %d bytes, %v", lines, bad, len(got), err)
		}
		if !utf8.Valid(got) {
			t.Fatalf("handed on %q", got)
		}
	})
}

// The bound starts again with each record, and nothing beyond it is read.
func TestSourceIsBounded(t *testing.T) {
	t.Parallel()
	src := NewText(endlessly('x'), "a record", maxRecord)
	for range 3 {
		src.Next()
		n, err := io.Copy(io.Discard, src)
		if n != maxRecord || err == nil || !strings.HasSuffix(err.Error(), "a record longer than 1 MiB") {
			t.Errorf("read %d bytes, %v", n, err)
		}
	}
}

// endlessly is an endless input of one byte.
type endlessly byte

func (z endlessly) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(z)
	}
	return len(p), nil
}
