//go:build !unix

package sqlite

import "io/fs"

// chownLike does nothing: files have the rights of their folder here.
func chownLike(string, fs.FileInfo) {}
