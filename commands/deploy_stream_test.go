package commands

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf16"

	"github.com/progetctl/progetctl/internal/ledger"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// A line of NDJSON is there as soon as its answer is: the second request is not answered before the
// first line has been read.
func TestResultsAsAnswersCome(t *testing.T) {
	t.Parallel()
	read := make(chan struct{})
	var requests atomic.Int32
	b := keepBooks(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests.Add(1) == 2 {
				select {
				case <-read:
				case <-r.Context().Done():
				}
			}
			next.ServeHTTP(w, r)
		})
	})
	cmd := b.command(b.batch(3, "--parallel", "1", "-o", "ndjson")...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(stdout)
	first, err := lines.ReadString('\n')
	if err != nil || requests.Load() > 2 {
		t.Errorf("%v: %q after %d requests", err, first, requests.Load())
	}
	close(read)
	rest, _ := io.ReadAll(lines)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if n := len(b.entries(first + string(rest))); n != 3 {
		t.Errorf("%d lines, want 3", n)
	}
}

// A reader that goes away, or a disk that is full, does not keep a record from being sent; the exit
// code shows that the result could not be written.
func TestResultThatCannotBeShown(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"table", "json", "ndjson", "csv"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			b := keepBooks(t, nil)
			for name, broken := range map[string]*os.File{"": closedPipe(t), "cannot write the result": fullDisk(t)} {
				if broken == nil {
					continue
				}
				var stderr bytes.Buffer
				cmd := b.command(b.batch(20, "-o", format)...)
				cmd.Stdout, cmd.Stderr = broken, &stderr
				_ = cmd.Run()
				if code := cmd.ProcessState.ExitCode(); code != cli.CodeInternal || !strings.Contains(stderr.String(), name) || (name == "") != (stderr.Len() == 0) {
					t.Errorf("exit code %d, stderr %q", code, stderr.String())
				}
			}
			if n := statuses(b.entries(b.expect(cli.CodeDone, "deploy", "history", "-o", "json").stdout))[ledger.Recorded]; n != len(b.server.Deployments()) || n < 20 {
				t.Errorf("the ledger has %d recorded, the server %d", n, len(b.server.Deployments()))
			}
		})
	}
}

// closedPipe is the end of a pipe that nobody reads.
func closedPipe(t *testing.T) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Close()
	t.Cleanup(func() { _ = w.Close() })
	return w
}

// fullDisk is nil if there is no such device.
func fullDisk(t *testing.T) *os.File {
	t.Helper()
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		return nil
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// Files as PowerShell and Excel write them: UTF-16 of either order and UTF-8, with a byte order
// mark, from a file and from a pipe.
func TestInputEncodings(t *testing.T) {
	t.Parallel()
	const rows = "Application,Description,Target,FeedName,PackageName,Version\r\n" +
		"Größe 你 😀,\"two\r\nlines\",web01,DefaultNuGet,p,1\r\n"
	for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian, "UTF-8": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := keepBooks(t, nil)
			content := "\xef\xbb\xbf" + rows
			if order != nil {
				content = encode(rows, order)
			}
			b.expect(cli.CodeDone, "deploy", "record", "--input-file", b.write("rows.csv", content))
			cmd := b.command("deploy", "record", "--input-file", "-")
			cmd.Stdin = strings.NewReader(content)
			if r := b.finish(cmd); r.code != cli.CodeDone {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
			all := b.server.Deployments()
			for _, d := range all {
				if d.Application != "Größe 你 😀" || d.Description != "two\nlines" {
					t.Errorf("recorded %+v", d)
				}
			}
			if len(all) != 2 {
				t.Errorf("%d recorded, want 2", len(all))
			}
			left, err := os.ReadDir(b.dir)
			for _, f := range left {
				if strings.HasPrefix(f.Name(), "progetctl-records") {
					t.Errorf("the temporary file %s is left behind", f.Name())
				}
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func encode(text string, order binary.AppendByteOrder) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}
