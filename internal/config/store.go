package config

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/progetctl/progetctl/internal/safefile"
)

// Store finds and changes the sources of one user. Nothing is read before it is needed.
type Store struct{ places places }

// Open returns the store of the user that the environment describes: HOME and XDG_CONFIG_HOME, on
// Windows APPDATA.
func Open(getenv func(string) string) Store { return Store{placesOn(runtime.GOOS, getenv)} }

// Path is our own file, "" if no home directory is known. It need not exist.
func (s Store) Path() string { return s.places.own }

// UnknownError says that no file has a source of that name.
type UnknownError struct {
	Name  string
	Known []string // the names that there are, in the order of the files
}

// Error quotes the name.
func (e *UnknownError) Error() string { return fmt.Sprintf("no source named %q", e.Name) }

// FileError says that a file exists but can't be used.
type FileError struct {
	Path string
	Err  error
}

// Error names the file and what is wrong with it, and never quotes it.
func (e *FileError) Error() string {
	return fmt.Sprintf("cannot use the sources in %s: %s", safefile.Quote(e.Path), e.Err)
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// Find returns the source with a name, with its secrets readable; "" is the default. Our own file
// comes first; pgutil's is read only for a name that is not in ours. Errors: [*UnknownError], and
// [*FileError] for a file that the answer needs.
func (s Store) Find(name string) (Source, error) {
	unknown := &UnknownError{Name: name}
	for _, read := range s.readers() {
		f, err := read()
		if err != nil {
			return Source{}, err
		}
		if name == "" { // our file is the first
			name = f.defaultName()
			unknown.Name = name
		}
		for _, source := range f.Sources {
			if source.is(name) {
				return source.ready()
			}
			unknown.Known = append(unknown.Known, source.Name)
		}
	}
	return Source{}, unknown
}

// ready makes the secrets readable.
func (s Source) ready() (Source, error) {
	if s.unlock == nil {
		return s, nil
	}
	if err := s.unlock(&s); err != nil {
		return Source{}, &FileError{s.File, fmt.Errorf("source %q: %w", s.Name, err)}
	}
	return s, nil
}

// List returns the sources that [Store.Find] would find, ours first. Secrets of pgutil's stay
// obfuscated. What could be read is returned beside the errors of the files that could not.
func (s Store) List() ([]Source, error) {
	var all []Source
	var problems []error
	standard := ""
	for _, read := range s.readers() {
		f, err := read()
		problems = append(problems, err)
		standard = cmp.Or(standard, f.defaultName())
		for _, source := range f.Sources {
			source.Default = source.is(standard)
			if !slices.ContainsFunc(all, func(had Source) bool { return had.is(source.Name) }) {
				all = append(all, source)
			}
		}
	}
	return all, errors.Join(problems...)
}

// readers are the files, in the order in which a name is looked for.
func (s Store) readers() []func() (file, error) {
	readers := []func() (file, error){func() (file, error) { return readOwn(s.places.own) }}
	for _, path := range s.places.pgutil {
		readers = append(readers, func() (file, error) { return readFile(path, decodePgutil) })
	}
	return readers
}

// ExistsError says that a source with that name already exists.
type ExistsError struct{ Name string }

// Error quotes the name.
func (e *ExistsError) Error() string { return fmt.Sprintf("a source named %q already exists", e.Name) }

// Add writes a source into our file. A name that exists is a [*ExistsError], unless it is to be
// replaced. Other processes that change the file are waited for, see [BusyError].
func (s Store) Add(ctx context.Context, source Source, replace bool) error {
	if err := source.Check(); err != nil {
		return err
	}
	return s.change(ctx, func(f *file) error {
		at := slices.IndexFunc(f.Sources, func(had Source) bool { return had.is(source.Name) })
		switch {
		case at < 0:
			f.Sources = append(f.Sources, source)
		case !replace:
			return &ExistsError{f.Sources[at].Name}
		default:
			f.Sources[at] = source
		}
		return nil
	})
}

// Use makes a source the default, in our file or in pgutil's, and waits as [Store.Add] does. It
// returns the source as [Store.List] does. Errors: those of [Store.Find].
func (s Store) Use(ctx context.Context, name string) (Source, error) {
	source, err := s.Find(name)
	if err != nil {
		return source, err
	}
	source.Default = true
	return source, s.change(ctx, func(f *file) error {
		f.Default = source.Name
		return nil
	})
}

// Remove takes a source out of our file and returns it; it waits as [Store.Add] does. If it was
// made the default, the one named [DefaultName] is again. Errors: [*UnknownError] if it is not in
// ours, even if it is in pgutil's.
func (s Store) Remove(ctx context.Context, name string) (removed Source, err error) {
	err = s.change(ctx, func(f *file) error {
		unknown := &UnknownError{Name: name}
		for i, source := range f.Sources {
			if source.is(name) {
				removed = source
				f.Sources = slices.Delete(f.Sources, i, i+1)
				if source.is(f.Default) {
					f.Default = ""
				}
				return nil
			}
			unknown.Known = append(unknown.Known, source.Name)
		}
		return unknown
	})
	return removed, err
}

// beside makes the paths in a source of our file absolute: they mean files beside it.
func beside(file string, s *Source) {
	for _, path := range []*string{&s.APIKeyFile, &s.CACert, &s.ClientCert, &s.ClientKey} {
		if *path != "" && !filepath.IsAbs(*path) {
			*path = filepath.Join(filepath.Dir(file), *path)
		}
	}
}
