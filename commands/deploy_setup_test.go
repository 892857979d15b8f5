package commands

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/sandbox"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// batchSize is how many records the delivery writes down in one transaction.
const batchSize = 2048

// bookkeeping is a fake ProGet, a folder and a ledger in it, for tests that run the real program in
// processes of its own.
type bookkeeping struct {
	t      testing.TB
	server *sandbox.Server
	url    string
	dir    string
	ledger string
	env    []string
}

// keepBooks starts a fake ProGet behind around, which may be nil.
func keepBooks(t testing.TB, around func(http.Handler) http.Handler) *bookkeeping {
	t.Helper()
	server, err := sandbox.New(sandbox.Options{APIKey: "K"})
	if err != nil {
		t.Fatal(err)
	}
	handler := http.Handler(server)
	if around != nil {
		handler = around(server)
	}
	web := httptest.NewServer(handler)
	t.Cleanup(web.Close)
	b := &bookkeeping{t: t, server: server, url: web.URL, dir: t.TempDir()}
	b.ledger = filepath.Join(b.dir, "ledger.db")
	b.env = []string{
		"HOME=" + b.dir, "APPDATA=" + filepath.Join(b.dir, "config"), "XDG_STATE_HOME=" + filepath.Join(b.dir, "state"), "XDG_CONFIG_HOME=" + filepath.Join(b.dir, "config"),
		"TMPDIR=" + b.dir, "PROGET_URL=" + web.URL, "PROGET_API_KEY=K", "PROGETCTL_LEDGER=" + b.ledger,
		"GORACE=" + os.Getenv("GORACE"),
	}
	return b
}

// command is the real program in a process of its own: this test binary, under the program's name.
func (b *bookkeeping) command(args ...string) *exec.Cmd {
	b.t.Helper()
	self, err := os.Executable()
	if err != nil {
		b.t.Fatal(err)
	}
	cmd := exec.CommandContext(b.t.Context(), self)
	cmd.Args = append([]string{"progetctl"}, args...)
	cmd.Env, cmd.Dir = b.env, b.dir
	return cmd
}

// ran is what a process said, and how it ended: -1 for one that was killed.
type ran struct {
	code           int
	stdout, stderr string
}

// run runs the program to its end.
func (b *bookkeeping) run(args ...string) ran {
	b.t.Helper()
	return b.finish(b.command(args...))
}

func (b *bookkeeping) finish(cmd *exec.Cmd) ran {
	b.t.Helper()
	return b.launch(cmd)()
}

// launch starts a process; the function that it returns waits for its end.
func (b *bookkeeping) launch(cmd *exec.Cmd) (wait func() ran) {
	b.t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	return func() ran {
		err := cmd.Wait()
		if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
			b.t.Fatal(err)
		}
		return ran{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
	}
}

// expect runs the program and insists on an exit code.
func (b *bookkeeping) expect(code int, args ...string) ran {
	b.t.Helper()
	r := b.run(args...)
	if r.code != code {
		b.t.Fatalf("%q: exit code %d, want %d\nstdout: %s\nstderr: %s", args, r.code, code, r.stdout, r.stderr)
	}
	return r
}

// one is the command line of a single record.
func one(target string, more ...string) []string {
	return append([]string{
		"deploy", "record", "--feed", "DefaultNuGet", "--package", "Newtonsoft.Json", "--version", "12.0.3",
		"--application", "HDARS", "--description", "Deployed by HDARS", "--target", target,
	}, more...)
}

// batch is the command line of n records, whose targets are t0, t1, ….
func (b *bookkeeping) batch(n int, more ...string) []string {
	b.t.Helper()
	var lines strings.Builder
	for i := range n {
		fmt.Fprintf(&lines, `{"Application":"HDARS","Description":"d","Target":"t%d","FeedName":"DefaultNuGet",`+
			`"PackageName":"Newtonsoft.Json","Version":"12.0.3"}`+"\n", i)
	}
	return append([]string{"deploy", "record", "--input-file", b.write("batch.ndjson", lines.String())}, more...)
}

func (b *bookkeeping) write(name, text string) string {
	b.t.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// stored counts what the fake ProGet has recorded, by target.
func (b *bookkeeping) stored() map[string]int {
	all := map[string]int{}
	for _, d := range b.server.Deployments() {
		all[d.Target]++
	}
	return all
}

// entries reads deployments as -o json or ndjson prints them.
func (b *bookkeeping) entries(text string) []ledger.Entry {
	b.t.Helper()
	if strings.HasPrefix(text, "[") {
		var all []ledger.Entry
		if err := json.Unmarshal([]byte(text), &all); err != nil {
			b.t.Fatalf("%v in %s", err, text)
		}
		return all
	}
	var all []ledger.Entry
	for line := range strings.Lines(text) {
		var e ledger.Entry
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			b.t.Fatalf("%v in %s", err, line)
		}
		all = append(all, e)
	}
	return all
}

// pending is what the ledger calls pending, by target.
func (b *bookkeeping) pending() map[string]ledger.Status {
	b.t.Helper()
	all := map[string]ledger.Status{}
	for _, e := range b.entries(b.expect(cli.CodeDone, "deploy", "pending", "-o", "json").stdout) {
		all[e.Record.Target] = e.Status
	}
	return all
}

// statuses counts entries by status.
func statuses(all []ledger.Entry) map[ledger.Status]int {
	counts := map[ledger.Status]int{}
	for _, e := range all {
		counts[e.Status]++
	}
	return counts
}
