// Package jsontext writes JSON strings for batches of many thousand small objects, in which encoding/json's reflection
// would cost more than everything else. It also cuts a text by the size that it has once it is escaped, and says in words
// what is wrong with a text that is not JSON.
package jsontext

import (
	"bytes"
	"encoding/json"
)

// AppendString appends s as a JSON string, byte for byte as encoding/json writes it without escaping HTML.
func AppendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return appendEscaped(b, s)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// AppendProperty appends a property of an object that is under way, with a comma unless it is the object's first. The
// name is one of our own: it needs no escaping.
func AppendProperty(b []byte, name, value string) []byte {
	if len(b) > 0 && b[len(b)-1] != '{' {
		b = append(b, ',')
	}
	return AppendString(append(append(append(b, '"'), name...), '"', ':'), value)
}

// appendEscaped leaves the texts that are not plain ASCII to encoding/json.
func appendEscaped(b []byte, s string) []byte {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	// A string always encodes: bytes that are not UTF-8 become U+FFFD.
	_ = enc.Encode(s)
	return append(b, bytes.TrimSuffix(text.Bytes(), []byte("\n"))...)
}
