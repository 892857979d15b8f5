package commands

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/progetctl/progetctl/internal/scripttest"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// openTerminal makes a terminal of 200 columns: the end that a person has, and the one for a
// program.
func openTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = person.Close() })
	number, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(person.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 50, Col: 200})
	}
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return person, program
}

// typist types into a shell on a terminal.
type typist struct {
	t        *testing.T
	terminal *os.File
	said     strings.Builder
}

// startShell starts an interactive shell with this program's completion.
func startShell(t *testing.T, environ []string, name string, args ...string) *typist {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	person, program := openTerminal(t)
	cmd := exec.CommandContext(t.Context(), path, args...)
	cmd.Env = append(environ, "TERM=xterm", "PS1="+prompt, "LC_ALL=C.UTF-8", "PATH="+os.Getenv("PATH"))
	cmd.Dir = t.TempDir()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = program, program, program
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = program.Close()
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	p := &typist{t: t, terminal: person}
	p.await(prompt)
	return p
}

// prompt is what each shell shows once it reads keys itself.
const prompt = "READY> "

// await reads until the shell has shown the marks, one behind the other.
func (p *typist) await(marks ...string) {
	p.t.Helper()
	part := make([]byte, 4096)
	for from := 0; len(marks) > 0; {
		at := strings.Index(p.said.String()[from:], marks[0])
		if at >= 0 {
			from, marks = from+at+len(marks[0]), marks[1:]
			continue
		}
		n, err := p.terminal.Read(part)
		if err != nil {
			p.t.Fatalf("%v, after %q", err, p.said.String())
		}
		p.said.Write(part[:n])
	}
}

// press types keys, clears the line and returns what was shown until the shell had dealt with all
// of it.
func (p *typist) press(keys string) string {
	p.t.Helper()
	p.said.Reset()
	// In two parts, so that the echo of the keys is not taken for the answer.
	if _, err := p.terminal.WriteString(keys + "\x05\x15" + "echo all''done\r"); err != nil {
		p.t.Fatal(err)
	}
	p.await("alldone\r\n", prompt)
	return p.said.String()
}

// hostileNames are commands in the dress of each shell. %s is a file.
func hostileNames(mark string) []string {
	return []string{
		"$(touch " + mark + ")a", "$(touch${IFS}" + mark + ")b", "`touch " + mark + "`", "(touch " + mark + ")c",
		"x;touch " + mark + ";", "x\ntouch " + mark + "\n", "'$(touch " + mark + ")'", `"$(touch ` + mark + `)"`,
		"x|touch " + mark, "x&touch " + mark, "=(touch " + mark + ")", "<(touch " + mark + ")", "{x,$(touch " + mark + ")}",
		"a$(touch " + mark + ")", "a`touch " + mark + "`", "a\x1b[2J", "a\rtouch " + mark + "\r",
	}
}

// realShell is a shell as a person starts it, with what sets up the completion of this program.
type realShell struct {
	name  string
	args  []string
	setup string
	run   string // a command in this shell's dress
}

func realShells() []realShell {
	return []realShell{
		{"bash", []string{"--norc", "--noprofile", "-i"},
			"for f in /usr/share/bash-completion/bash_completion; do [ -f $f ] && source $f; done; source <(progetctl completion bash)\r", "$(touch %s)"},
		{"fish", []string{"--no-config", "-i", "-C", "function fish_prompt; echo -n '" + prompt + "'; end"}, "progetctl completion fish | source\r", "(touch %s)"},
		{"zsh", []string{"-f", "-i"}, "bindkey '^I' complete-word; autoload -U compinit; compinit -u -D; source <(progetctl completion zsh)\r", "$(touch %s)"},
	}
}

