package commands

import (
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// screen is what a person sees of what was written to a terminal.
type screen struct {
	lines    []string
	row, col int
}

// write obeys what a line of progress needs: line breaks, erasing.
func (s *screen) write(text string) {
	for len(text) > 0 {
		for len(s.lines) <= s.row {
			s.lines = append(s.lines, "")
		}
		c := text[0]
		switch {
		case strings.HasPrefix(text, "\x1b["):
			end := strings.IndexFunc(text[2:], func(r rune) bool { return r >= '@' }) + 2
			if end < 2 {
				return
			}
			s.order(text[2:end], text[end])
			text = text[end+1:]
			continue
		case c == '\n':
			s.row++
		case c == '\r':
			s.col = 0
		default:
			line := s.lines[s.row] + strings.Repeat(" ", max(0, s.col-len(s.lines[s.row])))
			s.lines[s.row] = line[:s.col] + string(c) + line[min(len(line), s.col+1):]
			s.col++
		}
		text = text[1:]
	}
}

func (s *screen) order(number string, what byte) {
	n, err := strconv.Atoi(number)
	if err != nil {
		n = 0
	}
	switch what {
	case 'A':
		s.row = max(0, s.row-max(1, n))
	case 'J':
		s.lines = s.lines[:s.row+1]
		s.lines[s.row] = s.lines[s.row][:min(s.col, len(s.lines[s.row]))]
	case 'K':
		s.lines[s.row] = s.lines[s.row][:min(s.col, len(s.lines[s.row]))]
	}
}

// TestWarningStaysAboveTheBar: the next frame of a bar does not wipe a warning that comes while it
// is drawn; the bar itself is wiped in the end.
func TestWarningStaysAboveTheBar(t *testing.T) {
	t.Parallel()
	drawn, warned := make(chan struct{}), make(chan struct{})
	b := keepBooks(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/api/packages/") { // what --check asks
				<-drawn
				http.NotFound(w, r)
				return
			}
			<-warned
			next.ServeHTTP(w, r)
		})
	})
	person, program := openTerminal(t)
	cmd := b.command(b.batch(3, "--check", "--ledger", "off", "--parallel", "1")...)
	cmd.Env = append(cmd.Env, "TERM=xterm", "NO_COLOR=1")
	stdout, err := os.Create(b.dir + "/stdout")
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = stdout, program
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = program.Close()
	var all strings.Builder
	var onDrawn, onWarned sync.Once
	behind := 0 // where the warning ends
	part := make([]byte, 4096)
	for {
		n, err := person.Read(part)
		all.Write(part[:n])
		text := all.String()
		if strings.Contains(text, "of 3") {
			onDrawn.Do(func() { close(drawn) })
		}
		if at := strings.Index(text, "warning: --check: "); at >= 0 && behind == 0 && strings.Contains(text[at:], "\n") {
			behind = at
		}
		if behind > 0 && strings.Contains(text[behind:], "of 3") { // another frame
			onWarned.Do(func() { close(warned) })
		}
		if err != nil { // the program has ended
			break
		}
	}
	onDrawn.Do(func() { close(drawn) })
	onWarned.Do(func() { close(warned) })
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%q", err, all.String())
	}
	var seen screen
	seen.write(all.String())
	left := strings.Join(seen.lines, "\n")
	if strings.Count(left, "warning: --check: ") != 1 || strings.Contains(left, "records ") {
		t.Errorf("on the screen is\n%s\nwritten was\n%q", left, all.String())
	}
}

// TestCtrlCLeavesACleanScreen: what the terminal writes for Ctrl-C is wiped with the line of
// progress, at 60 columns too.
func TestCtrlCLeavesACleanScreen(t *testing.T) {
	t.Parallel()
	b := keepBooks(t, nil)
	person, program := openTerminal(t)
	if err := unix.IoctlSetWinsize(int(person.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: 60}); err != nil {
		t.Fatal(err)
	}
	cmd := b.command("promotions", "check", "pkg:nuget/Acme.Web@1.2.0", "--to-feed", "nuget-prod", "--wait", "29m")
	cmd.Env = append(cmd.Env, "TERM=xterm", "NO_COLOR=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = program.Close()
	var all strings.Builder
	var typed sync.Once
	part := make([]byte, 4096)
	for {
		n, err := person.Read(part)
		all.Write(part[:n])
		if strings.Contains(all.String(), "m left)") {
			typed.Do(func() { _, _ = person.WriteString("\x03") })
		}
		if err != nil { // the program has ended
			break
		}
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != 130 {
		t.Fatalf("%v\n%q", err, all.String())
	}
	var seen screen
	seen.write(all.String())
	if left := strings.TrimRight(strings.Join(seen.lines, "\n"), " \n"); left != "error: interrupted" {
		t.Errorf("on the screen is\n%s\nwritten was\n%q", left, all.String())
	}
}
