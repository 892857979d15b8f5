package cli

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/progetctl/progetctl/client"
)

// TestMessagesAreBounded: whatever was put into an error or a warning, a person is not asked to
// read megabytes.
func TestMessagesAreBounded(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"é", "x", "\"", "\x00", "\x1b", "\xff", "##", "\u202e", "\U000e0001"} {
		messagesAreBounded(t, strings.Repeat(part, 1<<16))
	}
	var lines []string
	for i := range 20 {
		lines = append(lines, fmt.Sprint(i))
	}
	if got := boundedLines(append(slices.Clone(lines), "and 3 more")); len(got) != 21 || got[20] != "and 3 more" {
		t.Errorf("%q", got)
	}
	if got := boundedLines(append(slices.Clone(lines), "20", "21")); len(got) != 21 || got[20] != "and 2 more" {
		t.Errorf("%q", got)
	}
}

func messagesAreBounded(t *testing.T, huge string) {
	t.Helper()
	many := slices.Repeat([]string{huge}, 1000)
	for name, say := range map[string]func(*App){
		"an error":      func(a *App) { a.Finish(errors.New(huge)) },
		"a usage error": func(a *App) { a.Finish(Usage("bad value %q", huge)) },
		"many problems": func(a *App) { a.Finish(&Failure{Kind: client.KindUsage, Lines: many, Hint: huge}) },
		"a server's error": func(a *App) {
			a.Finish(&client.Error{Kind: client.KindUnavailable, Message: huge, Method: "GET", URL: huge, Server: huge, Hint: huge})
		},
		"two errors in one": func(a *App) { a.Finish(Both(errors.New(huge), errors.New(huge))) },
		"a warning":         func(a *App) { a.IO.Warn("%s", huge) },
	} {
		for _, asJSON := range []bool{false, true} {
			var stderr bytes.Buffer
			a := New(Env{Stdout: new(bytes.Buffer), Stderr: &stderr, StderrTerminal: asJSON})
			a.IO.json = asJSON
			say(a)
			if n := stderr.Len(); n == 0 || n > 25*(mostWords+20) || !utf8.Valid(stderr.Bytes()) {
				t.Errorf("%s, json %v: %d bytes", name, asJSON, n)
			}
			for line := range strings.Lines(stderr.String()) {
				if one := name == "an error" || name == "a warning"; (one || !asJSON) && len(line) > mostWords+60 {
					t.Errorf("%s of %.10q, json %v: a line of %d bytes", name, huge, asJSON, len(line))
				}
			}
		}
	}
}
