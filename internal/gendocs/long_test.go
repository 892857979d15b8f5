package main

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestStructured(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, long, prose, sections string }{
		{"nothing", "", "", ""},
		{"prose", "Do a thing.\n\nAnd another.\n", "Do a thing.\n\nAnd another.", ""},
		{"what looks like a tag", "Give <name> or a*b*c, PROGET_URL.", `Give \<name> or a\*b\*c, PROGET_URL.`, ""},
		{"a block in prose", "Run:\n  go test\n    ./...\nDone.", "Run:\n```\ngo test\n  ./...\n```\nDone.", ""},
		{"a section", "Prose.\n\nEXIT STATUS\n  0  done\n  2  usage", "Prose.", "### EXIT STATUS\n\n```\n0  done\n2  usage\n```"},
		{"two sections", "Prose.\n\nFILES\nOne <file>.\n\nEXIT STATUS\n  0  done", "Prose.",
			"### FILES\n\nOne \\<file>.\n\n\n### EXIT STATUS\n\n```\n0  done\n```"},
		{"capitals that are no heading", "HTTP is a protocol.\nA\n", "HTTP is a protocol.\nA", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			prose, sections := structured(c.long, "###")
			if prose != c.prose || sections != c.sections {
				t.Errorf("got %q and %q,\nwant %q and %q", prose, sections, c.prose, c.sections)
			}
		})
	}
}

// TestStructuredBlocks holds for any text: every block that is opened is closed, and no indented line is lost.
func TestStructuredBlocks(t *testing.T) {
	t.Parallel()
	line := rapid.SampledFrom([]string{"", "Prose.", "EXIT STATUS", "  0  done", "    deep", "FILES"})
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOf(line).Draw(t, "lines")
		prose, sections := structured(strings.Join(lines, "\n"), "#")
		all := prose + "\n" + sections
		if strings.Count(all, "```")%2 != 0 {
			t.Errorf("a block is open in %q", all)
		}
		for _, text := range []string{"0  done", "Prose."} {
			if got, want := strings.Count(all, text), strings.Count(strings.Join(lines, "\n"), text); got != want {
				t.Errorf("%q stands %d times instead of %d in %q", text, got, want, all)
			}
		}
	})
}
