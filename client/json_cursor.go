package client

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/progetctl/progetctl/internal/jsontext"
)

// jsonCursor reads the JSON of one element and checks it on the way. It reads brackets, commas,
// plain strings and whole numbers itself; everything else is checked by encoding/json. Readers
// differ in which of two equal keys they take, so an object that has one twice, in any letter case,
// is an error: a gate must not open on it.
type jsonCursor struct {
	text   []byte
	pos    int
	broken bool // what was read is not JSON; nothing more is then
	// recent has texts that were read before, of which a list repeats many: feeds, users, types.
	// Each has one place, by its length and its ends.
	recent [64]string
}

// read sets the cursor to the beginning of text.
func (c *jsonCursor) read(text []byte) { c.text, c.pos, c.broken = text, 0, false }

// fail ends the reading, because what is here is not JSON.
func (c *jsonCursor) fail() { c.pos, c.broken = len(c.text), true }

// recentLength is the length in bytes of the longest text that is kept.
const recentLength = 64

// string makes a string of raw, or finds one that was made before.
func (c *jsonCursor) string(raw []byte) string {
	if len(raw) == 0 || len(raw) > recentLength {
		return string(raw)
	}
	place := &c.recent[(len(raw)*7+int(raw[0])*3+int(raw[len(raw)-1]))%len(c.recent)]
	if *place != string(raw) {
		*place = string(raw)
	}
	return *place
}

// next passes over white space and gives the byte that follows, or 0 at the end.
func (c *jsonCursor) next() byte {
	for ; c.pos < len(c.text); c.pos++ {
		switch b := c.text[c.pos]; b {
		case ' ', '\n', '\r', '\t':
		default:
			return b
		}
	}
	return 0
}

// pass passes over a byte that has to be the next one.
func (c *jsonCursor) pass(b byte) {
	if c.next() != b {
		c.fail()
		return
	}
	c.pos++
}

// more passes over what comes before the next member of an object or element of an array: a comma,
// unless it is the first. It reports false at the end, which it passes over too.
func (c *jsonCursor) more(end byte, first bool) bool {
	switch b := c.next(); {
	case b == end:
		c.pos++
		return false
	case !first:
		c.pass(',')
	}
	return !c.broken
}

// empty reports whether the object at the cursor has no members.
func (c *jsonCursor) empty() bool {
	ahead := jsonCursor{text: c.text, pos: c.pos + 1}
	return ahead.next() == '}'
}

// members calls use with the index of each member of an object that has one of some names, in any
// letter case. use must read the value. The names are at most
// 64.
func (c *jsonCursor) members(names []string, use func(int) error) error {
	c.pos++ // the brace
	seen, p := uint64(0), -1
	var others map[string]bool
	for first := true; c.more('}', first); first = false {
		key := c.key()
		if c.broken {
			break
		}
		p = indexOfName(names, key, p+1)
		if p < 0 {
			folded := foldKey(string(key))
			if others[folded] {
				return twinError(key)
			}
			if others == nil {
				others = map[string]bool{}
			}
			others[folded] = true
			c.skip()
			continue
		}
		if seen&(1<<p) != 0 {
			return twinError(key)
		}
		seen |= 1 << p
		if err := use(p); err != nil {
			return err
		}
	}
	if c.broken {
		return errNoJSON
	}
	return nil
}

// key reads the name of a member and the colon behind it.
func (c *jsonCursor) key() []byte {
	if c.next() != '"' {
		c.fail()
		return nil
	}
	key, plain := c.quoted()
	if !plain {
		key = []byte(unquote(key))
	}
	c.pass(':')
	return key
}

// texts reads the members of an object with some names as texts, into values.
func (c *jsonCursor) texts(names, values []string) error {
	return c.members(names, func(p int) error {
		values[p] = c.value()
		return nil
	})
}

