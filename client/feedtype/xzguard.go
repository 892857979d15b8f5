package feedtype

import (
	"bufio"
	"encoding/binary"
	"fmt"
)

const (
	// maxDictionaryBytes is the largest dictionary of an xz file that is read: 64 MiB, what xz -9
	// makes.
	maxDictionaryBytes = 64 << 20
	// maxDictionariesBytes is the most that the dictionaries of all blocks may have: 8 GiB. Each
	// block gets a new one, which takes CPU time to clear, and a block may be empty.
	maxDictionariesBytes = 8 << 30
)

var errDictionary = fmt.Errorf("its dictionary is larger than %d MiB", maxDictionaryBytes>>20)

// xzGuard follows the structure of an xz file as it passes (tukaani.org, xz-file-format) and fails
// before a block whose dictionary is too large reaches the decoder, which would allocate it. What
// is malformed is left to the decoder to refuse.
type xzGuard struct {
	r     *bufio.Reader
	pass  int64  // bytes that may pass before the next check
	next  func() // sets pass and next from the bytes that were read
	err   error
	check int64 // bytes of the checksum behind a block
	// body counts the bytes of a block behind its header, for its padding.
	body, dictionaries int64
	fields             uint64 // numbers that are left of the index
}

// Read passes bytes on.
func (g *xzGuard) Read(p []byte) (int, error) {
	for g.pass == 0 && g.err == nil {
		if g.next == nil {
			g.next = g.stream
		}
		g.next()
	}
	if g.err != nil {
		return 0, g.err
	}
	if int64(len(p)) > g.pass {
		p = p[:g.pass]
	}
	n, err := g.r.Read(p)
	g.pass -= int64(n)
	return n, err
}

// peek gives n bytes; fewer at the end, where the decoder notices.
func (g *xzGuard) peek(n int) []byte {
	head, err := g.r.Peek(n)
	if len(head) < n {
		g.pass, g.next = 1, g.unknown
		if len(head) == 0 && err != nil {
			g.err = err
		}
		return nil
	}
	return head
}

// unknown passes on, a byte at a time, what is too short or malformed.
func (g *xzGuard) unknown() {
	if g.peek(1) != nil {
		g.pass, g.next = 1, g.unknown
	}
}

// stream is at the header of a stream, or at the padding before it.
func (g *xzGuard) stream() {
	head := g.peek(4)
	switch {
	case head == nil:
	case head[0] == 0:
		g.pass, g.next = 4, g.stream
	default:
		if head = g.peek(12); head != nil {
			g.check = checkBytes(head[7])
			g.pass, g.next = 12, g.block
		}
	}
}

// checkBytes is the size of each kind of checksum.
func checkBytes(kind byte) int64 {
	kind &= 0x0f
	if kind == 0 {
		return 0
	}
	return 4 << ((kind - 1) / 3)
}

// block is at the header of a block, or at the index, which begins with a zero.
func (g *xzGuard) block() {
	head := g.peek(1)
	if head == nil {
		return
	}
	if head[0] == 0 {
		g.index()
		return
	}
	size := (int(head[0]) + 1) * 4
	if head = g.peek(size); head == nil {
		return
	}
	dictionary := dictionaryBytes(head)
	g.dictionaries += dictionary
	if dictionary > maxDictionaryBytes || g.dictionaries > maxDictionariesBytes {
		g.err = errDictionary
		return
	}
	g.body = 0
	g.pass, g.next = int64(size), g.chunk
}

// dictionaryBytes finds the size in the filter of a block's header, 0 if there is none: then the
// decoder refuses the block.
func dictionaryBytes(head []byte) int64 {
	at := 2
	for _, bit := range []byte{0x40, 0x80} { // the sizes that may come before the filters
		if head[1]&bit != 0 {
			for at < len(head) && head[at]&0x80 != 0 {
				at++
			}
			at++
		}
	}
	if at+2 >= len(head) || head[at] != 0x21 {
		return 0
	}
	bits := head[at+2]
	if bits > 40 {
		return 0
	}
	return int64(2|bits&1) << (bits/2 + 11)
}

// chunk is at a chunk of LZMA2, or at the zero that ends them.
func (g *xzGuard) chunk() {
	head := g.peek(1)
	if head == nil {
		return
	}
	switch control := head[0]; {
	case control == 0:
		g.body++
		g.pass, g.next = 1+(-g.body&3)+g.check, g.block
		return
	case control >= 0x80:
		if head = g.peek(5); head != nil {
			g.pass = 5 + int64(head[3])<<8 + int64(head[4]) + 1
			if control >= 0xc0 {
				g.pass++
			}
		}
	default:
		if head = g.peek(3); head != nil {
			g.pass = 3 + int64(head[1])<<8 + int64(head[2]) + 1
		}
	}
	if head != nil {
		g.body += g.pass
		g.next = g.chunk
	}
}

// index is at the list of blocks: a zero, the number of records, two numbers for each, padding, a
// checksum, and the footer of the stream.
func (g *xzGuard) index() {
	head := g.peek(2)
	if head == nil {
		return
	}
	g.body = 1
	g.pass, g.next = 1, func() {
		records, n := g.number()
		g.fields = 2 * records
		g.pass, g.next = n, g.record
	}
}

// record is at a number of the index, or behind the last one.
func (g *xzGuard) record() {
	if g.fields > 0 {
		_, n := g.number()
		g.fields--
		g.pass, g.next = n, g.record
		return
	}
	const sumAndFooter = 4 + 12
	g.pass, g.next = -g.body&3+sumAndFooter, g.stream
}

// number reads one of variable length, and at least a byte.
func (g *xzGuard) number() (value uint64, size int64) {
	head, _ := g.r.Peek(9)
	value, n := binary.Uvarint(head)
	size = int64(max(n, 1))
	g.body += size
	return value, size
}
