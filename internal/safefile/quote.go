package safefile

import (
	"errors"
	"io/fs"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// Quote quotes a path for people, with what a terminal would act on escaped. On Windows a backslash
// stays a single one, so that the path can be copied.
func Quote(path string) string { return quoteOn(runtime.GOOS, path) }

// quoteOn is Quote on a platform, as in runtime.GOOS. Names on Windows have neither quotes nor
// control characters, so that a backslash there is hardly ever anything but a separator.
func quoteOn(goos, path string) string {
	quoted := strconv.Quote(path)
	if goos == "windows" {
		quoted = strings.ReplaceAll(quoted, `\\`, `\`)
	}
	return quoted
}

// Words says what is wrong with a file in the same words on each platform. Those of the systems
// differ, and the error begins with the name of a call.
func Words(err error) string {
	of, ok := errors.AsType[*fs.PathError](err)
	switch {
	case !ok:
		return err.Error()
	case errors.Is(err, fs.ErrNotExist):
		return "file " + Quote(of.Path) + " does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "no permission to use file " + Quote(of.Path)
	case errors.Is(err, syscall.EISDIR):
		return Quote(of.Path) + " is a folder"
	}
	return "file " + Quote(of.Path) + ": " + of.Err.Error()
}
