package client

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// property is a property that is read of a package or of a promotion.
type property int

// The properties. ProGet's documentation has had two names for two of them.
const (
	inPackageName property = iota
	inPackage
	inGroupName
	inGroup
	inPackageType
	inVersion
	inPromotions
	inFromFeed
	inToFeed
	inDate
	inUser
	inComments
	inID
	propertyCount
	notRead property = -1
)

// propertyNames lists the names of the documentation, in the order above.
func propertyNames() [propertyCount]string {
	return [propertyCount]string{
		"packageName", "package", "groupName", "group", "packageType", "version", "promotions",
		"fromFeed", "toFeed", "date", "user", "comments", "id",
	}
}

// propertyOf finds the property with a name, in any letter case, among those
// from first to last.
func propertyOf(name []byte, first, last property) property {
	names := propertyNames()
	for p := first; p <= last; p++ {
		if string(name) == names[p] {
			return p
		}
	}
	for p := first; p <= last; p++ {
		if strings.EqualFold(string(name), names[p]) {
			return p
		}
	}
	return notRead
}

// texts are the values of the properties of one object.
type texts [propertyCount]string

// either gives the value that a property has in two spellings. If they differ,
// nobody knows which one the server meant.
func (t *texts) either(a, b property) (string, error) {
	switch {
	case t[a] == "":
		return t[b], nil
	case t[b] == "" || strings.EqualFold(strings.TrimPrefix(t[a], "@"), strings.TrimPrefix(t[b], "@")):
		return t[a], nil
	}
	return "", shapeError(fmt.Sprintf("one of its objects has different values for %q and %q", propertyNames()[a], propertyNames()[b]))
}

// jsonCursor reads JSON that is known to be valid. Readers differ in which of
// two equal keys they take, so an object that has one twice, in any letter
// case, is an error: a gate must not open on it.
type jsonCursor struct {
	text []byte
	pos  int
}

// next passes over white space and separators and gives the byte that follows,
// or 0 at the end.
func (c *jsonCursor) next() byte {
	for ; c.pos < len(c.text); c.pos++ {
		switch b := c.text[c.pos]; b {
		case ' ', '\n', '\r', '\t', ',', ':':
		default:
			return b
		}
	}
	return 0
}

// members calls use at the value of each member of an object. use must read
// the value.
func (c *jsonCursor) members(first, last property, use func(property) error) error {
	c.pos++ // the brace
	seen := uint(0)
	var others map[string]bool
	for c.next() != '}' {
		key, plain := c.quoted()
		if !plain {
			key = []byte(unquote(key))
		}
		p := propertyOf(key, first, last)
		if p == notRead {
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
	c.pos++
	return nil
}

// twinError is the error of an object that has a key twice.
func twinError(key []byte) error {
	return shapeError(fmt.Sprintf("one of its objects has the key %.60q twice", key))
}

// foldKey gives keys that differ only in letter case the same form, as
// encoding/json and strings.EqualFold see it.
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

// packageMembers reads the object of a package.
func (c *jsonCursor) packageMembers() (values texts, promotions []Promotion, err error) {
	err = c.members(inPackageName, inPromotions, func(p property) (err error) {
		if p == inPromotions {
			promotions, err = c.promotions()
			return err
		}
		values[p] = c.value()
		return nil
	})
	if promotions == nil {
		promotions = []Promotion{}
	}
	return values, promotions, err
}

// promotions reads an array of promotions. A single object stands for an array
// of one; what else is not an object is passed over.
func (c *jsonCursor) promotions() (all []Promotion, err error) {
	switch c.next() {
	case '{':
		return c.appendPromotion(nil)
	case '[':
	default:
		c.skip()
		return nil, nil
	}
	c.pos++
	for {
		switch c.next() {
		case ']':
			c.pos++
			return all, nil
		case '{':
			if all, err = c.appendPromotion(all); err != nil {
				return nil, err
			}
			if len(all) > promotionsLimit {
				return nil, shapeError(fmt.Sprintf("one package has more than %d promotions", promotionsLimit))
			}
		default:
			c.skip()
		}
	}
}

func (c *jsonCursor) appendPromotion(all []Promotion) ([]Promotion, error) {
	var values texts
	err := c.members(inFromFeed, inID, func(p property) error {
		values[p] = c.value()
		return nil
	})
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseInt(values[inID], 10, 64)
	if err != nil { // one that is not a number, or too large, is none: a near one would be another's
		number = 0
	}
	return append(all, Promotion{
		values[inFromFeed], values[inToFeed], parseServerDate(values[inDate]), values[inUser], values[inComments], number,
	}), nil
}

// value reads a value as text: numbers as the server wrote them. An object, an
// array and null are empty.
func (c *jsonCursor) value() string {
	switch c.next() {
	case '"':
		raw, plain := c.quoted()
		if plain {
			return string(raw)
		}
		return unquote(raw)
	case '{', '[', 'n':
		c.skip()
		return ""
	}
	start := c.pos
	c.skip()
	return string(c.text[start:c.pos])
}

// quoted reads a string and gives what is between its quotation marks. It is
// plain if that is the string.
func (c *jsonCursor) quoted() (raw []byte, plain bool) {
	c.pos++
	start := c.pos
	plain = true
	for ; c.text[c.pos] != '"'; c.pos++ {
		switch b := c.text[c.pos]; {
		case b == '\\':
			plain = false
			c.pos++
		case b >= utf8.RuneSelf:
			plain = false
		}
	}
	raw = c.text[start:c.pos]
	c.pos++
	return raw, plain
}

// unquote reads the escapes of a string. Bytes that are not UTF-8 become U+FFFD.
func unquote(raw []byte) (s string) {
	quoted := make([]byte, 0, len(raw)+2)
	quoted = append(append(append(quoted, '"'), raw...), '"')
	_ = json.Unmarshal(quoted, &s) // it is known to be valid
	return s
}

// skip passes over a value.
func (c *jsonCursor) skip() {
	switch c.next() {
	case '"':
		c.quoted()
		return
	case '{', '[':
	default:
		for c.pos < len(c.text) && !strings.ContainsRune(" \n\r\t,:]}", rune(c.text[c.pos])) {
			c.pos++
		}
		return
	}
	for depth := 0; ; {
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
