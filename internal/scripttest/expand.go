package scripttest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// expandFile is "expand FROM TO": it copies a file of the script with its variables filled in, for
// settings that hold the address of a sandbox.
func expandFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: expand FROM TO")
	}
	to := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(to), 0o700))
	ts.Check(os.WriteFile(to, []byte(os.Expand(ts.ReadFile(args[0]), ts.Getenv)), 0o600))
}

// setLines is "lines NAME FILE": it sets NAME_1, NAME_2 and so on to the lines of a file, such as
// stdout, for arguments of later commands.
func setLines(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: lines NAME FILE")
	}
	n := 0
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		n++
		ts.Setenv(fmt.Sprintf("%s_%d", args[0], n), strings.TrimRight(line, "\r\n"))
	}
}
