package ledger

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// The crash tests start this test binary again as a program of its own, which they can really kill.
const (
	modeVariable   = "LEDGER_TEST_MODE"
	pathVariable   = "LEDGER_TEST_PATH"
	serverVariable = "LEDGER_TEST_SERVER"
	crashBatch     = 120 // records
	crashWidth     = 4   // in flight at the same time
)

// scene is a ledger, and the server to which its records are sent: a folder with a file for each
// that arrived.
type scene struct{ place, server string }

func newScene(t *testing.T) scene {
	return scene{newPlace(t), t.TempDir()}
}

func TestMain(m *testing.M) {
	if mode := os.Getenv(modeVariable); mode != "" {
		if err := child(mode, scene{os.Getenv(pathVariable), os.Getenv(serverVariable)}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child waits for its starting signal (the end of its input), then does what its mode says. Every
// step is a line on stdout, so that the parent can kill it between or within any of them.
func child(mode string, c scene) error {
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	fmt.Println("begin")
	l, err := Open(context.Background(), Options{Path: c.place, Busy: time.Minute}) // a loaded machine is not a failure
	if err != nil {
		return err
	}
	defer l.Close()
	var once time.Duration
	if mode == "once" {
		once = time.Hour
	}
	s, err := l.Session(context.Background(), SessionOptions{
		Server: host, Parallel: crashWidth, Queue: mode == "queue", Once: once,
	})
	if err != nil {
		return err
	}
	defer s.Close()
	if mode == "flush" {
		return c.flushAll(s)
	}
	return c.sendAll(s)
}

// sendAll is the loop of a batch.
func (c scene) sendAll(s *Session) error {
	for portion := range 4 {
		size := crashBatch / 4
		added, err := s.Add(context.Background(), drafts(crashBatch)[portion*size:(portion+1)*size], 0)
		if err != nil {
			return err
		}
		fmt.Println("added", size)
		var waiting []Entry
		for _, one := range added {
			if one.Action == Send {
				waiting = append(waiting, one.Entry)
			}
		}
		if err := c.sendSome(s, waiting); err != nil {
			return err
		}
	}
	return nil
}

func (c scene) sendSome(s *Session, waiting []Entry) error {
	var outcomes []Outcome
	for len(waiting) > 0 || len(outcomes) > 0 {
		byID := map[string]Entry{}
		var next []string
		for _, e := range waiting[:min(crashWidth, len(waiting))] {
			byID[e.ID], next = e, append(next, e.ID)
		}
		begun, err := s.Advance(context.Background(), outcomes, next)
		if err != nil {
			return err
		}
		waiting, outcomes = waiting[len(next):], nil
		fmt.Println("advanced")
		for _, id := range begun {
			if err := c.store(byID[id]); err != nil {
				return err
			}
			outcomes = append(outcomes, Outcome{ID: id, Status: Recorded, Attempts: 1})
		}
	}
	return nil
}

// flushAll is the loop of a flush.
func (c scene) flushAll(s *Session) error {
	var outcomes []Outcome
	for {
		claimed, err := s.Claim(context.Background(), outcomes, crashWidth)
		if err != nil || len(claimed) == 0 {
			return err
		}
		outcomes = nil
		fmt.Println("claimed")
		for _, e := range claimed {
			if err := c.store(e); err != nil {
				return err
			}
			outcomes = append(outcomes, Outcome{ID: e.ID, Status: Recorded, Attempts: 1})
		}
	}
}

// store plays the server. Each arrival is a file of its own: not every system appends for several
// processes.
func (c scene) store(e Entry) error {
	file, err := os.CreateTemp(c.server, e.ID+" "+e.Record.Target+" ")
	if err != nil {
		return err
	}
	fmt.Println("sent")
	return file.Close()
}

// stored is what the server has: how often each record arrived, by id and by target.
func (c scene) stored(t *testing.T) (ids, targets map[string]int) {
	t.Helper()
	ids, targets = map[string]int{}, map[string]int{}
	files, err := os.ReadDir(c.server)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		words := strings.Fields(file.Name())
		ids[words[0]]++
		targets[words[1]]++
	}
	return ids, targets
}

// process is a child under the parent's eyes.
type process struct {
	cmd  *exec.Cmd
	gun  io.Closer // the child begins when it is closed
	out  *bufio.Scanner
	errs strings.Builder
	step func() // called for each of its steps, if not nil
}

func (c scene) start(t *testing.T, mode string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), modeVariable+"="+mode, pathVariable+"="+c.place, serverVariable+"="+c.server)
	p.cmd.Stderr = &p.errs
	in, err1 := p.cmd.StdinPipe()
	out, err2 := p.cmd.StdoutPipe()
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	p.gun, p.out = in, bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

// run lets it go on for some steps, then kills it (SIGKILL, or its equal); with steps < 0 it runs
// to its end. It returns how many records the process has said to be written down.
func (p *process) run(t *testing.T, steps int) (added int) {
	t.Helper()
	_ = p.gun.Close()
	for ; steps != 0 && p.out.Scan(); steps-- {
		if p.step != nil {
			p.step()
		}
		var n int
		if _, err := fmt.Sscanf(p.out.Text(), "added %d", &n); err == nil {
			added += n
		}
	}
	if steps == 0 {
		_ = p.cmd.Process.Kill()
	}
	for p.out.Scan() { // what it did until the signal reached it
	}
	if err := p.cmd.Wait(); err != nil && steps != 0 {
		t.Errorf("%v: %s", err, p.errs.String())
	}
	return added
}

// kills is how often each crash test kills.
func kills() int {
	if testing.Short() {
		return 2
	}
	return 5
}

// check is what must hold whenever a process has died.
func (c scene) check(t *testing.T, dead int) map[Status]int {
	t.Helper()
	l := open(t, Options{Path: c.place})
	c.settle(t, l)
	count := map[Status]int{}
	arrived, _ := c.stored(t)
	for _, e := range history(t, l, Filter{}) {
		count[e.Status]++
		if arrived[e.ID] > 1 {
			t.Errorf("%s arrived %d times", e.ID, arrived[e.ID])
		}
		if arrived[e.ID] > 0 && e.Status != Recorded && e.Status != Uncertain {
			t.Errorf("%s arrived and is %s: it would be sent again", e.ID, e.Status)
		}
		if arrived[e.ID] == 0 && e.Status == Recorded {
			t.Errorf("%s is recorded and never reached the server", e.ID)
		}
		delete(arrived, e.ID)
	}
	if len(arrived) > 0 {
		t.Errorf("sent before they were written down: %v", arrived)
	}
	if count[Uncertain] > dead*crashWidth {
		t.Errorf("%d uncertain after %d deaths", count[Uncertain], dead)
	}
	// A process that dies between its row and its lock file leaves one of them: each session sweeps
	// the files as it begins.
	l.db.Sweep(t.Context())
	if files := lockFiles(t, l); dead > 0 && len(files) > 1 {
		t.Errorf("lock files %q are left", files)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	return count
}

// settle recovers what dead processes had in flight. A database's server takes a moment to see that
// a process has died.
func (scene) settle(t *testing.T, l *Ledger) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; {
		n, err := l.number(t.Context(), "SELECT count(*) FROM owner")
		if err == nil && n > 0 {
			err = l.Recover(t.Context())
		}
		if err != nil || n > 0 && (!IsURL(l.options.Path) || time.Now().After(deadline)) {
			t.Fatalf("%d owners and nobody there (%v)", n, err)
		}
		if n == 0 {
			return
		}
	}
}
