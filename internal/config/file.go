package config

import (
	"bytes"
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

	"github.com/progetctl/progetctl/internal/safefile"
)

// fileLimit is 1 MiB, thousands of sources: another file in the place of ours is named instead of being read to its end.
const fileLimit = 1 << 20

// file is the shape of config.json.
type file struct {
	Sources []Source `json:"sources"`
}

// decoder makes sources of the content of the file at path.
type decoder func(path string, content []byte) ([]Source, error)

// readFile reads one file. One that is not there has no sources.
func readFile(path string, decode decoder) ([]Source, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &FileError{path, errors.Unwrap(err)}
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(io.LimitReader(f, fileLimit+1))
	if err == nil && len(content) > fileLimit {
		err = errors.New("it is too large")
	}
	var sources []Source
	if err == nil {
		// Editors on Windows put a byte order mark in front, and PowerShell writes UTF-16.
		content, _, err = transform.Bytes(unicode.BOMOverride(transform.Nop), content)
	}
	if err == nil {
		sources, err = decode(path, content)
	}
	if err != nil {
		return nil, &FileError{path, err}
	}
	for i := range sources {
		sources[i].File = path
	}
	return sources, nil
}

// decodeOwn reads our file for use.
func decodeOwn(path string, content []byte) ([]Source, error) {
	sources, err := decodeFile(path, content)
	for i := range sources {
		beside(path, &sources[i])
	}
	return sources, err
}

// decodeFile reads our file as it was written. It is strict: a misspelt property would be a source that silently asks
// without its key.
func decodeFile(_ string, content []byte) ([]Source, error) {
	var f file
	if err := decodeJSON(content, &f, true); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, source := range f.Sources {
		if err := source.Check(); err != nil {
			return nil, err
		}
		if key := strings.ToLower(source.Name); seen[key] {
			return nil, fmt.Errorf("there are two sources named %q", source.Name)
		} else {
			seen[key] = true
		}
	}
	return f.Sources, nil
}

// decodeJSON reads one JSON value and nothing after it. Errors tell the line, and never what stands there, for it may be
// a secret.
func decodeJSON(content []byte, v any, strict bool) error {
	dec := json.NewDecoder(bytes.NewReader(content))
	if strict {
		dec.DisallowUnknownFields()
	}
	err := dec.Decode(v)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the JSON")
		}
	}
	line := 1 + bytes.Count(content[:min(int(dec.InputOffset()), len(content))], []byte("\n"))
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		line = 1 + bytes.Count(content[:min(int(syntax.Offset), len(content))], []byte("\n"))
		return fmt.Errorf("line %d is not valid JSON", line)
	}
	wrong, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case mistyped && wrong.Field == "":
		return errors.New("the JSON is no object")
	case mistyped:
		return fmt.Errorf("%q has a value of the wrong kind", wrong.Field)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON ends too early")
	case err != nil:
		return fmt.Errorf("line %d: %s", line, strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

// change makes other sources of ours by edit, and writes them; its errors leave everything as it is. Two processes that
// read before either has written would lose the change of one, so reading and writing are one under a lock.
func (s Store) change(ctx context.Context, edit func([]Source) ([]Source, error)) error {
	edited := func() ([]Source, error) {
		sources, err := readFile(s.places.own, decodeFile)
		if err != nil {
			return nil, err
		}
		return edit(sources)
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
	sources, err := edited()
	if err != nil {
		return err
	}
	return replace(path, sources)
}

// target is where our file is to be written; its folder is made.
func (s Store) target() (string, error) {
	path := s.places.own
	if path == "" {
		return "", errors.New("there is no home folder to keep sources in: set HOME, on Windows APPDATA")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	// Whoever keeps the file elsewhere and links to it wants the link to stay.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path, nil
}

// replace writes the file at path, whole or not at all, readable by its owner alone.
func replace(path string, sources []Source) error {
	f, err := safefile.Create(path, safefile.Options{Force: true, Private: true})
	if err != nil {
		return err
	}
	defer f.Abort()
	enc := json.NewEncoder(f)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(file{sources}); err != nil {
		return err
	}
	return f.Commit()
}
