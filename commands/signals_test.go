package commands

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/progetctl/progetctl/internal/ledger"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// TestEverySignal ends a run in order: what is in flight is reported as uncertain, and the exit
// code is not the one that means that nothing was sent.
func TestEverySignal(t *testing.T) {
	t.Parallel()
	for _, s := range deadlySignals() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			skipIgnored(t, s)
			b, i := interruptBooks(t)
			r := b.interrupt(i, 1, s, one("t0")...)
			if r.code != cli.CodeInterrupted || !strings.Contains(r.stderr, "interrupted") {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
			if pending := b.pending(); pending["t0"] != ledger.Uncertain {
				t.Errorf("the ledger says %v", pending)
			}
		})
	}
}

// skipIgnored skips a test of a signal that the tests themselves were started to ignore, by nohup
// for example: the program inherits that.
func skipIgnored(t *testing.T, s os.Signal) {
	t.Helper()
	if signal.Ignored(s) {
		t.Skip("this process ignores the signal")
	}
}

// hangUp answers a fetch with a part of the package, then sends the signal.
type hangUp struct {
	next http.Handler
	i    *interrupter
}

func (h hangUp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/a/b.bin" {
		h.next.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Content-Length", "500000")
	_, _ = io.WriteString(w, strings.Repeat("x", 1000))
	_ = http.NewResponseController(w).Flush()
	h.i.hold()
	<-r.Context().Done()
}

// TestSignalDuringFetch leaves no partial file, and says that the deployment is recorded or may be.
func TestSignalDuringFetch(t *testing.T) {
	t.Parallel()
	for _, s := range deadlySignals()[:5] { // the others are a crash's
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			skipIgnored(t, s)
			i := &interrupter{}
			b := keepBooks(t, func(next http.Handler) http.Handler { return hangUp{next, i} })
			r := b.interrupt(i, 1, s, "feed", "get", "--path", "a/b.bin", "--deployment-application", "A",
				"--deployment-description", "D", "--deployment-target", "T")
			if r.code != cli.CodeInterrupted || r.stderr == "" {
				t.Errorf("exit code %d, %q", r.code, r.stderr)
			}
			if left, _ := filepath.Glob(filepath.Join(b.dir, "*b.bin*")); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
			if left, _ := filepath.Glob(filepath.Join(b.dir, ".progetctl-*")); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// TestNohup: a hang-up that the parent ignores, as nohup does, stays ignored.
func TestNohup(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("no POSIX shell here")
	}
	i := &interrupter{}
	b := keepBooks(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			i.hold()
			next.ServeHTTP(w, r)
		})
	})
	cmd := exec.CommandContext(t.Context(), sh, append([]string{"-c", `trap "" HUP; exec progetctl "$@"`, "sh"}, one("t0")...)...)
	cmd.Env, cmd.Dir = append(b.env, "PATH="+os.Getenv("PATH")), b.dir
	i.mu.Lock()
	i.left, i.signal = 1, func() { _ = cmd.Process.Signal(syscall.SIGHUP) }
	wait := b.launch(cmd)
	i.mu.Unlock()
	if r := wait(); r.code != cli.CodeDone || b.stored()["t0"] != 1 {
		t.Errorf("exit code %d, %v stored: %s", r.code, b.stored(), r.stderr)
	}
}

// TestSecondSignal ends immediately a run that does not end in order, because a command that it
// started holds out; and not with 2 either.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("no POSIX shell here")
	}
	b := keepBooks(t, nil)
	// The signals come from the command, which ignores its own and waits for its standard input to
	// end.
	cmd := b.command("sandbox", "exec", "--", sh, "-c", `trap "" INT; kill -QUIT $PPID; kill -ABRT $PPID; read x`)
	cmd.Env = append(cmd.Env, "PATH="+os.Getenv("PATH"))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	state, err := cmd.Process.Wait() // not for the command, which holds the streams
	if err := in.Close(); err != nil {
		t.Error(err)
	}
	if err != nil || state.ExitCode() != cli.CodeInterrupted {
		t.Errorf("exit code %d, %v", state.ExitCode(), err)
	}
}
