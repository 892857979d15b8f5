package cli

import (
	"strings"
	"testing"
)

// TestHarmlessLines: a log of others' words, as --debug writes it, gives no orders and hides
// nothing.
func TestHarmlessLines(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	w := HarmlessLines{&b}
	for _, text := range []string{"< X: ##vso[task.x]y\n::set-output name=a::b\n", "< \x1b[2J\u202e\u009b\n", "no end"} {
		if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	if want := "< X: # #vso[task.x]y\n: :set-output name=a::b\n< \\x1b[2J\\u202e\\u009b\nno end"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}
