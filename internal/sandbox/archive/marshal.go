package archive

import (
	"bytes"
	"maps"
	"slices"
)

// Marshal writes values in Ruby's Marshal format 4.8, in which RubyGems keeps its older indexes
// (docs.ruby-lang.org, Marshal). A value is nil, a bool, an int, a string, a Symbol, a slice of
// values, a map of strings, an Object or a Dumped.
func Marshal(value any) []byte {
	m := marshaler{symbols: map[Symbol]int{}}
	m.out.WriteString("\x04\x08")
	m.value(value)
	return m.out.Bytes()
}

// Symbol is a Ruby symbol.
type Symbol string

// Object is a Ruby object whose class writes itself down as a value (marshal_dump).
type Object struct {
	Class string
	Value any
}

// Dumped is a Ruby object whose class writes itself down as bytes (_dump).
type Dumped struct {
	Class string
	Bytes []byte
}

// marshaler numbers the symbols, because a repeated one is written as a reference. Objects are
// never shared here, so that no references to them are needed.
type marshaler struct {
	out     bytes.Buffer
	symbols map[Symbol]int
}

func (m *marshaler) value(value any) {
	switch v := value.(type) {
	case nil:
		m.out.WriteByte('0')
	case bool:
		m.out.WriteByte(map[bool]byte{true: 'T', false: 'F'}[v])
	case int:
		m.out.WriteByte('i')
		m.number(v)
	case Symbol:
		m.symbol(v)
	case string:
		m.text(v)
	case []any:
		m.out.WriteByte('[')
		m.number(len(v))
		for _, element := range v {
			m.value(element)
		}
	case map[string]string:
		m.out.WriteByte('{')
		m.number(len(v))
		for _, key := range slices.Sorted(maps.Keys(v)) {
			m.value(key)
			m.value(v[key])
		}
	case Object:
		m.out.WriteByte('U')
		m.symbol(Symbol(v.Class))
		m.value(v.Value)
	case Dumped:
		m.out.WriteByte('u')
		m.symbol(Symbol(v.Class))
		m.bytes(v.Bytes)
	}
}

// text is a string with its one instance variable: the encoding, which is UTF-8 if E is true.
func (m *marshaler) text(text string) {
	m.out.WriteString(`I"`)
	m.bytes([]byte(text))
	m.number(1)
	m.symbol("E")
	m.value(true)
}

func (m *marshaler) symbol(name Symbol) {
	if n, seen := m.symbols[name]; seen {
		m.out.WriteByte(';')
		m.number(n)
		return
	}
	m.symbols[name] = len(m.symbols)
	m.out.WriteByte(':')
	m.bytes([]byte(name))
}

func (m *marshaler) bytes(b []byte) {
	m.number(len(b))
	m.out.Write(b)
}

// number writes an integer that is not negative: small ones in one byte with an offset of five,
// others as a count of bytes and the bytes, the lowest first.
func (m *marshaler) number(n int) {
	switch {
	case n == 0:
		m.out.WriteByte(0)
	case n < 123:
		m.out.WriteByte(byte(n + 5))
	default:
		var digits []byte
		for ; n > 0; n >>= 8 {
			digits = append(digits, byte(n))
		}
		m.out.WriteByte(byte(len(digits)))
		m.out.Write(digits)
	}
}
