// Package safefile writes a file only when it is complete, and makes a safe name of one
// that a server gave.
//
//	f, err := safefile.Create("tool.nupkg", safefile.Options{})
//	defer f.Abort() // does nothing once Commit has succeeded
//	_, err = io.Copy(f, body)
//	err = f.Commit()
//
// The bytes go to a hidden temporary file in the same folder, which only Commit gives its name. A
// process that is killed leaves at most that temporary file, and the next Create in the folder
// removes it.
package safefile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Options say how a [File] treats what already exists.
type Options struct {
	// Force replaces an existing file, and a symbolic link itself rather than the file that it
	// points to. Without it the file that exists stays, even one that appears while this one is
	// being written.
	Force bool
	// Folder is the folder of the file, opened before; nil to look it up by its path. The caller
	// closes it.
	Folder *os.Root
	// Private makes a file that only its owner can read (mode 0600), whatever the umask says.
	Private bool
}

// File is a file that does not have its name yet. It is not for use by several goroutines at the
// same time.
type File struct {
	root      *os.Root // the folder; every name is looked up in it, so that no link leads out of it
	temporary *os.File // nil once committed or aborted
	name      string   // in root
	path      string   // as given to Create
	mode      fs.FileMode
	force     bool
	private   bool
}

// ExistsError says that a file was not written because one of its name exists.
type ExistsError struct{ Path string }

// Error quotes the path.
func (e *ExistsError) Error() string { return "file " + Quote(e.Path) + " already exists" }

// Is makes errors.Is(err, fs.ErrExist) true.
func (e *ExistsError) Is(target error) bool { return target == fs.ErrExist }

// errFinished is what a File answers after Commit or Abort.
var errFinished = errors.New("the file is finished already")

// Create begins a file that is to be at path. The folder must be there. Errors: [*ExistsError] when
// path is taken and not to be replaced, [*NameError] for a name that the system refuses, and one
// for a folder, a device or another thing at path that no file can replace.
func Create(path string, options Options) (*File, error) {
	dir, name := filepath.Split(path)
	if name == "" || name == "." || name == ".." {
		return nil, fmt.Errorf("%s names no file", Quote(path))
	}
	if err := CheckName(name); err != nil {
		return nil, err
	}
	open := os.OpenRoot
	if options.Folder != nil {
		dir, open = ".", options.Folder.OpenRoot
	}
	root, err := open(filepath.Clean(dir))
	if err != nil {
		return nil, fmt.Errorf("folder of %s: %w", Quote(path), err)
	}
	f := &File{root: root, name: name, path: path, force: options.Force, private: options.Private}
	if err = f.checkTarget(); err == nil {
		err = f.createTemporary()
	}
	if err != nil {
		f.Abort()
		return nil, err
	}
	return f, nil
}

// checkTarget looks before anything is fetched; Commit makes sure.
func (f *File) checkTarget() error {
	info, err := f.root.Lstat(f.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder", Quote(f.path))
	case !f.force:
		return &ExistsError{f.path}
	case info.Mode().Type()&^fs.ModeSymlink != 0:
		return fmt.Errorf("%s is not a regular file", Quote(f.path)) // renaming over /dev/null would take it away
	}
	return nil
}

// createTemporary makes the temporary file. It learns the mode that the umask gives a new file from
// the file itself, since the umask cannot be read without being set; then it closes the still empty
// file to others.
func (f *File) createTemporary() error {
	f.sweep()
	file, err := f.createPart()
	if err != nil {
		return f.failed(err)
	}
	f.temporary = file
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if file.Chmod(0o600) == nil && !f.private { // file systems without modes refuse, and have nothing to restore
		f.mode = info.Mode().Perm()
	}
	return nil
}

// createPart makes a file that is held. Another process may have taken it for abandoned before
// that, and removed it.
func (f *File) createPart() (*os.File, error) {
	for {
		name := partPrefix + rand.Text() + partSuffix
		file, err := f.root.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
		if err != nil {
			return nil, err
		}
		hold(file)
		if _, err := f.root.Lstat(name); err == nil || !errors.Is(err, fs.ErrNotExist) {
			return file, nil
		}
		_ = file.Close()
	}
}

