package feedtype

import "testing"

// TestParseSize: what is not a number of bytes is no size.
func TestParseSize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"5": 5, " 5\n": 5, "0": -1, "-1": -1, "": -1, "x": -1, "5.0": -1, "9223372036854775807": 1<<63 - 1, "9223372036854775808": -1,
	} {
		if got := parseSize(text); got != want {
			t.Errorf("parseSize(%q) = %d, want %d", text, got, want)
		}
	}
}
