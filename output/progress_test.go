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
		{100, 500, 30 * time.Second, ", 2m0s left"},
		{1, 10_000, time.Minute, ", 6d22h left"},
		{9, 10, 999 * time.Millisecond, ""}, // too early to tell
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

// lastFrame returns what is left standing when nothing more is drawn, the line of each bar.
func lastFrame(out string) []string {
	if i := strings.LastIndex(out, "\x1b[J"); i >= 0 {
		out = out[i+len("\x1b[J"):]
	}
	return strings.Split(strings.TrimSuffix(out, "\n"), "\n")
}

func TestProgressLastState(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := NewProgress(&out, true, 100)
	whole := p.Bytes("whole\x1b[2J.nupkg", 2048)
	whole.Add(2048)
	broken := p.Bytes("broken", 2048)
	broken.Add(512)
	broken.Done()
	unknown := p.Count("unknown", -1)
	unknown.Add(3)
	late := p.Count("late", -1)
	late.SetTotal(4)
	late.Add(4)
	p.Close()
	want := []string{
		`whole\x1b[2J.nupkg [===========================] 2.0 KiB`,
		"broken [======>                    ] 512 B of 2.0 KiB",
		"unknown 3",
		"late [===========================] 4 of 4",
	}
	got := lastFrame(out.String())
	if len(got) != len(want) {
		t.Fatalf("%d lines: %q", len(got), got)
	}
	for i, line := range got {
		if strings.TrimRight(line, " ") != want[i] {
			t.Errorf("line %d: %q, want %q", i, line, want[i])
		}
	}
}

func TestProgressFitsTheTerminal(t *testing.T) {
	t.Parallel()
	name := "Newtonsoft.Json." + strings.Repeat("12.", 100) + "nupkg"
	tests := []struct {
		width int
		want  string
	}{
		{0, "Newtonsoft.Json.12.… [===========================] 2.4 MiB"},
		{100, "Newtonsoft.Json.12.12.12… [===========================] 2.4 MiB"},
		{30, "Newtonsoft.… [=======] 2.4 MiB"},
		{25, "Newtonsoft.… 2.4 MiB"},
	}
	for _, tt := range tests {
		var out bytes.Buffer
		p := NewProgress(&out, true, tt.width)
		p.Bytes(name, 2516582).Add(2516582)
		p.Close()
		if got := lastFrame(out.String()); len(got) != 1 || got[0] != tt.want {
			t.Errorf("%d columns: %q, want %q", tt.width, got, tt.want)
		}
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
	var drawn, plain bytes.Buffer
	on := NewProgress(&drawn, true, 80)
	on.Count("records", 2).Add(1)
	for _, p := range []*Progress{on, NewProgress(&plain, false, 80), nil} {
		if n, err := io.WriteString(p, "warning: one\n"); n != 13 || err != nil {
			t.Errorf("Write: %d, %v", n, err)
		}
		p.Close()
		if n, err := io.WriteString(p, "warning: two\n"); n != 13 || err != nil {
			t.Errorf("Write after Close: %d, %v", n, err)
		}
	}
	if got := drawn.String(); !strings.Contains(got, "warning: one\n") || !strings.HasSuffix(got, "\nwarning: two\n") {
		t.Errorf("drawn: %q", got)
	}
	if got := plain.String(); got != "warning: one\nwarning: two\n" {
		t.Errorf("plain: %q", got)
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
	var out bytes.Buffer
	p := NewProgress(&out, true, 80)
	bar := p.Count("records", 800)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				bar.Add(1)
			}
		})
	}
	group.Wait()
	p.Close()
	if got := lastFrame(out.String())[0]; !strings.Contains(got, "800 of 800") {
		t.Errorf("got %q", got)
	}
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
		if out != nil && out.drawn.Current() != int64(len(content)) {
			t.Errorf("counted %d", out.drawn.Current())
		}
		if _, err := out.Writer(&fullDisk{3}).Write([]byte("12345")); err == nil {
			t.Error("the error of the stream is lost")
		}
		p.Close()
	}
}
