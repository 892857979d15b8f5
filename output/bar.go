package output

import (
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"time"
)

// Bar is one line of progress. A nil *Bar does nothing.
type Bar struct {
	name   string // clean, and cut
	status statusFunc
	done   func()

	mu             sync.Mutex
	current, total int64 // a total of 0 is unknown
}

// SetTotal sets a total that was unknown at first, in bytes or steps; 0 or less is unknown.
func (b *Bar) SetTotal(total int64) {
	if b == nil || total <= 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total = total
}

// Add reports that n more bytes or steps are done.
func (b *Bar) Add(n int64) {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.current += n
}

// Done ends the line. It may be called again, and after [Progress.Close].
func (b *Bar) Done() {
	if b != nil {
		b.done()
	}
}

// line is what is drawn: the name, a bar if the total is known and there is space, and how far it
// is in words. If they do not fit, the speed is left out first, then the time left.
func (b *Bar) line(width int, elapsed time.Duration) string {
	b.mu.Lock()
	current, total := b.current, b.total
	b.mu.Unlock()
	begin := b.name + " "
	switch {
	case total <= 0 || width < leastLine:
	case width < wideLine:
		begin += bar(current, total, barWidth/2) + " "
	default:
		begin += bar(current, total, barWidth) + " "
	}
	words, left := b.status(current, total, elapsed), remaining(current, total, elapsed)
	amount, _, _ := strings.Cut(words, ", ")
	for _, line := range []string{begin + words + left, begin + amount + left} {
		if textWidth(line) < width { // see lineWidth
			return line
		}
	}
	return begin + amount
}

// remaining guesses the time left from the mean speed so far, and says nothing before that means
// something.
func remaining(current, total int64, elapsed time.Duration) string {
	if current <= 0 || total <= current || elapsed < time.Second {
		return ""
	}
	// Rounded up: what has not arrived yet takes time.
	left := math.Ceil(elapsed.Seconds() * float64(total-current) / float64(current))
	if left > mostSeconds {
		return ""
	}
	return fmt.Sprintf(", %s left", FormatDuration(time.Duration(left)*time.Second))
}

// Reader returns a reader that adds what is read from r.
func (b *Bar) Reader(r io.Reader) io.Reader { return countingReader{r, b} }

// Writer returns a writer that adds what w takes.
func (b *Bar) Writer(w io.Writer) io.Writer { return countingWriter{w, b} }

type countingReader struct {
	io.Reader
	bar *Bar
}

func (c countingReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.bar.Add(int64(n))
	return n, err
}

type countingWriter struct {
	io.Writer
	bar *Bar
}

func (c countingWriter) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.bar.Add(int64(n))
	return n, err
}
