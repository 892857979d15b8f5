package safefile

import (
	"runtime"
	"strconv"
	"strings"
)

// Quote quotes a path for people, with what a terminal would act on escaped. On Windows a backslash stays a single one,
// so that the path can be copied.
func Quote(path string) string { return quoteOn(runtime.GOOS, path) }

// quoteOn is Quote on a platform, as in runtime.GOOS. Names on Windows have neither quotes nor control characters, so
// that a backslash there is hardly ever anything but a separator.
func quoteOn(goos, path string) string {
	quoted := strconv.Quote(path)
	if goos == "windows" {
		quoted = strings.ReplaceAll(quoted, `\\`, `\`)
	}
	return quoted
}
