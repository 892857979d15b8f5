package records

import (
	"bytes"
	"unicode/utf8"
)

// plainRecord reads an object of known properties whose values are texts without escapes, which nearly every line of a
// batch is, a tenth of the time that a decoder takes. Anything else, and everything that is wrong, is not ok: the decoder
// reads it then, and has the words for it.
func plainRecord(object []byte) (r Record, ok bool) {
	fields := r.fields()
	rest, ok := after(object, '{')
	if !ok {
		return Record{}, false
	}
	var seen [10]bool
	for more := true; more; {
		var name, value []byte
		if name, rest, ok = plainText(rest); !ok {
			return Record{}, false
		}
		if rest, ok = after(rest, ':'); !ok {
			return Record{}, false
		}
		if value, rest, ok = plainText(rest); !ok {
			return Record{}, false
		}
		i := property(string(name))
		if i < 0 || seen[i] {
			return Record{}, false
		}
		seen[i], *fields[i] = true, string(value)
		rest, more = after(rest, ',')
	}
	rest, ok = after(rest, '}')
	return r, ok && len(bytes.TrimSpace(rest)) == 0
}

// after passes over white space and one byte, which must be mark.
func after(text []byte, mark byte) ([]byte, bool) {
	for i, b := range text {
		switch b {
		case mark:
			return text[i+1:], true
		case ' ', '\t', '\r', '\n':
		default:
			return text, false
		}
	}
	return text, false
}

// plainText reads a string without escapes, control characters and broken UTF-8.
func plainText(text []byte) (value, rest []byte, ok bool) {
	text, ok = after(text, '"')
	end := bytes.IndexByte(text, '"')
	if !ok || end < 0 {
		return nil, nil, false
	}
	value = text[:end]
	for _, b := range value {
		if b < ' ' || b == '\\' {
			return nil, nil, false
		}
	}
	return value, text[end+1:], utf8.Valid(value)
}
