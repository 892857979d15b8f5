package safefile

import (
	"os"
	"strings"
)

// What names of temporary files begin and end with.
const (
	partPrefix = ".progetctl-"
	partSuffix = ".part"
)

// mostSwept bounds the names of a folder that are looked at, so that a large one holds nothing up.
const mostSwept = 10_000

// sweep removes the temporary files of processes that were killed. A living process holds a lock on
// its own.
func (f *File) sweep() {
	folder, err := f.root.Open(".")
	if err != nil {
		return
	}
	defer folder.Close()
	names, _ := folder.Readdirnames(mostSwept) // what cannot be listed is not swept
	for _, name := range names {
		if strings.HasPrefix(name, partPrefix) && strings.HasSuffix(name, partSuffix) {
			f.sweepOne(name)
		}
	}
}

func (f *File) sweepOne(name string) {
	if info, err := f.root.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return
	}
	part, err := f.root.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer part.Close()
	if isAbandoned(part) {
		_ = f.root.Remove(name)
	}
}
