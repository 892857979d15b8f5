package safefile

import (
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// inUse reports whether err says that another program has the file open. A replacement of such a
// file is called access denied.
func inUse(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION) ||
		errors.Is(err, windows.ERROR_ACCESS_DENIED)
}

// openShared opens a file with FILE_SHARE_DELETE: package os does that in a Root alone. A link that
// leads out of its folder is not a file of a Root, and is opened as usual.
func openShared(path string) (*os.File, error) {
	if file, err := os.OpenInRoot(filepath.Dir(path), filepath.Base(path)); err == nil {
		return file, nil
	}
	return os.Open(path)
}
