package output

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	barWidth  = 20 // columns between the brackets of a bar; half of it below wideLine
	wideLine  = 70 // columns of a terminal
	leastLine = 40 // columns of a terminal below which there is no bar: the words say more
	leastName = 12 // columns that a name may always have

	// quickTask is how long a task may take before anything is drawn: a line that only flashes up
	// is noise.
	quickTask = 500 * time.Millisecond
	redraw    = 100 * time.Millisecond

	mostSeconds = 30 * 24 * 60 * 60 // beyond a month, an estimate says nothing
)

// Progress draws one line about what goes on, several times a second, and wipes it when that is
// done. Of several tasks it shows the last that began. It may be used by several goroutines. A nil
// *Progress, and one that is not enabled, draws nothing.
type Progress struct {
	out     io.Writer
	enabled bool
	width   int // columns of the terminal

	mu    sync.Mutex
	tasks []*task
	stop  chan struct{} // ends the ticking; nil while there are no tasks
	drawn string        // the line that is on the terminal; "" for none
}

// task is something that takes time.
type task struct {
	began time.Time
	line  func(elapsed time.Duration) string // one clean line
}

// NewProgress returns the progress on w, which is stderr. Enabled is false where w is not a
// terminal, under --quiet and under --debug. Width is that of the terminal in columns; 0 is unknown
// and taken for 80.
func NewProgress(w io.Writer, enabled bool, width int) *Progress {
	if width <= 0 {
		width = 80
	}
	return &Progress{out: w, enabled: enabled, width: width}
}

// Bytes begins the line of a transfer of size bytes, below 0 for unknown. The name is cleaned.
func (p *Progress) Bytes(name string, size int64) *Bar { return p.add(name, size, byteStatus) }

// Count begins the line of a number of equal steps, total below 0 for unknown. The name is cleaned.
func (p *Progress) Count(name string, total int64) *Bar { return p.add(name, total, countStatus) }

// Status begins a line whose text is asked for each time it is drawn, and cleaned. The function
// that it returns ends it.
func (p *Progress) Status(text func() string) (done func()) {
	return p.begin(func(time.Duration) string {
		line := Clean(text())
		if textWidth(line) > p.lineWidth() {
			return cutMiddle(line, p.lineWidth()) // how long it will take is at the end
		}
		return line
	})
}

// lineWidth is how wide a line may be: in the last column a terminal may begin a new one.
func (p *Progress) lineWidth() int { return p.width - 1 }

// Write writes whole lines, such as a warning, above what is drawn, and plainly to the stream where
// nothing is.
func (p *Progress) Write(b []byte) (n int, err error) {
	if p == nil {
		return len(b), nil
	}
	p.Above(func() { n, err = p.out.Write(b) })
	return n, err
}

// Above calls write, which writes whole lines to the same terminal, while no line of progress is
// there.
func (p *Progress) Above(write func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	line := p.drawn
	p.wipe()
	write()
	p.show(line)
}

// Close ends every line.
func (p *Progress) Close() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tasks = nil
	p.idle()
}

func (p *Progress) add(name string, total int64, status statusFunc) *Bar {
	if p == nil || !p.enabled {
		return nil
	}
	b := &Bar{name: cut(Clean(name), max(leastName, p.width/4)), total: max(total, 0), status: status}
	b.done = p.begin(func(elapsed time.Duration) string { return b.line(p.width, elapsed) })
	return b
}

// begin adds a task; the first one begins the ticking. The function that it returns ends the task,
// and may be called again.
func (p *Progress) begin(line func(time.Duration) string) (done func()) {
	if p == nil || !p.enabled {
		return func() {}
	}
	t := &task{began: time.Now(), line: line}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tasks = append(p.tasks, t)
	if p.stop == nil {
		p.stop = make(chan struct{})
		go p.tick(p.stop)
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.tasks = slices.DeleteFunc(p.tasks, func(other *task) bool { return other == t })
		if len(p.tasks) == 0 {
			p.idle()
		}
	}
}

func (p *Progress) tick(stop <-chan struct{}) {
	ticker := time.NewTicker(redraw)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-ticker.C:
			p.mu.Lock()
			p.draw(now)
			p.mu.Unlock()
		}
	}
}

// idle wipes the line and ends the ticking. The caller holds the lock.
func (p *Progress) idle() {
	p.wipe()
	if p.stop != nil {
		close(p.stop)
		p.stop = nil
	}
}

// draw draws the last task, if it has taken long enough. The caller holds the lock.
func (p *Progress) draw(now time.Time) {
	if len(p.tasks) == 0 {
		return
	}
	t := p.tasks[len(p.tasks)-1]
	elapsed := now.Sub(t.began)
	if p.drawn == "" && elapsed < quickTask {
		return
	}
	if line := cut(t.line(elapsed), p.lineWidth()); line != p.drawn {
		p.show(line)
	}
}

// show writes a line. The cursor stays at its beginning, so that what the terminal itself writes
// there (^C) is wiped with it.
func (p *Progress) show(line string) {
	if line != "" {
		_, _ = io.WriteString(p.out, "\r"+line+eraseToEnd+"\r")
	}
	p.drawn = line
}

// eraseToEnd erases the rest of the line (ECMA-48 EL).
const eraseToEnd = "\x1b[K"

func (p *Progress) wipe() {
	if p.drawn != "" {
		_, _ = io.WriteString(p.out, "\r"+eraseToEnd)
		p.drawn = ""
	}
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

// bar is a picture of a share, of a fixed width, with its percentage.
func bar(current, total int64, columns int) string {
	share := min(float64(current)/float64(total), 1)
	full := int(share * float64(columns))
	picture := strings.Repeat("=", full)
	if full < columns {
		picture += ">" + strings.Repeat(" ", columns-full-1)
	}
	return fmt.Sprintf("[%s] %3d%%", picture, int(share*100))
}
