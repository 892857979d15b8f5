package safefile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// begin creates a file at path and writes text to it.
func begin(t *testing.T, path, text string, options Options) *File {
	t.Helper()
	f, err := Create(path, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Abort)
	if _, err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return f
}

// checkFolder compares the whole content of a folder, so that no temporary file stays unseen.
func checkFolder(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, ok := want[entry.Name()]; !ok {
			t.Errorf("%s was left behind", entry.Name())
		}
	}
	for name, text := range want {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != text {
			t.Errorf("%s has %q (%v), want %q", name, got, err, text)
		}
	}
}

func TestCommit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.zip")
	f := begin(t, path, "whole", Options{})
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file exists before Commit: %v", err)
	}
	if f.Path() != path {
		t.Errorf("path %q", f.Path())
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	f.Abort()
	checkFolder(t, dir, map[string]string{"a.zip": "whole"})
	if err := f.Commit(); !errors.Is(err, errFinished) {
		t.Errorf("second Commit: %v", err)
	}
	if _, err := f.Write(nil); !errors.Is(err, errFinished) {
		t.Errorf("Write after Commit: %v", err)
	}
}

func TestAbortLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := begin(t, filepath.Join(dir, "a.zip"), "half", Options{})
	f.Abort()
	f.Abort()
	checkFolder(t, dir, nil)
	if err := f.Commit(); !errors.Is(err, errFinished) {
		t.Errorf("Commit after Abort: %v", err)
	}
	if err := f.Reset(); !errors.Is(err, errFinished) {
		t.Errorf("Reset after Abort: %v", err)
	}
}

func TestResetBeginsAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := begin(t, filepath.Join(dir, "a.zip"), "the longer first version", Options{})
	if err := f.Reset(); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("second")); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	checkFolder(t, dir, map[string]string{"a.zip": "second"})
}

func TestExisting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.zip")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Create(path, Options{})
	var exists *ExistsError
	if !errors.As(err, &exists) || exists.Path != path || !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v", err)
	}
	checkFolder(t, dir, map[string]string{"a.zip": "old"})
	f := begin(t, path, "new", Options{Force: true})
	checkFolder(t, dir, map[string]string{"a.zip": "old", filepath.Base(f.temporary.Name()): "new"})
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	checkFolder(t, dir, map[string]string{"a.zip": "new"})
}

// TestRace: of many that began while the name was free, one gets it and the others change nothing.
func TestRace(t *testing.T) {
	t.Parallel()
	for _, publish := range []struct {
		name   string
		commit func(*File) error
	}{{"an exclusive rename", (*File).Commit}, {"links", commitWithLink}, {"no links", commitWithoutLinks}} {
		t.Run(publish.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "a.zip")
			errs := make([]error, 8)
			var files []*File
			for range errs {
				files = append(files, begin(t, path, "whole", Options{}))
			}
			var group sync.WaitGroup
			for i, f := range files {
				group.Go(func() { errs[i] = publish.commit(f) })
			}
			group.Wait()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else if !errors.Is(err, fs.ErrExist) {
					t.Error(err)
				}
			}
			if won != 1 {
				t.Errorf("%d files got the name", won)
			}
			checkFolder(t, dir, map[string]string{"a.zip": "whole"})
		})
	}
}

// commitWithLink is Commit on a file system without an exclusive rename.
func commitWithLink(f *File) error {
	defer f.Abort()
	return f.link()
}

// commitWithoutLinks is Commit on a file system that refuses hard links.
func commitWithoutLinks(f *File) error {
	defer f.Abort()
	return f.claim()
}

func TestMode(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no modes")
	}
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	want, err := os.Stat(plain)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "a.zip")
	f := begin(t, path, "x", Options{})
	if info, err := f.temporary.Stat(); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the unfinished file: %v, %v", info.Mode(), err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != want.Mode() {
		t.Errorf("mode %v, want that of any new file, %v (%v)", info.Mode(), want.Mode(), err)
	}
	secret := filepath.Join(dir, "secret")
	if err := begin(t, secret, "x", Options{Private: true}).Commit(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(secret); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a private file has mode %v (%v)", info.Mode(), err)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege on Windows")
	}
	outside, dir := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret")
	if err := os.WriteFile(secret, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"live": secret, "dangling": filepath.Join(outside, "none")} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		if _, err := Create(filepath.Join(dir, name), Options{}); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s link: %v", name, err)
		}
		if err := begin(t, filepath.Join(dir, name), "new", Options{Force: true}).Commit(); err != nil {
			t.Error(err)
		}
	}
	checkFolder(t, outside, map[string]string{"secret": "old"})
	checkFolder(t, dir, map[string]string{"live": "new", "dangling": "new"})
}

// TestLinkThatAppears: the name is taken by a link while the file is being written.
func TestLinkThatAppears(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege on Windows")
	}
	outside, dir := t.TempDir(), t.TempDir()
	f := begin(t, filepath.Join(dir, "a.zip"), "new", Options{})
	if err := os.Symlink(filepath.Join(outside, "target"), filepath.Join(dir, "a.zip")); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); !errors.Is(err, fs.ErrExist) {
		t.Errorf("error %v", err)
	}
	checkFolder(t, outside, nil)
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tests := []struct {
		path, text string
		force      bool
	}{
		{"", "names no file", false},
		{dir + string(filepath.Separator), "names no file", false},
		{filepath.Join(dir, "x") + string(filepath.Separator) + "..", "names no file", false},
		{filepath.Dir(dir) + string(filepath.Separator) + filepath.Base(dir), "is a folder", true},
		{filepath.Join(dir, "none", "a.zip"), "folder of", false},
		{os.DevNull, "", true},
	}
	for _, test := range tests {
		f, err := Create(test.path, Options{Force: test.force})
		if err == nil {
			f.Abort()
			t.Errorf("Create(%q) went well", test.path)
		} else if !strings.Contains(err.Error(), test.text) {
			t.Errorf("Create(%q): %v", test.path, err)
		}
	}
	checkFolder(t, dir, nil)
}

func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("this user writes everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(filepath.Join(dir, "a.zip"), Options{}); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error %v", err)
	}
}

// An error names the file that people know, not the temporary one.
func TestErrorsNameTheFile(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(t *testing.T, path string) error{
		"a folder in its place": func(t *testing.T, path string) error {
			f := begin(t, path, "new", Options{Force: true})
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
			return f.Commit()
		},
		"a write that fails": func(t *testing.T, path string) error {
			f := begin(t, path, "new", Options{Force: true})
			defer f.Abort()
			_ = f.temporary.Close()
			_, err := f.Write([]byte("x"))
			return err
		},
		"an end that fails": func(t *testing.T, path string) error {
			f := begin(t, path, "new", Options{Private: true})
			_ = f.temporary.Close()
			return f.Commit()
		},
		"a name that is too long": func(_ *testing.T, path string) error {
			f, err := Create(path+strings.Repeat("x", 300), Options{Force: true})
			if err == nil {
				f.Abort()
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "a.nupkg")
			err := fault(t, path)
			if err == nil || !strings.Contains(err.Error(), "a.nupkg") || strings.Contains(err.Error(), partPrefix) {
				t.Errorf("got %v", err)
			}
		})
	}
}
