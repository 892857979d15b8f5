package safefile

import (
	"os"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// renameNoReplace renames within a folder, and fails if the new name is taken.
func renameNoReplace(folder *os.File, from, to string) error {
	old, err := windows.UTF16PtrFromString(filepath.Join(folder.Name(), from))
	if err != nil {
		return err
	}
	name, err := windows.UTF16PtrFromString(filepath.Join(folder.Name(), to))
	if err != nil {
		return err
	}
	if err := windows.MoveFileEx(old, name, windows.MOVEFILE_WRITE_THROUGH); err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}
