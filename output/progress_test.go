package output

import (
	"bytes"
	"io"
	"math"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

func TestByteStatus(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	tests := []struct {
		current, total int64
		elapsed        time.Duration
		want           string
	}{
		{0, 0, 0, "0 B"},
		{512, 0, 100 * time.Millisecond, "512 B"},
		{3 * mib, 0, 2 * time.Second, "3.0 MiB, 1.5 MiB/s"},
		{0, 10 * mib, 5 * time.Second, "0 B of 10.0 MiB, 0 B/s"},
		{2 * mib, 10 * mib, 500 * time.Millisecond, "2.0 MiB of 10.0 MiB"},
		{2 * mib, 10 * mib, 2 * time.Second, "2.0 MiB of 10.0 MiB, 1.0 MiB/s"},
		{10 * mib, 10 * mib, 5 * time.Second, "10.0 MiB, 2.0 MiB/s"},
	}
	for _, tt := range tests {
		if got := byteStatus(tt.current, tt.total, tt.elapsed); got != tt.want {
			t.Errorf("byteStatus(%d, %d, %v) = %q, want %q", tt.current, tt.total, tt.elapsed, got, tt.want)
		}
	}
}

func TestCountStatus(t *testing.T) {
	t.Parallel()
	tests := []struct {
		current, total int64
		elapsed        time.Duration
		want           string
	}{
		{0, 0, time.Minute, "0"},
		{7, 0, time.Minute, "7"},
		{0, 500, time.Minute, "0 of 500"},
		{100, 500, 30 * time.Second, "100 of 500"},
		{500, 500, time.Minute, "500 of 500"},
	}
	for _, tt := range tests {
		if got := countStatus(tt.current, tt.total, tt.elapsed); got != tt.want {
			t.Errorf("countStatus(%d, %d, %v) = %q, want %q", tt.current, tt.total, tt.elapsed, got, tt.want)
		}
	}
}

func TestRemaining(t *testing.T) {
	t.Parallel()
	tests := []struct {
		current, total int64
		elapsed        time.Duration
		want           string
	}{
		{2, 10, 2 * time.Second, ", 8s left"},
		{100, 500, 30 * time.Second, ", 2m left"},
		{1, 10_000, time.Minute, ", 6d22h left"},
		{9, 10, 999 * time.Millisecond, ""}, // too early for a rate
		{0, 10, time.Minute, ""},
		{10, 10, time.Minute, ""},
		{5, 0, time.Minute, ""},
		{38, 48, 1200 * time.Millisecond, ", 1s left"},
		{1, math.MaxInt64, time.Hour, ""},
	}
	for _, tt := range tests {
		if got := remaining(tt.current, tt.total, tt.elapsed); got != tt.want {
			t.Errorf("remaining(%d, %d, %v) = %q, want %q", tt.current, tt.total, tt.elapsed, got, tt.want)
		}
	}
}

// at draws what a progress shows that long after its last task began.
func at(p *Progress, elapsed time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.draw(p.tasks[len(p.tasks)-1].began.Add(elapsed))
}

// halted is a progress that draws only when a test says so.
func halted(out io.Writer, width int) *Progress {
	p := NewProgress(out, true, width)
	p.stop = make(chan struct{})
	return p
}

func TestProgressLines(t *testing.T) {
	t.Parallel()
	name := "Newtonsoft.Json." + strings.Repeat("12.", 100) + "nupkg"
	for _, test := range []struct {
		width int
		begin func(*Progress)
		after time.Duration
		want  string
	}{
		{80, func(p *Progress) { p.Count("records", 100).Add(42) }, time.Second, "records [========>           ]  42% 42 of 100, 2s left"},
		{60, func(p *Progress) { p.Count("records", 100).Add(42) }, time.Second, "records [====>     ]  42% 42 of 100, 2s left"},
		{39, func(p *Progress) { p.Count("records", 100).Add(42) }, time.Second, "records 42 of 100, 2s left"},
		{80, func(p *Progress) { p.Count("records", 100).Add(100) }, time.Second, "records [====================] 100% 100 of 100"},
		{80, func(p *Progress) { p.Count("records", -1).Add(3) }, time.Second, "records 3"},
		{0, func(p *Progress) { p.Bytes(name, 4<<20).Add(1 << 20) }, time.Second, "Newtonsoft.Json.12.… [=====>              ]  25% 1.0 MiB of 4.0 MiB, 3s left"},
		{60, func(p *Progress) { p.Bytes("evil\x1b[2J", 2048).Add(2048) }, time.Second, `evil\x1b[2J [==========] 100% 2.0 KiB, 2.0 KiB/s`},
		{60, func(p *Progress) { p.Bytes(name, 4<<20).Add(1 << 20) }, time.Second, "Newtonsoft.Jso… [==>       ]  25% 1.0 MiB of 4.0 MiB"},
		{20, func(p *Progress) { p.Bytes(name, 4<<20).Add(1 << 20) }, time.Second, "Newtonsoft.… 1.0 M…"},
		{80, func(p *Progress) {
			b := p.Bytes("late", -1)
			b.SetTotal(4)
			b.Add(4)
		}, time.Second, "late [====================] 100% 4 B, 4 B/s"},
		{80, func(p *Progress) { p.Status(func() string { return "retrying in 1s\x1b" }) }, time.Second, `retrying in 1s\x1b`},
		{60, func(p *Progress) {
			p.Status(func() string { return "waiting for Acme.Web 1.2.0 to be promoted to nuget-prod (29m left)" })
		}, time.Second, "waiting for Acme.Web 1.2.0 to…oted to nuget-prod (29m left)"},
		{80, func(p *Progress) { p.Count("records", 100) }, 499 * time.Millisecond, ""},
	} {
		var out bytes.Buffer
		p := halted(&out, test.width)
		test.begin(p)
		at(p, test.after)
		want := ""
		if test.want != "" {
			want = "\r" + test.want + "\x1b[K\r"
		}
		if out.String() != want {
			t.Errorf("%d columns: %q, want %q", test.width, out.String(), want)
		}
	}
}

// What is drawn is wiped when it is done, and what lay below it comes back.
func TestProgressIsWiped(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := halted(&out, 80)
	count := p.Count("records", 2)
	at(p, time.Second)
	done := p.Status(func() string { return "retrying in 1s" })
	at(p, 0)
	done()
	at(p, time.Second)
	if _, err := io.WriteString(p, "warning: one\n"); err != nil {
		t.Error(err)
	}
	count.Done()
	count.Done()
	done()
	p.Close()
	const line = "\rrecords [>                   ]   0% 0 of 2\x1b[K\r"
	if want := line + "\rretrying in 1s\x1b[K\r" + line + "\r\x1b[Kwarning: one\n" + line + "\r\x1b[K"; out.String() != want {
		t.Errorf("got %q\nwant %q", out.String(), want)
	}
}

func TestProgressThatIsOff(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	for name, p := range map[string]*Progress{"off": NewProgress(&out, false, 80), "nil": nil} {
		bar := p.Bytes("a", 10)
		bar.Add(1)
		bar.SetTotal(20)
		bar.Done()
		p.Count("b", 3).Add(1)
		p.Close()
		if out.Len() > 0 {
			t.Errorf("%s: %q", name, out.String())
		}
	}
}

func TestProgressWrite(t *testing.T) {
	t.Parallel()
	for _, enabled := range []bool{true, false} {
		var out bytes.Buffer
		p := NewProgress(&out, enabled, 80)
		for _, line := range []string{"warning: one\n", "warning: two\n"} {
			if n, err := io.WriteString(p, line); n != len(line) || err != nil {
				t.Errorf("Write: %d, %v", n, err)
			}
			p.Close()
		}
		if got := out.String(); got != "warning: one\nwarning: two\n" {
			t.Errorf("got %q", got)
		}
	}
	if n, err := (*Progress)(nil).Write([]byte("x\n")); n != 2 || err != nil {
		t.Errorf("nil: %d, %v", n, err)
	}
}

func TestProgressAfterClose(t *testing.T) {
	t.Parallel()
	p := NewProgress(io.Discard, true, 80)
	bar := p.Count("steps", 3)
	p.Close()
	p.Close()
	bar.Add(1)
	bar.Done()
	p.Count("more", 1).Add(1)
}

func TestProgressOfManyGoroutines(t *testing.T) {
	t.Parallel()
	p := NewProgress(io.Discard, true, 80)
	bar := p.Count("records", 800)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				bar.Add(1)
				done := p.Status(func() string { return "waiting" })
				at(p, time.Second)
				done()
			}
		})
	}
	group.Wait()
	if got := bar.line(80, 0); !strings.Contains(got, "800 of 800") {
		t.Errorf("got %q", got)
	}
	p.Close()
}

func TestCountingStreams(t *testing.T) {
	t.Parallel()
	content := strings.Repeat("package", 1000)
	for _, p := range []*Progress{NewProgress(io.Discard, true, 80), nil} {
		in, out := p.Bytes("in", -1), p.Bytes("out", -1)
		if err := iotest.TestReader(in.Reader(strings.NewReader(content)), []byte(content)); err != nil {
			t.Error(err)
		}
		var copied bytes.Buffer
		if _, err := io.Copy(out.Writer(&copied), strings.NewReader(content)); err != nil || copied.String() != content {
			t.Errorf("copied %d bytes, %v", copied.Len(), err)
		}
		if out != nil && out.current != int64(len(content)) {
			t.Errorf("counted %d", out.current)
		}
		if _, err := out.Writer(&fullDisk{3}).Write([]byte("12345")); err == nil {
			t.Error("the error of the stream is lost")
		}
		p.Close()
	}
}
