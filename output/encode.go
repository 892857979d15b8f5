package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// appender is a value that writes its own JSON. Reflection costs several times as much, which half
// a million lines feel.
type appender interface {
	AppendJSON(b []byte) []byte
}

// encoder turns values into compact JSON, one after the other in the same buffer.
type encoder struct {
	buf  bytes.Buffer
	json *json.Encoder
}

func newEncoder() *encoder {
	e := &encoder{}
	e.json = json.NewEncoder(&e.buf)
	e.json.SetEscapeHTML(false) // this goes to programs, and "\u003c" helps none of them
	return e
}

// encode returns v as compact JSON, ended by a line feed, in which no build system finds an order.
// The bytes are good until the next call.
func (e *encoder) encode(v any) ([]byte, error) {
	text, err := e.marshal(v)
	return escapeCommands(text), err
}

func (e *encoder) marshal(v any) ([]byte, error) {
	e.buf.Reset()
	if a, ok := v.(appender); ok {
		e.buf.Write(append(a.AppendJSON(e.buf.AvailableBuffer()), '\n'))
		return e.buf.Bytes(), nil
	}
	if err := e.json.Encode(v); err != nil {
		return nil, fmt.Errorf("encode the result as json: %w", err)
	}
	return e.buf.Bytes(), nil
}

// escapeCommands returns JSON text without two # in a row: the same value, in which Azure
// Pipelines, TeamCity and older runners of GitHub find no order (##vso[, ##teamcity[, ##[). In
// valid JSON a # occurs in strings only.
func escapeCommands(text []byte) []byte {
	if !bytes.Contains(text, []byte("##")) {
		return text
	}
	return bytes.ReplaceAll(text, []byte("##"), []byte(`#\u0023`))
}

// JSONLine returns v as a line of compact JSON, as an [NDJSON] result has it in a pipe or on a
// terminal.
func JSONLine(v any, terminal bool) ([]byte, error) {
	text, err := newEncoder().encode(v)
	if terminal {
		text = escapeHidden(text)
	}
	return text, err
}

// EscapeJSON returns JSON text as it may be shown to a person and in a log: the same value, with
// all that [Clean] would replace as \u escapes, and without a build system's orders.
func EscapeJSON(text []byte) []byte { return escapeCommands(escapeHidden(text)) }

// Quote returns s as a JSON string, by the rule of [EscapeJSON].
func Quote(s string) string {
	text, _ := newEncoder().encode(s) // a string always encodes
	return string(escapeHidden(bytes.TrimSuffix(text, []byte("\n"))))
}

// escapeHidden returns JSON text with all that [Clean] would replace as \u escapes: the same value,
// safe on a terminal. encoding/json leaves DEL, C1 and bidi controls as they are. Line feeds stay:
// in valid JSON they are layout.
func escapeHidden(text []byte) []byte {
	keep := func(r rune) bool { return r == '\n' }
	i := firstHidden(string(text), keep)
	if i < 0 {
		return text
	}
	b := append(make([]byte, 0, len(text)+16), text[:i]...)
	for _, r := range string(text[i:]) {
		switch {
		case visible(r) || keep(r):
			b = utf8.AppendRune(b, r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return b
}
