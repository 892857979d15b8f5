package main

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestBlocks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		want       []block
	}{
		{"nothing", "", nil},
		{"paragraphs", "Do a\nthing.\n\nAnd another.\n", []block{{"Do a\nthing.", false}, {"And another.", false}}},
		{"lines in prose", "Run:\n  go test\n    ./...\nDone.", []block{{"Run:", false}, {"go test\n  ./...", true}, {"Done.", false}}},
		{"lines with a gap", "  one\n\n  two\n", []block{{"one\n\ntwo", true}}},
		{"lines before prose", "  one\n\nDone.", []block{{"one", true}, {"Done.", false}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := blocks(c.text); !slices.Equal(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestBlocksLoseNothing holds for any text: each line that says something is in one block, in its
// place.
func TestBlocksLoseNothing(t *testing.T) {
	t.Parallel()
	line := rapid.SampledFrom([]string{"", "Prose.", "  0  done", "    deep"})
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(line).Draw(t, "lines")
		var got []string
		for _, block := range blocks(strings.Join(lines, "\n")) {
			got = append(got, strings.Fields(block.text)...)
		}
		if want := strings.Fields(strings.Join(lines, " ")); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}
