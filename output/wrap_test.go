package output

import (
	"slices"
	"strings"
	"testing"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, nil},
		{"  ", 10, nil},
		{"one two three", 80, []string{"one two three"}},
		{"one two three", 7, []string{"one two", "three"}},
		{"one  two\nthree", 80, []string{"one two three"}},
		{"a-word-that-is-longer than that", 8, []string{"a-word-that-is-longer", "than", "that"}},
		{"日本 日本", 5, []string{"日本", "日本"}},
	} {
		if got := Wrap(test.text, test.width); !slices.Equal(got, test.want) {
			t.Errorf("%q at %d: %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

// TestWrapMessage: a line ends neither inside a command nor inside a URL, and a value keeps its
// spaces.
func TestWrapMessage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, nil},
		{"one two three", 7, []string{"one two", "three"}},
		{`--target "a  b" is wrong`, 80, []string{`--target "a  b" is wrong`}},
		{"run `a b c`; then wait", 8, []string{"run", "`a b c`;", "then", "wait"}},
		{"run `a b c`; then wait", 12, []string{"run `a b c`;", "then wait"}},
		{"run (`a b c` or `d e f`)", 13, []string{"run (`a b c`", "or `d e f`)"}},
		{"a ` alone is text", 9, []string{"a ` alone", "is text"}},
		{"see https://proget.corp.local/a/b?c=d now", 20, []string{"see", "https://proget.corp.local/a/b?c=d", "now"}},
		{"ends `here`", 5, []string{"ends", "`here`"}},
	} {
		if got := WrapMessage(test.text, test.width); !slices.Equal(got, test.want) {
			t.Errorf("%q at %d: %q, want %q", test.text, test.width, got, test.want)
		}
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	rows := []Row{{"--feed FEED", "feed that the package is in"}, {"--check", ""}, {"--a-flag-with-a-very-long-name VALUE", "what it is for"}}
	want := strings.TrimPrefix(`
  --feed FEED  feed that the
               package is in
  --check
  --a-flag-with-a-very-long-name VALUE
               what it is for
`, "\n")
	if got := Rows(rows, 2, 30); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
