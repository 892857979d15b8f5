package jsontext

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Fault is the place at which a text is no longer JSON.
type Fault struct {
	Offset   int    // in the text, in bytes
	Expected string // "a comma or ]"
	found    string // what was found, quoted; "" for nothing
}

// FaultOf returns what a decoder's error says of a text, in plain words; ok is false for any other
// error. The text begins with the value, or the part of one, that the decoder could not read.
func FaultOf(err error, text []byte) (fault Fault, ok bool) {
	syntax, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return Fault{}, false
	}
	at, said := len(text)-len(strings.TrimLeft(string(text), " \t\r\n")), syntax.Error()
	// The offset in the error of a decoder that read tokens before does not count them.
	var value json.RawMessage
	again, isSyntax := errors.AsType[*json.SyntaxError](json.Unmarshal(text, &value))
	if isSyntax && strings.HasPrefix(again.Error(), said) {
		at, said = max(int(again.Offset)-1, 0), again.Error()
	}
	if strings.Contains(said, inLiteral) {
		at = len(strings.TrimRight(string(text[:at]), "aeflnrstu"))
	}
	return Fault{at, expectation(said), excerpt(text[min(at, len(text)):])}, true
}

// String says what was found, and what was expected.
func (f Fault) String() string {
	if f.found == "" {
		return "it ends too early"
	}
	return "found " + f.found + ", expected " + f.Expected
}

// Column is the place in the line of text in which the fault is, counted in characters from 1.
func (f Fault) Column(text []byte) int {
	before := text[:min(f.Offset, len(text))]
	return utf8.RuneCount(before[strings.LastIndexByte(string(before), '\n')+1:]) + 1
}

// excerpt quotes the beginning of a text, up to the end of its line; a line break itself is quoted
// alone.
func excerpt(text []byte) string {
	const shown = 12 // characters
	line := strings.ToValidUTF8(string(text[:min(len(text), shown*utf8.UTFMax)]), "\uFFFD")
	if end := strings.IndexAny(line, "\r\n"); end > 0 {
		line = line[:end]
	} else if end == 0 {
		line = line[:1]
	}
	runes := []rune(line)
	if len(runes) == 0 {
		return ""
	}
	if strings.Contains(line, `"`) && !strings.Contains(line, "`") && strconv.CanBackquote(line) {
		return "`" + string(runes[:min(len(runes), shown)]) + "`"
	}
	return strconv.Quote(string(runes[:min(len(runes), shown)]))
}

// inLiteral is in the error of a word that begins as true, false or null does.
const inLiteral = "(expecting "

// expectation says what a decoder expected, which its error names by what it was doing.
func expectation(said string) string {
	for _, e := range []struct{ doing, expected string }{
		{"after object key:value pair", "a comma or }"},
		{"after object key", "a colon"},
		{"after array element", "a comma or ]"},
		{"after top-level value", "nothing more"},
		{"in string literal", "no line break or control character in a string"},
		{"in string escape code", `a letter of an escape, such as \n; a backslash itself is written \\`},
		{"hexadecimal character escape", `four hexadecimal digits after \u`},
		{inLiteral, "a value"},
		{"of numeric literal", "a digit"},
		{"in numeric literal", "a digit"},
		{"after decimal point", "a digit"},
		{"looking for beginning of value", "a value"},
	} {
		if strings.Contains(said, e.doing) {
			return e.expected
		}
	}
	return "a name in double quotes"
}
