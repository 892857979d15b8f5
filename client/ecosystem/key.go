package ecosystem

import "encoding/binary"

// The first byte of every sort key.
const (
	keyIrregular = iota // breaks its ecosystem's rules: natural order
	keyRegular
)

// appendSortKey appends the key of v to the empty slice dst. It is a switch of direct calls, not a
// table of functions, so that the compiler can leave the caller's buffer on the stack.
func appendSortKey(dst []byte, t Type, v string) []byte {
	key, ok := append(dst, keyRegular), true
	switch t {
	case Alpine:
		key, ok = appendAlpine(key, v)
	case Asset:
		ok = false
	case Composer:
		key, ok = appendComposer(key, v)
	case Conda:
		key, ok = appendConda(key, v)
	case CRAN:
		key, ok = appendCRAN(key, v)
	case Debian:
		key, ok = appendDebian(key, v)
	case Gem:
		key, ok = appendGem(key, v)
	case Maven:
		key = appendMaven(key, v)
	case PyPI:
		key, ok = appendPEP440(key, v)
	case RPM:
		key, ok = appendRPM(key, v)
	default:
		key, ok = appendSemVer(key, t, v)
	}
	if !ok {
		return appendNatural(append(dst, keyIrregular), spelling(t, v))
	}
	return key
}

// longNumber is the first byte of a number with so many digits or more; their count follows in
// eight bytes.
const longNumber = 0xFF

// appendNumber appends a run of decimal digits of any length, possibly empty (zero), so that
// numbers sort by value: the count of significant digits, then the digits.
func appendNumber(dst []byte, digits string) []byte {
	digits = trimZeros(digits)
	if len(digits) < longNumber {
		dst = append(dst, byte(len(digits)))
	} else {
		dst = binary.BigEndian.AppendUint64(append(dst, longNumber), uint64(len(digits)))
	}
	return append(dst, digits...)
}

// appendText appends a string and its end, which sorts before any further character.
func appendText(dst []byte, s string) []byte {
	return append(append(dst, s...), 0)
}

// padding serves lists whose shorter instances compare as if filled up with zeros ("1.0" and
// "1.0.0" are equal, "1.0.1" comes after both, "1.0.a" before). A zero can only be written once it
// is known what follows: padding counts the zeros that are not yet written, and is new for each
// list.
type padding int

// The tags of list items, in order.
const (
	tagBelow     = iota + 1 // an item less than zero, which follows
	tagZeroBelow            // a zero, and after it (and other zeros) an item less than zero
	tagEnd                  // only zeros
	tagZeroAbove            // a zero, and after it an item greater than zero
	tagAbove                // an item greater than zero, which follows
)

// below begins an item less than zero: the caller appends it.
func (p *padding) below(dst []byte) []byte { return p.begin(dst, tagZeroBelow, tagBelow) }

// above begins an item greater than zero: the caller appends it.
func (p *padding) above(dst []byte) []byte { return p.begin(dst, tagZeroAbove, tagAbove) }

func (p *padding) begin(dst []byte, zero, item byte) []byte {
	for ; *p > 0; *p-- {
		dst = append(dst, zero)
	}
	return append(dst, item)
}

// number appends a run of digits as an item.
func (p *padding) number(dst []byte, digits string) []byte {
	if trimZeros(digits) == "" {
		*p++
		return dst
	}
	return appendNumber(p.above(dst), digits)
}