// Path is the path that the file will be at, as it was given.
func (f *File) Path() string { return f.path }

// Write adds to the file.
func (f *File) Write(p []byte) (int, error) {
	if f.temporary == nil {
		return 0, errFinished
	}
	n, err := f.temporary.Write(p)
	return n, f.failed(err)
}

// Reset drops what was written, for a transfer that must begin again.
func (f *File) Reset() error { return f.Truncate(0) }

// Truncate drops what was written behind size bytes, and goes on there.
func (f *File) Truncate(size int64) error {
	if f.temporary == nil {
		return errFinished
	}
	if _, err := f.temporary.Seek(size, io.SeekStart); err != nil {
		return err
	}
	return f.temporary.Truncate(size)
}

// Commit makes the file durable and gives it its name. On any error, nothing is left but what was
// there before.
func (f *File) Commit() error {
	if f.temporary == nil {
		return errFinished
	}
	defer f.Abort()
	if f.mode != 0 {
		if err := f.temporary.Chmod(f.mode); err != nil {
			return f.failed(err)
		}
	}
	// What is closed is no longer held, and another process would take it for abandoned while it
	// does not have its name. Nothing is left to be written then.
	if err := f.temporary.Sync(); err != nil {
		return f.failed(err)
	}
	if err := f.publish(); err != nil {
		return f.failed(err)
	}
	f.syncFolder()
	return nil
}

// failed says which file could not be made: the operating system's error names the temporary one.
func (f *File) failed(err error) error {
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return fmt.Errorf("cannot write %s: %w", Quote(f.path), link.Err)
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("cannot write %s: %w", Quote(f.path), path.Err)
	}
	return err
}

// publish gives the temporary file its name.
func (f *File) publish() error {
	if f.force {
		return retryShared(func() error { return f.root.Rename(f.temporaryName(), f.name) })
	}
	err := retryShared(f.renameExclusively)
	if errors.Is(err, errors.ErrUnsupported) {
		return f.link()
	}
	return f.taken(err)
}

// taken names the file if the name is.
func (f *File) taken(err error) error {
	if errors.Is(err, fs.ErrExist) {
		return &ExistsError{f.path}
	}
	return err
}

// link is publish for file systems that have no exclusive rename. Abort removes the other name.
func (f *File) link() error {
	err := f.root.Link(f.temporaryName(), f.name) // unlike a plain rename, this replaces nothing
	if err == nil || errors.Is(err, fs.ErrExist) {
		return f.taken(err)
	}
	return f.claim()
}

// renameExclusively gives the temporary file its name in one step, unless the name is taken. It is
// errors.ErrUnsupported if the system or the file system has no such rename.
func (f *File) renameExclusively() error {
	folder, err := f.root.Open(".")
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }()
	return renameNoReplace(folder, f.temporaryName(), f.name)
}

// claim is publish for file systems with neither hard links nor an exclusive rename: it takes the
// name with an empty file, and replaces that. A process that is killed in between leaves the empty
// file.
func (f *File) claim() error {
	placeholder, err := f.root.OpenFile(f.name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &ExistsError{f.path}
	}
	if err != nil {
		return err
	}
	err = errors.Join(placeholder.Close(), f.root.Rename(f.temporaryName(), f.name))
	if err != nil {
		return errors.Join(err, f.root.Remove(f.name))
	}
	return nil
}

// syncFolder makes the new name durable where that can be done. The file is complete by now,
// so a folder that cannot be synced is not a failure.
func (f *File) syncFolder() {
	if runtime.GOOS == "windows" {
		return
	}
	if folder, err := f.root.Open("."); err == nil {
		_ = folder.Sync()
		_ = folder.Close()
	}
}

// Abort removes what was written. After Commit or Abort it does nothing.
func (f *File) Abort() {
	if f.temporary != nil {
		_ = f.temporary.Close() // before: some file systems remove no open file
		_ = f.root.Remove(f.temporaryName())
		f.temporary = nil
	}
	_ = f.root.Close()
}

func (f *File) temporaryName() string { return filepath.Base(f.temporary.Name()) }
