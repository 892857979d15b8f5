//go:build unix

package sqlite

import (
	"io/fs"
	"os"
	"syscall"
)

// chownLike gives a file the owner and group of another, as far as this process may.
func chownLike(path string, like fs.FileInfo) {
	if stat, ok := like.Sys().(*syscall.Stat_t); ok {
		if os.Lchown(path, int(stat.Uid), int(stat.Gid)) != nil {
			_ = os.Lchown(path, -1, int(stat.Gid))
		}
	}
}
