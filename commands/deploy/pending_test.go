package deploy

import (
	"slices"
	"strings"
	"testing"
)

// TestFlushCommands: each command can be pasted unchanged, so it names every server except the
// current one.
func TestFlushCommands(t *testing.T) {
	t.Parallel()
	const here, there = "https://here.example", "https://there.example"
	for name, c := range map[string]struct {
		current string
		servers []string
		flag    string
		want    []string
	}{
		"the current one":   {here, []string{here}, "", []string{"progetctl deploy flush"}},
		"another one":       {here, []string{there}, "", []string{"progetctl deploy flush --source " + there}},
		"both":              {here, []string{there, here}, "", []string{"progetctl deploy flush --source " + there, "progetctl deploy flush"}},
		"no current one":    {"", []string{here}, "", []string{"progetctl deploy flush --source " + here}},
		"of another ledger": {here, []string{there}, " --ledger l", []string{"progetctl deploy flush --source " + there + " --ledger l"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := backlog{servers: c.servers, queued: len(c.servers)}
			var got []string
			for line := range strings.Lines(b.commands(c.current, c.flag)) {
				if command, ok := strings.CutPrefix(line, "  "); ok {
					got = append(got, strings.TrimSuffix(command, "\n"))
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
