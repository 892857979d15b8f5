package safefile

import "testing"

func TestQuote(t *testing.T) {
	t.Parallel()
	tests := []struct{ goos, path, want string }{
		{"windows", `C:\Users\Jörg\new.db`, `"C:\Users\Jörg\new.db"`},
		{"windows", `\\server\share\x`, `"\\server\share\x"`},
		{"windows", `\\?\C:\x y`, `"\\?\C:\x y"`},
		{"windows", "C:\\a\x1b[2J\u202eb", `"C:\a\x1b[2J\u202eb"`},
		{"linux", `a\b`, `"a\\b"`},
		{"linux", "/a b/\x1b", `"/a b/\x1b"`},
		{"darwin", `it's "x"`, `"it's \"x\""`},
	}
	for _, test := range tests {
		if got := quoteOn(test.goos, test.path); got != test.want {
			t.Errorf("on %s, %q is %s, want %s", test.goos, test.path, got, test.want)
		}
	}
}
