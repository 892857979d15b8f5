package records

import (
	"strings"
	"unicode/utf8"
)

// plainRecord reads an object of known properties whose values are texts without escapes, which
// nearly every line of a batch is, a tenth of the time that a decoder takes. Anything else, and
// everything that is wrong, is not ok: the decoder reads it then, and has the words for it.
func plainRecord(object []byte) (r Record, ok bool) {
	properties := r.Properties()
	// One text that the values share, instead of one for each.
	rest, ok := after(string(object), '{')
	if !ok {
		return Record{}, false
	}
	var seen [propertyCount]bool
	for more := true; more; {
		var name, value string
		if name, rest, ok = plainText(rest); !ok {
			return Record{}, false
		}
		if rest, ok = after(rest, ':'); !ok {
			return Record{}, false
		}
		if value, rest, ok = plainText(rest); !ok {
			return Record{}, false
		}
		i := find(&properties, name)
		if i < 0 || seen[i] {
			return Record{}, false
		}
		seen[i], *properties[i].Value = true, value
		rest, more = after(rest, ',')
	}
	rest, ok = after(rest, '}')
	return r, ok && strings.TrimSpace(rest) == ""
}

// after passes over white space and one byte, which must be mark.
func after(text string, mark byte) (string, bool) {
	for i := range len(text) {
		switch text[i] {
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
func plainText(text string) (value, rest string, ok bool) {
	text, ok = after(text, '"')
	end := strings.IndexByte(text, '"')
	if !ok || end < 0 {
		return "", "", false
	}
	value = text[:end]
	for i := range len(value) {
		if value[i] < ' ' || value[i] == '\\' {
			return "", "", false
		}
	}
	return value, text[end+1:], utf8.ValidString(value)
}
