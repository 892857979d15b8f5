package rules

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// replaced are phrases that were replaced by plain English, with what to write instead.
func replaced() map[string]string {
	return map[string]string{
		`\bstand-ins?\b`:              "fake ProGet, test server",
		`\ball the same\b`:            "anyway",
		`\bby doing so\b`:             "in the same request",
		`\bexclude each other\b`:      "can't be used together",
		`: known are `:                "use a, b or c",
		`\bmend(s|ed|ing)?\b`:         "fix, correct",
		`\bwaited out\b`:              "keep waiting",
		`placeholder that nothing`:    "an unexpanded variable",
		`\bonce for all\b`:            "permanently",
		`\bslip of the hand\b`:        "typo",
		`\bkeeps? no \w* ?records\b`:  "doesn't store records",
		`\bis no (date|URL|duration)`: "is not a valid date",
		`\bblanks\b`:                  "spaces",
		`\bbecame of\b`:               "the outcome",
		`\bin the place of\b`:         "instead of",
		`\bnever arrived\b`:           "never reached the server",
		`\bto(ld)? come back\b`:       "to retry later",
		`\bknows no\b`:                "has no",
		`\bis there already\b`:        "already exists",
		`\bhas it ready\b`:            "needs",
		`[^e\W] (is|was) no (whole |valid )?(number|error|terminal|file|folder|address|name|version|limit|JSON|feed|package|record|index)\b`: "is not a …; 0 means no limit",
		`\bat once\b`: "immediately; at the same time; together",
		`\banew\b`:    "again",
		`\b(tells|knows|vouch(es|ed)?|wants an?)\b`: "reports, distinguishes, recognizes, has, requires",
		`\bslip of the\b`:                              "typo",
		`\bbecomes of\b`:                               "the outcome",
		`\b(is|be|are) told\b`:                         "is asked, is distinguished, is reported",
		`\bas (it|they) stands?\b`:                     "unchanged",
		`\bstands? (in|there|before|behind|instead)\b`: "is in, comes before, is used instead",
	}
}

// TestPlainWords finds phrases in pages, scripts, comments and messages that were replaced, in
// tests, too. Generated pages follow the messages; shell code may have names that look like a
// phrase.
func TestPlainWords(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	patterns := slices.Sorted(maps.Keys(replaced()))
	any := regexp.MustCompile(`(?i)` + strings.Join(patterns, "|"))
	for _, path := range prose(t, root) {
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		if !any.Match(text) {
			continue
		}
		for i, line := range strings.Split(string(text), "\n") {
			for _, pattern := range patterns {
				if regexp.MustCompile(`(?i)` + pattern).MatchString(line) {
					t.Errorf("%s:%d: %q: write: %s", path, i+1, strings.TrimSpace(line), replaced()[pattern])
				}
			}
		}
	}
}

// prose lists the files that people read, below root.
func prose(t *testing.T, root string) []string {
	t.Helper()
	elsewhere := regexp.MustCompile(`^(\.git|docs/reference|docs/man|internal/rules|testdata/wire)$|/testdata$`)
	readable := []string{".md", ".go", ".txtar", ".yaml", ".yml"}
	var paths []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch {
		case d.IsDir() && elsewhere.MatchString(rel):
			return fs.SkipDir
		case rel == "commands/complete_shells.go":
		case d.Type().IsRegular() && (slices.Contains(readable, filepath.Ext(rel)) || strings.HasPrefix(rel, ".ci/") && !strings.HasPrefix(rel, ".ci/relcheck/")):
			paths = append(paths, rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) < 100 {
		t.Fatalf("only %d files were found", len(paths))
	}
	return paths
}