// indexOfName finds a name in any letter case; -1 if it is missing. The name is probably the one
// at next or behind it: servers write the members of all objects in one order.
func indexOfName(names []string, name []byte, next int) int {
	for range names {
		if next == len(names) {
			next = 0
		}
		if string(name) == names[next] {
			return next
		}
		next++
	}
	return slices.IndexFunc(names, func(known string) bool { return strings.EqualFold(string(name), known) })
}

// twinError is the error of an object that has a key twice.
func twinError(key []byte) error {
	return shapeError(fmt.Sprintf("one of its objects has the key %q twice", jsontext.Cut(string(key), 60)))
}

// foldKey gives keys that differ only in letter case the same form, as encoding/json and
// strings.EqualFold see it.
func foldKey(key string) string {
	return strings.Map(func(r rune) rune {
		for least := r; ; {
			if r = unicode.SimpleFold(r); r == least {
				return r
			}
			least = min(least, r)
		}
	}, key)
}

// value reads a value as text: numbers as the server wrote them. An object, an array and null are
// empty.
func (c *jsonCursor) value() string {
	switch c.next() {
	case '"':
		raw, plain := c.quoted()
		if plain {
			return c.string(raw)
		}
		return unquote(raw)
	case '{', '[', 'n':
		c.skip()
		return ""
	}
	return c.string(c.skip())
}

// identifier reads the value of a property that identifies something. An object or an array is an
// error: taken for nothing, it would make a package of some group one of none.
func (c *jsonCursor) identifier(key string) (string, error) {
	if b := c.next(); b == '{' || b == '[' {
		return "", shapeError(fmt.Sprintf("one of its objects has a %q that is not text", key))
	}
	return c.value(), nil
}

// quoted reads a string and gives what is between its quotation marks. It is plain if that is the
// string.
func (c *jsonCursor) quoted() (raw []byte, plain bool) {
	start := c.pos + 1
	first := start + jsontext.PlainLength(c.text[start:])
	escapes, ascii := false, true
	for i := first; i < len(c.text); i++ {
		switch b := c.text[i]; {
		case b == '"':
			c.pos = i + 1
			raw = c.text[start:i]
			if escapes && !json.Valid(c.text[start-1:i+1]) {
				c.fail()
			}
			return raw, !escapes && (ascii || utf8.Valid(raw))
		case b == '\\':
			escapes = true
			i++
		case b >= utf8.RuneSelf:
			ascii = false
		case b < ' ':
			c.fail()
			return nil, true
		}
	}
	c.fail()
	return nil, true
}

// unquote reads the escapes of a string. Bytes that are not UTF-8 become U+FFFD.
func unquote(raw []byte) (s string) {
	quoted := make([]byte, 0, len(raw)+2)
	quoted = append(append(append(quoted, '"'), raw...), '"')
	_ = json.Unmarshal(quoted, &s) // it is known to be valid
	return s
}

// skip passes over a value and gives its text.
func (c *jsonCursor) skip() []byte {
	b := c.next()
	start := c.pos
	switch b {
	case '"':
		c.quoted()
		return c.text[start:c.pos]
	case '{', '[':
		c.skipNested()
	default:
		if end := bytes.IndexAny(c.text[c.pos:], " \n\r\t,:]}"); end >= 0 {
			c.pos += end
		} else {
			c.pos = len(c.text)
		}
	}
	value := c.text[start:c.pos]
	if !wholeNumber(value) && !json.Valid(value) {
		c.fail()
	}
	return value
}

// skipNested passes over an object or array up to its own bracket.
func (c *jsonCursor) skipNested() {
	for depth := 0; c.pos < len(c.text); {
		switch c.text[c.pos] {
		case '"':
			c.quoted()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		c.pos++
		if depth == 0 {
			return
		}
	}
}

// wholeNumber reports whether text is a number of digits alone, as ids are.
func wholeNumber(text []byte) bool {
	for _, b := range text {
		if b < '0' || b > '9' {
			return false
		}
	}
	return len(text) > 0 && (text[0] != '0' || len(text) == 1)
}
