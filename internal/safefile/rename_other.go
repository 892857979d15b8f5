//go:build !linux && !darwin && !windows

package safefile

import (
	"errors"
	"os"
)

// renameNoReplace does not exist here.
func renameNoReplace(*os.File, string, string) error { return errors.ErrUnsupported }
