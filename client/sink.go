package client

import (
	"net/url"

	"github.com/progetctl/progetctl/internal/safefile"
)

// sink is where the bytes of a transfer go: a stream, or a file that gets its
// name when it is whole.
type sink struct {
	req  FetchRequest
	file *safefile.File
	path string
}

// prepare opens the file before anything is fetched, where its name is known
// by then: an annotated fetch must not fail for a file that is in the way.
func (s *sink) prepare() error {
	if s.req.Destination.Stream != nil || (s.req.Destination.Name == "" && s.req.Content.FileName == "") {
		return nil
	}
	return s.open("", nil)
}

// open opens the file; once it is open, it does nothing.
func (s *sink) open(disposition string, u *url.URL) error {
	if s.req.Destination.Stream != nil || s.file != nil {
		return nil
	}
	name, err := fileName(s.req, disposition, u)
	if err != nil {
		return &Error{Kind: KindUsage, Message: "the package has no usable file name: name the file", Err: err}
	}
	s.path = filePath(s.req.Destination, name)
	s.file, err = safefile.Create(s.path, safefile.Options{Force: s.req.Destination.Overwrite})
	return err
}

// Write adds to the content.
func (s *sink) Write(p []byte) (int, error) {
	var n int
	var err error
	if s.file != nil {
		n, err = s.file.Write(p)
	} else {
		n, err = s.req.Destination.Stream.Write(p)
	}
	if err != nil {
		err = &writeError{err}
	}
	return n, err
}

// restart begins again; a stream cannot.
func (s *sink) restart() bool {
	return s.file != nil && s.file.Reset() == nil
}

// commit gives the file its name.
func (s *sink) commit() error {
	if s.file == nil {
		return nil
	}
	return s.file.Commit()
}

// abort leaves nothing of an unfinished file.
func (s *sink) abort() {
	if s.file != nil {
		s.file.Abort()
	}
}

// writeError is a failure on this machine, to be told from one of the server.
type writeError struct{ err error }

func (e *writeError) Error() string { return e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }
