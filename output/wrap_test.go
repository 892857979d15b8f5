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
