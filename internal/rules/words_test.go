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

// replaced are phrases that were replaced by plain English, with what to write instead. A _ is a
// space, also at the end of a line, and words are written with a class: so a search for a phrase
// does not find this list.
func replaced() map[string]string {
	return map[string]string{
		`\bstand[-]ins?\b`:              "fake ProGet, test server",
		`\ball_the_same\b`:              "anyway",
		`\bby_doing_so\b`:               "in the same request",
		`\bexclude_each_other\b`:        "can't be used together",
		`:_known_are_`:                  "use a, b or c",
		`\bmen[d](s|ed|ing)?\b`:         "fix, correct",
		`\bwaited_out\b`:                "keep waiting",
		`\bplaceholder_that_nothing\b`:  "an unexpanded variable",
		`\bonce_for_all\b`:              "permanently",
		`\bslip_of_the\b`:               "typo",
		`\bkeeps?_no_(\w+_)?records\b`:  "doesn't store records",
		`\bis_no_(date|URL|duration)\b`: "is not a valid date",
		`\bblan[k]s\b`:                  "spaces",
		`\bbec[ao]mes?_of\b`:            "the outcome",
		`\bin_the_place_of\b`:           "instead of",
		`\bnever_arrived\b`:             "never reached the server",
		`\bto(ld)?_come_back\b`:         "to retry later",
		`\bknow[s]_no\b`:                "has no",
		`\bis_there_already\b`:          "already exists",
		`\bhas_it_ready\b`:              "needs",
		`[^e\W]_(is|was)_no_(whole_|valid_)?(number|error|terminal|file|folder|address|name|version|limit|JSON|feed|package|record|index)\b`: "is not a …; 0 means no limit",
		`\bat_once\b`: "immediately; at the same time; together",
		`\bane[w]\b`:  "again",
		`\b(tell[s]|know[s]|vouc[h](es|ed)?|want[s]_an?)\b`: "reports, distinguishes, recognizes, has, requires",
		`\b(is|be|are)_told\b`:                              "is asked, is distinguished, is reported",
		`\bas_(it|they)_stands?\b`:                          "unchanged",
		`\bstands?_(in|there|before|behind|instead)\b`:      "is in, comes before, is used instead",
	}
}

// TestPlainWords finds phrases in pages, scripts, comments and messages that were replaced, in
// tests, too, and in text that goes on in the next line. Generated pages follow the messages; shell
// code may have names that look like a phrase.
func TestPlainWords(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	phrases := replaced()
	found := map[string]*regexp.Regexp{}
	for phrase := range phrases {
		found[phrase] = regexp.MustCompile(`(?i)` + strings.ReplaceAll(phrase, "_", `[ \n]`))
	}
	// Whether there is any is one search for all of them.
	any := regexp.MustCompile(`(?i)` + strings.ReplaceAll(strings.Join(slices.Sorted(maps.Keys(phrases)), "|"), "_", `[ \n]`))
	for _, path := range prose(t, root) {
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil {
			t.Fatal(err)
		}
		flowing := flow(string(text))
		if !any.MatchString(flowing) {
			continue
		}
		for phrase, instead := range phrases {
			for _, at := range found[phrase].FindAllStringIndex(flowing, -1) {
				line := 1 + strings.Count(flowing[:at[0]], "\n")
				t.Errorf("%s:%d: %q: write: %s", path, line, flowing[at[0]:at[1]], instead)
			}
		}
	}
}

// flow is text without the marks of comments and quotes, and without the margin, at the beginning
// of its lines: a sentence goes on at the line break.
func flow(text string) string {
	return regexp.MustCompile(`\n[ \t]*(//|#|>)?[ \t]*`).ReplaceAllString(text, "\n")
}

func TestPlainWordsFlow(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"// all\n\t// the\n", "# all\n# the\n", "  all\n  the\n"} {
		if got := flow("\n" + text); got != "\nall\nthe\n" {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

// prose lists the files that people read, below root.
func prose(t *testing.T, root string) []string {
	t.Helper()
	elsewhere := regexp.MustCompile(`^(\.git|docs/reference|docs/man|testdata/wire)$|/testdata$`)
	readable := []string{".md", ".go", ".txtar", ".yaml", ".yml", ".json"}
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
