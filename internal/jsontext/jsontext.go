// Package jsontext writes JSON strings for batches of many thousand small objects, in which
// encoding/json's reflection would cost more than everything else. It also cuts a text by the size
// that it has once it is escaped, and says in words what is wrong with a text that is not JSON.
package jsontext

import (
	"bytes"
	"encoding/json"
	"math/bits"
)

// AppendString appends s as a JSON string, byte for byte as encoding/json writes it without
// escaping HTML.
func AppendString(b []byte, s string) []byte {
	if PlainLength(s) < len(s) {
		return appendEscaped(b, s)
	}
	return append(append(append(b, '"'), s...), '"')
}

// AppendProperty appends a property of an object that is under way, with a comma unless it is the
// object's first. The name is one of our own: it needs no escaping.
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

// PlainLength returns the length of the beginning of s that is written in a JSON string as it is in
// every program's JSON: printable ASCII but for quotation marks and backslashes. It looks at eight
// bytes at a time.
func PlainLength[Text string | []byte](s Text) int {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		t := s[i : i+8]
		eight := uint64(t[0]) | uint64(t[1])<<8 | uint64(t[2])<<16 | uint64(t[3])<<24 |
			uint64(t[4])<<32 | uint64(t[5])<<40 | uint64(t[6])<<48 | uint64(t[7])<<56
		if other := notPlain(eight); other != 0 {
			return i + bits.TrailingZeros64(other)/8
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			break
		}
	}
	return i
}

// notPlain has the highest bit set in the first of eight bytes that is not plain, and in none
// before it. A subtraction borrows, and an addition carries, beyond such a byte only ("Bit
// Twiddling Hacks", determine if a word has a byte less than n).
func notPlain(eight uint64) uint64 {
	const each, highest = 0x0101010101010101, 0x8080808080808080
	quotes, backslashes := eight^(each*'"'), eight^(each*'\\')
	return ((eight-each*' ')&^eight | eight | (eight + each) |
		(quotes-each)&^quotes | (backslashes-each)&^backslashes) & highest
}
