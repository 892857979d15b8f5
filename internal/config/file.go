package config

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/progetctl/progetctl/internal/jsontext"
	"github.com/progetctl/progetctl/internal/safefile"
)

// fileLimit is 1 MiB, thousands of sources: another file by that name is reported instead of being
// read to its end.
const fileLimit = 1 << 20

// file is the shape of config.json.
type file struct {
	Default string   `json:"default,omitempty"` // name of the default source, "" for the one named [DefaultName]
	Sources []Source `json:"sources"`
}

// defaultName is the name of the source that is used if none is named.
func (f file) defaultName() string { return cmp.Or(f.Default, DefaultName) }

// readFile reads one file with decode. One that does not exist has no sources.
func readFile(path string, decode func(content []byte) (file, error)) (file, error) {
	var read file
	if path == "" {
		return read, nil
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() { // opening a pipe could wait forever
		return read, &FileError{path, errors.New("it is not a regular file")}
	}
	f, err := safefile.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return read, nil
	}
	if err != nil {
		return read, &FileError{path, errors.Unwrap(err)}
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(io.LimitReader(f, fileLimit+1))
	if err == nil && len(content) > fileLimit {
		err = errors.New("it is too large")
	}
	if err == nil {
		// Editors on Windows put a byte order mark in front, and PowerShell writes UTF-16.
		content, _, err = transform.Bytes(unicode.BOMOverride(transform.Nop), content)
	}
	if err == nil {
		read, err = decode(content)
	}
	if err != nil {
		return file{}, &FileError{path, err}
	}
	for i := range read.Sources {
		read.Sources[i].File = path
	}
	return read, nil
}

// readOwn reads our file for use.
func readOwn(path string) (file, error) {
	f, err := readFile(path, decodeFile)
	for i := range f.Sources {
		beside(path, &f.Sources[i])
	}
	return f, err
}

// decodeFile reads our file as it was written. It is strict: a misspelt property would be a source
// that silently asks without its key.
func decodeFile(content []byte) (file, error) {
	var f file
	if err := decodeJSON(content, &f, true); err != nil {
		return f, err
	}
	seen := map[string]bool{}
	for _, source := range f.Sources {
		if err := source.Check(); err != nil {
			return f, err
		}
		if key := strings.ToLower(source.Name); seen[key] {
			return f, fmt.Errorf("two sources are named %q", source.Name)
		} else {
			seen[key] = true
		}
	}
	return f, nil
}

// decodeJSON reads one JSON value and nothing after it. Errors name the line, and never quote it,
// because it may hold a secret.
func decodeJSON(content []byte, v any, strict bool) error {
	dec := json.NewDecoder(bytes.NewReader(content))
	if strict {
		dec.DisallowUnknownFields()
	}
	err := dec.Decode(v)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("unexpected text after the JSON")
		}
	}
	line := 1 + bytes.Count(content[:min(int(dec.InputOffset()), len(content))], []byte("\n"))
	if fault, ok := jsontext.FaultOf(err, content); ok {
		line = 1 + bytes.Count(content[:fault.Offset], []byte("\n"))
		return fmt.Errorf("line %d, column %d is not valid JSON: expected %s", line, fault.Column(content), fault.Expected)
	}
	wrong, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case mistyped && wrong.Field == "":
		return errors.New("the JSON is not an object")
	case mistyped:
		return fmt.Errorf("%q has a value of the wrong type", wrong.Field)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON is incomplete")
	case err != nil:
		return fmt.Errorf("line %d: %s", line, strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// change changes our file by edit; its errors leave everything as it is. Two processes that read
// before either has written would lose the change of one, so reading and writing are one under a
// lock.
func (s Store) change(ctx context.Context, edit func(*file) error) error {
	edited := func() (file, error) {
		f, err := readFile(s.places.own, decodeFile)
		if err == nil {
			err = edit(&f)
		}
		return f, err
	}
	// What is refused needs no lock, for which there may be no folder, or none that can be written.
	if _, err := edited(); err != nil {
		return err
	}
	path, err := s.target()
	if err != nil {
		return err
	}
	unlock, err := lock(ctx, path)
	if err != nil {
		return err
	}
	defer unlock()
	f, err := edited()
	if err != nil {
		return err
	}
	return replace(path, f)
}

// target is where our file is to be written; its folder is made.
func (s Store) target() (string, error) {
	path := s.places.own
	if path == "" {
		return "", errors.New("no home directory to save sources in; set HOME (APPDATA on Windows)")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	// A link to a file elsewhere stays a link.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path, nil
}

// replace writes the file at path, complete or unchanged, readable only by its owner.
func replace(path string, content file) error {
	f, err := safefile.Create(path, safefile.Options{Force: true, Private: true})
	if err != nil {
		return err
	}
	defer f.Abort()
	if content.Sources == nil {
		content.Sources = []Source{}
	}
	enc := json.NewEncoder(f)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(content); err != nil {
		return err
	}
	return f.Commit()
}
