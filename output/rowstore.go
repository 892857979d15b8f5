package output

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"iter"
)

// cell is a cell of a table as it is kept until the widths are known: clean text, its width in terminal columns, its look.
type cell struct {
	text  []byte
	width int
	style Style
}

// chunkSize is the number of bytes that a chunkStore takes at a time. It never moves what it has: half a million rows
// would need twice their memory while being copied.
const chunkSize = 256 << 10

// plainSize is the number of bytes up to which a chunkStore without a limit keeps its chunks as they are. Beyond it packs
// them: rows repeat each other, and take a quarter. Where there is a limit, that bounds the memory, and packing would take
// half as long again as everything else.
const plainSize = 64 << 20

// chunkStore keeps encoded items one after the other, each whole in one chunk.
type chunkStore struct {
	most   int // bytes that may be kept, 0 for no limit
	size   int // bytes that are kept, unpacked
	chunks [][]byte
	packed int // chunks that are packed: the first ones
}

// add keeps a copy of an item.
func (s *chunkStore) add(item []byte) error {
	s.size += len(item)
	if s.most > 0 && s.size > s.most {
		return &SizeError{Limit: s.most}
	}
	last := len(s.chunks) - 1
	if last < 0 || cap(s.chunks[last])-len(s.chunks[last]) < len(item) {
		if s.most == 0 && s.size > plainSize {
			s.pack()
		}
		s.chunks = append(s.chunks, make([]byte, 0, max(chunkSize, len(item))))
		last++
	}
	s.chunks[last] = append(s.chunks[last], item...)
	return nil
}

// pack compresses the chunks that are not.
func (s *chunkStore) pack() {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestSpeed) // fails for a level that there is not
	for ; s.packed < len(s.chunks); s.packed++ {
		b.Reset()
		w.Reset(&b)
		_, _ = w.Write(s.chunks[s.packed]) // a buffer takes everything
		_ = w.Close()
		s.chunks[s.packed] = bytes.Clone(b.Bytes())
	}
}

// all gives the chunks in order; the bytes of one are good until the next.
func (s *chunkStore) all() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var plain bytes.Buffer
		for i, chunk := range s.chunks {
			if i < s.packed {
				plain.Reset()
				_, _ = plain.ReadFrom(flate.NewReader(bytes.NewReader(chunk))) // what pack made
				chunk = plain.Bytes()
			}
			if !yield(chunk) {
				return
			}
		}
	}
}

// rowStore keeps the rows of a table one behind the other, a few bytes more than their text, where a slice of strings
// costs 16 bytes a cell and an allocation each.
type rowStore struct {
	columns int
	rows    int
	kept    chunkStore
	scratch []byte // the row being packed
}

// add keeps a copy of the row.
func (s *rowStore) add(row []cell) error {
	b := s.scratch[:0]
	for _, c := range row {
		b = append(b, byte(c.style))
		b = binary.AppendUvarint(b, uint64(c.width))
		b = binary.AppendUvarint(b, uint64(len(c.text)))
		b = append(b, c.text...)
	}
	s.scratch = b
	s.rows++
	return s.kept.add(b)
}

// all gives the rows in order. The slice is the same each time, and its texts belong to the store.
func (s *rowStore) all() iter.Seq[[]cell] {
	return func(yield func([]cell) bool) {
		row := make([]cell, s.columns)
		for b := range s.kept.all() {
			for len(b) > 0 {
				for i := range row {
					row[i], b = unpack(b)
				}
				if !yield(row) {
					return
				}
			}
		}
	}
}

// unpack returns the first cell of b and what follows it.
func unpack(b []byte) (cell, []byte) {
	c := cell{style: Style(b[0])}
	width, n := binary.Uvarint(b[1:])
	b = b[1+n:]
	size, n := binary.Uvarint(b)
	b = b[n:]
	c.width, c.text = int(width), b[:size:size]
	return c, b[size:]
}
