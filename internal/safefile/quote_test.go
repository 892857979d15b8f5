package safefile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"
)

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

func TestWords(t *testing.T) {
	t.Parallel()
	_, missing := os.Open("no such/file")
	tests := []struct {
		err  error
		want string
	}{
		{missing, `file "no such/file" does not exist`},
		{fmt.Errorf("wrapped: %w", missing), `file "no such/file" does not exist`},
		{&fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}, `no permission to use file "x"`},
		{&fs.PathError{Op: "read", Path: "x", Err: syscall.EISDIR}, `"x" is a folder`},
		{&fs.PathError{Op: "read", Path: "x", Err: errors.New("too long")}, `file "x": too long`},
		{errors.New("other"), "other"},
	}
	for _, test := range tests {
		if got := Words(test.err); got != test.want {
			t.Errorf("%v: %s, want %s", test.err, got, test.want)
		}
	}
}
