package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"

	"github.com/progetctl/progetctl/internal/safefile"
)

// sink is where the bytes of one transfer go.
type sink interface {
	io.Writer
	// open prepares for the first byte, with what the answer says about the name. It is called
	// again when a transfer goes on, and does nothing then.
	open(disposition string) error
	// restart drops what was written; false if that cannot be done.
	restart() bool
	// streams reports whether what was written is out of reach.
	streams() bool
}

// errExists ends a transfer whose content already exists.
var errExists = errors.New("the file exists already")

// writeError is a failure on this machine, unlike one of the server.
type writeError struct{ err error }

func (e *writeError) Error() string { return e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }

func asWriteError(n int, err error) (int, error) {
	if err != nil {
		err = &writeError{err}
	}
	return n, err
}

// streamSink writes to a stream as the bytes come.
type streamSink struct {
	w       io.Writer
	written bool
}

func (s *streamSink) open(string) error { return nil }
func (s *streamSink) restart() bool     { return !s.written }
func (s *streamSink) streams() bool     { return true }

func (s *streamSink) Write(p []byte) (int, error) {
	s.written = true
	n, err := s.w.Write(p)
	if err != nil {
		err = fmt.Errorf("cannot write the package: %w", err)
	}
	return asWriteError(n, err)
}

// memorySink keeps a document of bounded size.
type memorySink struct {
	bytes.Buffer
	limit int
}

func (s *memorySink) open(string) error { return nil }
func (s *memorySink) restart() bool     { s.Reset(); return true }
func (s *memorySink) streams() bool     { return false }

func (s *memorySink) Write(p []byte) (int, error) {
	if s.Len()+len(p) > s.limit {
		return 0, &Error{Kind: KindUnavailable, Message: fmt.Sprintf("the server's document is larger than %d MiB", s.limit>>20)}
	}
	return s.Buffer.Write(p)
}

// fileSink writes a file that gets its name when it is whole.
type fileSink struct {
	Destination
	known    string                             // the file's name before anything is asked, may be empty
	from     *url.URL                           // what is asked for
	same     func(path string) (existing, bool) // whether the file at path is what would be fetched
	again    bool                               // such a file is fetched again anyway
	existing *existing                          // the file that ended open with errExists
	folder   *os.Root                           // held from the start, so that nobody can put another in its place
	file     *safefile.File
	path     string
}

// prepare does before anything is asked what can fail on this machine: an annotated fetch must not
// fail for a file that is in the way.
func (s *fileSink) prepare() error {
	if s.Name != "" {
		s.Folder, s.Name = filepath.Split(filepath.Join(s.Folder, s.Name))
		s.known = s.Name
	}
	var err error
	if s.folder, err = os.OpenRoot(filepath.Clean(s.Folder)); err != nil {
		return fmt.Errorf("folder %s: %w", safefile.Quote(filepath.Clean(s.Folder)), err)
	}
	if s.known != "" {
		return s.open("")
	}
	// The server may still call the package something else. A file in the way of the likely name,
	// or of any name, is reported before anything is requested.
	err = s.open("")
	s.abort()
	s.file = nil
	return err
}

// open creates the file. A file that exists and is not to be replaced is a usage error, or
// errExists if it holds what would be fetched. An annotated package is fetched anyway, for its
// record.
func (s *fileSink) open(disposition string) error {
	if s.file != nil {
		return nil
	}
	name, err := s.fileName(disposition)
	if err != nil {
		return &Error{Kind: KindUsage, Reason: ReasonNoFileName, Message: string(ReasonNoFileName), Err: err}
	}
	s.path = filepath.Join(s.Folder, name)
	s.file, err = safefile.Create(s.path, safefile.Options{Force: s.Overwrite, Folder: s.folder})
	if err == nil {
		return nil
	}
	if _, refused := errors.AsType[*safefile.NameError](err); refused {
		return &Error{Kind: KindUsage, Message: err.Error(), Err: err}
	}
	if _, exists := errors.AsType[*safefile.ExistsError](err); !exists {
		return localOrNil(err)
	}
	if found, same := s.same(s.path); same {
		if !s.again {
			s.existing = &found
			return errExists
		}
		s.file, err = safefile.Create(s.path, safefile.Options{Force: true, Folder: s.folder})
		return err
	}
	return &Error{Kind: KindUsage, Reason: ReasonFileExists, Message: "file " + safefile.Quote(s.path) + " already exists", Err: err}
}

// fileName chooses the name of the file: the caller's or the package's own, what the server calls
// it, else the end of the URL that was asked for. Where a redirect leads, a storage service may
// have any name for it.
func (s *fileSink) fileName(disposition string) (string, error) {
	if s.Name != "" {
		return s.Name, nil
	}
	if s.known != "" {
		return safefile.BaseName(s.known)
	}
	if name := safefile.FromContentDisposition(disposition); name != "" {
		return name, nil
	}
	return safefile.BaseName(path.Base(s.from.Path))
}

func (s *fileSink) Write(p []byte) (int, error) { return asWriteError(s.file.Write(p)) }
func (s *fileSink) restart() bool               { return s.file == nil || s.file.Reset() == nil }
func (s *fileSink) streams() bool               { return false }

// truncate drops what was written behind size bytes.
func (s *fileSink) truncate(size int64) error { return s.file.Truncate(size) }

// commit gives the file its name.
func (s *fileSink) commit() error { return s.file.Commit() }

// close lets go of the folder.
func (s *fileSink) close() {
	s.abort()
	if s.folder != nil {
		_ = s.folder.Close()
	}
}

// abort leaves nothing of an unfinished file.
func (s *fileSink) abort() {
	if s.file != nil {
		s.file.Abort()
	}
}

// localOrNil makes err a failure on this machine; nil stays nil.
func localOrNil(err error) error {
	if err == nil {
		return nil
	}
	return localError(err)
}

func localError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Kind: KindInternal, Message: err.Error(), Err: err}
}
