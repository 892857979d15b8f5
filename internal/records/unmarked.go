package records

import "bufio"

// unmarked drops the byte order marks between JSON documents, which are there when files that begin
// with one are put into one file. What is in a string stays.
type unmarked struct {
	in       *bufio.Reader
	inString bool
	escaped  bool
	err      error // of in, after what was handed on
}

// Read fills p unless the input ends or fails before.
func (u *unmarked) Read(p []byte) (n int, _ error) {
	for n < len(p) && u.err == nil {
		b, err := u.in.ReadByte()
		if err != nil {
			u.err = err
			break
		}
		if b == mark[0] && !u.inString && passMark(u.in) {
			continue
		}
		switch {
		case u.escaped:
			u.escaped = false
		case u.inString && b == '\\':
			u.escaped = true
		case b == '"':
			u.inString = !u.inString
		}
		p[n] = b
		n++
	}
	if n == 0 && len(p) > 0 {
		return 0, u.err
	}
	return n, nil
}

// mark is the byte order mark in UTF-8.
const mark = "\ufeff"

// passMark consumes the rest of a byte order mark whose first byte was read.
func passMark(in *bufio.Reader) bool {
	rest, _ := in.Peek(len(mark) - 1) // an error shows again at the next read
	if string(rest) != mark[1:] {
		return false
	}
	_, _ = in.Discard(len(rest))
	return true
}