// TestTabRunsNothing presses Tab in real shells: neither a name that the server gives nor a word on
// the command line is run, and what is fit is completed.
func TestTabRunsNothing(t *testing.T) {
	t.Parallel()
	for _, shell := range realShells() {
		t.Run(shell.name, func(t *testing.T) {
			t.Parallel()
			mark := filepath.Join(t.TempDir(), "mark")
			var feeds []map[string]string
			for _, name := range append(hostileNames(mark), "DefaultNuGet") {
				feeds = append(feeds, map[string]string{"name": name, "feedType": "nuget"})
			}
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				_ = json.NewEncoder(w).Encode(feeds)
			}))
			t.Cleanup(web.Close)
			home := t.TempDir()
			p := startShell(t, []string{"HOME=" + home, "PROGET_URL=" + web.URL, "PROGET_API_KEY=K", "SPACED=a b", scripttest.Now + "=2026-11-21T12:00:00Z"}, shell.name, shell.args...)
			p.press(shell.setup)
			if shown := p.press("progetctl promotions list --to-feed Defa\t"); !strings.Contains(shown, "NuGet") {
				t.Errorf("not completed: %q", shown)
			}
			if shown := p.press("progetctl promotions list --to-feed 'x y' --package \"$SPACED\" --from-feed=Defa\t"); !strings.Contains(shown, "NuGet") {
				t.Errorf("not completed behind quotes: %q", shown)
			}
			run := fmt.Sprintf(shell.run, mark)
			for _, keys := range []string{
				"progetctl promotions list --to-feed \t\t", "progetctl promotions list --to-feed a\t\t -\t",
				"progetctl promotions list --to-feed $\t\t", "progetctl promotions list --to-feed x\t \t",
				"progetctl promotions list --package " + run + " --to-feed \t\t", "progetctl promotions list --package \"" + run + "\" --to-feed D\t",
				"progetctl promotions list --package `touch " + mark + "` --to-feed D\t", "progetctl promotions list --to-feed " + run + "\t\t",
				"progetctl promotions list --to-feed=" + run + "=\t\t", "progetctl promotions list --to-feed '" + run + ",D\t\t",
				"progetctl promotions list --ledger '" + run + "=\t\t", "progetctl promotions list --package 'a;touch " + mark + "' --to-feed \t",
			} {
				p.press(keys)
				if _, err := os.Stat(mark); err == nil {
					t.Errorf("%q ran a command", keys)
					_ = os.Remove(mark)
				}
			}
		})
	}
}

// TestTabRunsNothingOfTheLedger: whoever may add to a ledger chooses names in it, and with SQL even
// its IDs.
func TestTabRunsNothingOfTheLedger(t *testing.T) {
	t.Parallel()
	for _, shell := range realShells() {
		t.Run(shell.name, func(t *testing.T) {
			t.Parallel()
			b := keepBooks(t, nil)
			mark := filepath.Join(b.dir, "mark")
			b.expect(cli.CodeDone, one("web01", "--on-failure", "queue")...)
			for i, name := range hostileNames(mark) {
				statement(t, b.ledger, fmt.Sprintf(`INSERT INTO deployment SELECT '01JCZK3V7Q8M4T5W6X7Y8Z' || (1000 + %[2]d), server, made_at, via, 'uncertain', 0, %[2]d, 0, '', 0, '', 0,
					%[1]s, %[1]s, %[1]s, %[1]s, %[1]s, %[1]s, '', '', '', '', '', '', '' FROM deployment WHERE target = 'web01'`,
					"'"+strings.ReplaceAll(name, "'", "''")+"'", i))
			}
			p := startShell(t, append(b.env, scripttest.Now+"=2026-11-21T12:00:00Z"), shell.name, shell.args...)
			p.press(shell.setup)
			if shown := p.press("progetctl deploy history --target we\t"); !strings.Contains(shown, "web01") {
				t.Errorf("not completed: %q", shown)
			}
			for n, keys := range []string{
				"history --target \t\t", "history --package \t\t", "history --application \t\t", "history --feed \t\t", "history --version \t\t",
				"history --target a\t\t -\t", "history --target $\t\t", "record --target \t\t", "where --target x\t \t", "settle \t\t", "settle 01\t\t",
				"settle \t\t", "settle x\t\t", "settle $\t\t",
			} {
				if n == 11 { // the last three
					statement(t, b.ledger, "UPDATE deployment SET id = target")
				}
				p.press("progetctl deploy " + keys)
				if _, err := os.Stat(mark); err == nil {
					t.Errorf("%q ran a command", keys)
					_ = os.Remove(mark)
				}
			}
		})
	}
}
