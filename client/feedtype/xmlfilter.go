package feedtype

import (
	"bytes"
	"io"
	"strings"
)

// onlyWith drops from an XML document the elements of a name in which no child is exactly value,
// before they are parsed, because a parser takes ten times as long. The elements must not be
// nested. Other ways in which XML can write the value are not recognized.
func onlyWith(r io.Reader, element, value string) io.Reader {
	for _, c := range value {
		if c >= 0x80 || strings.ContainsRune(`<>&'"`, c) {
			return r
		}
	}
	return &elementFilter{r: r, open: []byte("<" + element), end: []byte("</" + element + ">"), text: []byte(">" + value + "</")}
}

// elementFilter is the reader of onlyWith.
type elementFilter struct {
	r               io.Reader
	open, end, text []byte
	buffer          []byte // of window
	window          []byte // read and not yet decided on
	pass            []byte // the part of window that goes on; gone when it is read
	after           []byte // window behind pass
	err             error  // of r
}

// Read passes on what is not left out.
func (e *elementFilter) Read(p []byte) (int, error) {
	for len(e.pass) == 0 {
		if e.after != nil {
			e.window, e.after = e.after, nil
		}
		done, err := e.decide()
		if err != nil {
			return 0, err
		}
		if !done {
			if e.err != nil {
				return 0, e.err
			}
			e.fill()
		}
	}
	n := copy(p, e.pass)
	e.pass = e.pass[n:]
	return n, nil
}

// give lets the first n bytes of the window go on.
func (e *elementFilter) give(n int) { e.pass, e.after = e.window[:n], e.window[n:] }

// fill reads more. The window grows with the element in it, so that it is not searched repeatedly.
func (e *elementFilter) fill() {
	const chunk = 64 << 10 // bytes
	old := e.window
	if need := len(old) + max(chunk, len(old)); cap(e.buffer) < need {
		e.buffer = make([]byte, need)
	}
	n := copy(e.buffer, old)
	for m := 0; m == 0 && e.err == nil; n += m {
		m, e.err = e.r.Read(e.buffer[n:])
	}
	e.window = e.buffer[:n]
}

// decide looks at the beginning of the window; not done if it needs more of the document.
func (e *elementFilter) decide() (done bool, err error) {
	for {
		start := bytes.Index(e.window, e.open)
		switch {
		case start > 0:
			e.give(start)
			return true, nil
		case start < 0:
			if e.err != nil {
				e.give(len(e.window))
				return len(e.window) > 0, nil
			}
			if n := len(e.window) - len(e.open); n > 0 { // the name may be cut
				e.give(n)
				return true, nil
			}
			return false, nil
		}
		n, whole := e.element()
		switch {
		case n == 0 && e.err != nil: // cut, which the parser notices
			e.give(len(e.window))
			return true, nil
		case n == 0 && len(e.window) > maxEntryBytes:
			return false, errTooLarge
		case n == 0:
			return false, nil
		case whole && !bytes.Contains(e.window[:n], e.text):
			e.window = e.window[n:]
			continue
		}
		e.give(n)
		return true, nil
	}
}

// element measures the one that the window begins with; 0 if it does not end there. What only
// begins with its name is not whole.
func (e *elementFilter) element() (n int, whole bool) {
	if len(e.window) == len(e.open) {
		return 0, false
	}
	switch e.window[len(e.open)] {
	case ' ', '\t', '\r', '\n', '/', '>':
	default:
		return len(e.open), false
	}
	tag := bytes.IndexByte(e.window, '>')
	if tag < 0 {
		return 0, false
	}
	if e.window[tag-1] == '/' {
		return tag + 1, true
	}
	end := bytes.Index(e.window, e.end)
	if end < 0 {
		return 0, false
	}
	return end + len(e.end), true
}
