package ledger

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The crash tests start this test binary again as a program of its own, which they can really kill.
const (
	modeVariable = "LEDGER_TEST_MODE"
	pathVariable = "LEDGER_TEST_PATH"
	crashBatch   = 120 // records
	crashWidth   = 4   // in flight at once
)

func TestMain(m *testing.M) {
	if mode := os.Getenv(modeVariable); mode != "" {
		if err := child(mode, os.Getenv(pathVariable)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// child waits for its starting signal (the end of its input), then does what its mode says. Every step is a line on
// stdout, so that the parent can kill it between or within any of them.
func child(mode, path string) error {
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	fmt.Println("begin")
	l, err := Open(context.Background(), Options{Path: path, Busy: time.Minute}) // a loaded machine is no failure
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
		return flushAll(s, path)
	}
	return sendAll(s, path)
}

// sendAll is the loop of a batch.
func sendAll(s *Session, path string) error {
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
		if err := sendSome(s, path, waiting); err != nil {
			return err
		}
	}
	return nil
}

func sendSome(s *Session, path string, waiting []Entry) error {
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
			if err := store(path, byID[id]); err != nil {
				return err
			}
			outcomes = append(outcomes, Outcome{ID: id, Status: Recorded, Attempts: 1})
		}
	}
	return nil
}

// flushAll is the loop of a flush.
func flushAll(s *Session, path string) error {
	var outcomes []Outcome
	for {
		claimed, err := s.Claim(context.Background(), outcomes, crashWidth)
		if err != nil || len(claimed) == 0 {
			return err
		}
		outcomes = nil
		fmt.Println("claimed")
		for _, e := range claimed {
			if err := store(path, e); err != nil {
				return err
			}
			outcomes = append(outcomes, Outcome{ID: e.ID, Status: Recorded, Attempts: 1})
		}
	}
}

// store plays the server: a list to which each record that arrives is appended.
func store(path string, e Entry) error {
	list, err := os.OpenFile(path+".server", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(list, e.ID, e.Record.Target); err != nil {
		return err
	}
	fmt.Println("sent")
	return list.Close()
}

// stored is the server's list: how often each record arrived, by id and by target.
func stored(t *testing.T, path string) (ids, targets map[string]int) {
	t.Helper()
	ids, targets = map[string]int{}, map[string]int{}
	data, err := os.ReadFile(path + ".server")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		id, target, _ := strings.Cut(strings.TrimSpace(line), " ")
		ids[id]++
		targets[target]++
	}
	return ids, targets
}

// process is a child under the parent's eyes.
type process struct {
	cmd  *exec.Cmd
	gun  io.Closer // the child begins when it is closed
	out  *bufio.Scanner
	errs strings.Builder
}

func start(t *testing.T, mode, path string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), modeVariable+"="+mode, pathVariable+"="+path)
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

// run lets it go on for some steps, then kills it (SIGKILL, or its equal); with steps < 0 it runs to its end. It
// returns how many records the process has said to be written down.
func (p *process) run(t *testing.T, steps int) (added int) {
	t.Helper()
	_ = p.gun.Close()
	for ; steps != 0 && p.out.Scan(); steps-- {
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

// checkCrash is what must hold whenever a process has died.
func checkCrash(t *testing.T, path string, dead int) map[Status]int {
	t.Helper()
	l := open(t, Options{Path: path})
	count := map[Status]int{}
	arrived, _ := stored(t, path)
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
	if n, err := l.number(t.Context(), "SELECT count(*) FROM ("+l.db.SQL().InFlight+") AS listed"); n != 0 || err != nil {
		t.Errorf("%d in flight and nobody there (%v)", n, err)
	}
	if files := lockFiles(t, l); dead > 0 && len(files) > 1 {
		t.Errorf("lock files %q are left", files)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	return count
}

// A batch that is killed at any moment, and flushes that are killed after it: none lost, none doubled.
func TestKilledBatchIsFlushed(t *testing.T) {
	t.Parallel()
	for range kills() {
		path := filepath.Join(t.TempDir(), "ledger.db")
		added := start(t, "queue", path).run(t, 1+rand.IntN(crashBatch+crashBatch/crashWidth+4))
		checkCrash(t, path, 1)
		start(t, "flush", path).run(t, 1+rand.IntN(20))
		checkCrash(t, path, 2)
		start(t, "flush", path).run(t, -1)
		count := checkCrash(t, path, 2)
		if total := count[Recorded] + count[Uncertain]; count[Queued] != 0 || total < added || total > crashBatch {
			t.Errorf("in the end %v, of %d that were written down", count, added)
		}
	}
}

// A batch that is killed and run again with a look-up sends what is missing, and nothing twice.
func TestKilledBatchIsRunAgain(t *testing.T) {
	t.Parallel()
	for range kills() {
		path := filepath.Join(t.TempDir(), "ledger.db")
		for dead := 1; dead <= 2; dead++ {
			start(t, "once", path).run(t, 1+rand.IntN(crashBatch))
			checkCrash(t, path, dead)
		}
		start(t, "once", path).run(t, -1)
		count := checkCrash(t, path, 2)
		if len(count) > 2 || count[Recorded]+count[Uncertain] != crashBatch {
			t.Errorf("in the end %v, want %d recorded or uncertain", count, crashBatch)
		}
		_, targets := stored(t, path)
		for target, n := range targets {
			if n > 1 {
				t.Errorf("%s was recorded %d times", target, n)
			}
		}
	}
}

// Several processes make the file at the same moment and fill it; then several flush it at once, one of which dies.
func TestManyProcesses(t *testing.T) {
	t.Parallel()
	const many = 4
	for range kills() {
		path := filepath.Join(t.TempDir(), "ledger.db")
		together(t, many, func(int) (*process, int) { return start(t, "once", path), -1 })
		if count := checkCrash(t, path, 0); count[Recorded] != crashBatch || len(count) != 1 {
			t.Errorf("the same batch from %d processes: %v", many, count)
		}
	}
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := open(t, Options{Path: path})
	queued(t, l, 300)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	together(t, many, func(i int) (*process, int) {
		steps := -1
		if i == 0 {
			steps = 10
		}
		return start(t, "flush", path), steps
	})
	count := checkCrash(t, path, 1)
	if count[Recorded]+count[Uncertain] != 300 {
		t.Errorf("%d flushes at once, one killed: %v", many, count)
	}
}

// together starts processes and lets them go at once.
func together(t *testing.T, n int, begin func(int) (*process, int)) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		p, steps := begin(i)
		wg.Go(func() { p.run(t, steps) })
	}
	wg.Wait()
}
