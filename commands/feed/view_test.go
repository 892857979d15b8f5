package feed

import (
	"bytes"
	"testing"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/cli/clitest"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
)

func TestSentence(t *testing.T) {
	t.Parallel()
	const sum = "4dea0123456789abcdef"
	deployment := &ledger.Entry{Status: ledger.Recorded, Record: records.Record{Target: "web01"}}
	for _, test := range []struct {
		name     string
		f        fetchedPackage
		terminal bool
		want     string
	}{
		{"in a pipe", fetchedPackage{File: "a-1.0.tgz", Version: "1.0", Bytes: 3, SHA256: sum}, false, "Saved a-1.0.tgz (3 B, sha256 4dea0123456789abcdef)"},
		{"on a terminal", fetchedPackage{File: "a-1.0.tgz", Version: "1.0", Bytes: 3, SHA256: sum}, true, "Saved a-1.0.tgz (3 B, sha256 4dea01234567…)"},
		{"here before", fetchedPackage{File: "a-1.0.tgz", Bytes: 3, SHA256: "4dea", existing: true}, false, "Already downloaded: a-1.0.tgz (3 B, sha256 4dea)"},
		{"a word, in the file's name", fetchedPackage{File: "a-1.0.tgz", Version: "1.0", Asked: "latest", Bytes: 3, SHA256: "4dea"}, false, "Saved a-1.0.tgz (3 B, sha256 4dea)"},
		{"a word, in a file of another name", fetchedPackage{File: "1.0/newest", Version: "1.0", Asked: "latest", Bytes: 3, SHA256: "4dea"}, false, "Saved 1.0/newest (version 1.0, 3 B, sha256 4dea)"},
		{"annotated", fetchedPackage{File: "a", Bytes: 3, SHA256: "4dea", Deployment: deployment}, false, "Saved a (3 B, sha256 4dea), deployment to web01 recorded"},
	} {
		if got := test.f.sentence(test.terminal); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// TestWordOnStdout: if stdout is the package, a person reads on stderr which version it is; a
// script's stderr stays empty.
func TestWordOnStdout(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		terminal bool
		asked    string
		want     string
	}{
		{true, "latest", "note: version \"latest\" is 1.0\n"},
		{true, "", ""},
		{false, "latest", ""},
	} {
		env := clitest.Env(t)
		var stderr bytes.Buffer
		env.Stderr, env.StderrTerminal = &stderr, test.terminal
		if err := (fetchedPackage{Version: "1.0", Asked: test.asked}).show(t.Context(), cli.New(env).IO); err != nil || stderr.String() != test.want {
			t.Errorf("%+v: %q, %v", test, stderr.String(), err)
		}
	}
}
