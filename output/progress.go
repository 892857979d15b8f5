package output

import (
	"errors"
	"fmt"
	"io"
	"math"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

const (
	barWidth  = 30 // columns of the bar with its brackets
	leastBar  = 10 // where fewer columns are left there is no bar: the words say more
	leastName = 12 // columns that a name may always have

	mostSeconds = 30 * 24 * 60 * 60 // a month left is no guess any more
)

// Progress draws a line for each thing that takes time, several times a second, and leaves its last state standing.
// It may be used by several goroutines. A nil *Progress, and one that is not enabled, draws nothing.
type Progress struct {
	out       io.Writer
	draw      *mpb.Progress // nil: not enabled
	nameWidth int           // columns of a name at most: the bar and the words need the rest

	mu   sync.Mutex
	bars []*Bar
}

// NewProgress returns the progress on w, which is stderr. Enabled is false where w is no terminal, under --quiet and
// under --debug. Width is that of the terminal in columns; 0 is unknown and taken for 80.
func NewProgress(w io.Writer, enabled bool, width int) *Progress {
	if width <= 0 {
		width = 80
	}
	p := &Progress{out: w, nameWidth: max(leastName, width/4)}
	if enabled {
		p.draw = mpb.New(mpb.WithOutput(w), mpb.WithAutoRefresh(), mpb.WithWidth(width))
	}
	return p
}

// Bytes begins the line of a transfer of size bytes, below 0 for unknown. The name is cleaned.
func (p *Progress) Bytes(name string, size int64) *Bar { return p.add(name, size, byteStatus) }

// Count begins the line of a number of equal steps, total below 0 for unknown. The name is cleaned.
func (p *Progress) Count(name string, total int64) *Bar { return p.add(name, total, countStatus) }

// Write writes whole lines, such as a warning, above what is drawn, and plainly to the stream where nothing is.
func (p *Progress) Write(b []byte) (int, error) {
	if p == nil {
		return len(b), nil
	}
	if p.draw != nil {
		if n, err := p.draw.Write(b); !errors.Is(err, mpb.ErrDone) {
			return n, err
		}
	}
	return p.out.Write(b)
}

// Close ends every line, see [Bar.Done], and returns when the last state is drawn.
func (p *Progress) Close() {
	if p == nil || p.draw == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range p.bars {
		b.Done()
	}
	p.draw.Wait()
}

func (p *Progress) add(name string, total int64, status statusFunc) *Bar {
	if p == nil || p.draw == nil {
		return nil
	}
	start := time.Now()
	describe := func(s decor.Statistics) string {
		elapsed := time.Since(start)
		text := status(s.Current, s.Total, elapsed)
		if s.Aborted {
			return text
		}
		return text + remaining(s.Current, s.Total, elapsed)
	}
	// mpb takes a new total only for a bar that begins without one.
	drawn, err := p.draw.Add(0, barFiller(), mpb.BarWidth(barWidth), mpb.BarFillerTrim(),
		mpb.PrependDecorators(decor.Name(cut(Clean(name), p.nameWidth)+" ")),
		mpb.AppendDecorators(decor.Any(describe)))
	if err != nil {
		return nil // closed
	}
	bar := &Bar{drawn: drawn}
	bar.SetTotal(total)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bars = append(p.bars, bar)
	return bar
}

// barFiller draws a bar where the total is known and there is room, else nothing.
func barFiller() mpb.BarFiller {
	bar := mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding(" ").Rbound("] ").Build()
	return mpb.BarFillerFunc(func(w io.Writer, s decor.Statistics) error {
		if s.Total <= 0 || s.AvailableWidth < leastBar {
			return nil
		}
		return bar.Fill(w, s)
	})
}

// statusFunc says in words how far something is. A total of 0 is unknown.
type statusFunc func(current, total int64, elapsed time.Duration) string

func byteStatus(current, total int64, elapsed time.Duration) string {
	status := FormatBytes(current)
	if total > current {
		status += " of " + FormatBytes(total)
	}
	if elapsed >= time.Second {
		status += ", " + FormatBytes(int64(float64(current)/elapsed.Seconds())) + "/s"
	}
	return status
}

func countStatus(current, total int64, _ time.Duration) string {
	if total <= 0 {
		return fmt.Sprint(current)
	}
	return fmt.Sprintf("%d of %d", current, total)
}

// remaining guesses the time left from the mean speed so far, and says nothing before that means something.
func remaining(current, total int64, elapsed time.Duration) string {
	if current <= 0 || total <= current || elapsed < time.Second {
		return ""
	}
	// Rounded up: what is not there yet takes time.
	left := math.Ceil(elapsed.Seconds() * float64(total-current) / float64(current))
	if left > mostSeconds {
		return ""
	}
	return fmt.Sprintf(", %s left", FormatDuration(time.Duration(left)*time.Second))
}

// Bar is one line of progress. A nil *Bar does nothing.
type Bar struct {
	drawn *mpb.Bar
	mu    sync.Mutex
	total int64
}

// SetTotal tells a total that was learned late, in bytes or steps; 0 or less is unknown.
func (b *Bar) SetTotal(total int64) {
	if b == nil || total <= 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total = total
	b.drawn.SetTotal(total, false)
}

// Add tells that n more bytes or steps are done.
func (b *Bar) Add(n int64) {
	if b != nil {
		b.drawn.IncrInt64(n)
	}
}

// Done ends the line. One that is short of its total stays as it is, so that a person sees where it broke off. It may be
// called again, and after [Progress.Close].
func (b *Bar) Done() {
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.total > 0 && b.drawn.Current() >= b.total {
		b.drawn.SetTotal(-1, true)
	} else {
		b.drawn.Abort(false)
	}
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
