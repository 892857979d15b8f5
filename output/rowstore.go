package output

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/maphash"
	"iter"
)

// cell is a cell of a table as it is kept until the widths are known: clean text, its width in
// terminal columns, its look.
type cell struct {
	text  []byte
	width int
	style Style
}

// chunkSize is the number of bytes that a chunkStore takes at a time. It never moves what it has:
// half a million rows would need twice their memory while being copied.
const chunkSize = 256 << 10

// plainSize is the number of bytes up to which a chunkStore without a limit keeps its chunks as
// they are. Beyond it packs them: rows repeat each other, and take a quarter. If there is a limit,
// that bounds the memory, and packing would take half as long again as everything else.
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

// rowStore keeps the rows of a table one behind the other. The cells of a column repeat each other:
// one that the column had a short while ago is kept as two bytes, and need not be cleaned and
// measured again.
type rowStore struct {
	columns int
	rows    int
	kept    chunkStore
	seed    maphash.Seed
	recent  [][places]source // of each column: what its places were last filled with
	row     []byte           // the row being made
}

// source is what a cell was made of: its text as the server sent it, and its style. Each place has
// that of an empty cell at first.
type source struct {
	text  string
	style Style
}

// places is the number of places that a column has. More would find more, but would not stay in the
// processor's cache.
const places = 256

// recentLength is the length in bytes of the longest text that is given a place: what long ones
// take is limited by what is kept.
const recentLength = 64

// repeat adds the next cell of a column by what it is made of, and reports whether it could: if the
// column had the same a short while ago. If not, add is to follow.
func (s *rowStore) repeat(column int, text string, style Style) (place int, repeated bool) {
	if len(text) > recentLength {
		return 0, false
	}
	if s.recent == nil {
		s.seed, s.recent = maphash.MakeSeed(), make([][places]source, s.columns)
	}
	place = int(maphash.String(s.seed, text) % places)
	made, last := source{text, style}, &s.recent[column][place]
	if repeated = *last == made; repeated {
		s.row = binary.AppendUvarint(s.row, uint64(1+place)<<1)
	} else {
		*last = made
	}
	return 1 + place, repeated
}

// add adds the next cell, which is put at a place of its column. It begins with the number of the
// place, doubled, and one more, where a repeated cell is that number alone, doubled. Place 0 is for
// those that are given none.
func (s *rowStore) add(place int, c cell) {
	s.row = append(binary.AppendUvarint(s.row, uint64(place)<<1|1), byte(c.style))
	s.row = binary.AppendUvarint(s.row, uint64(c.width))
	s.row = binary.AppendUvarint(s.row, uint64(len(c.text)))
	s.row = append(s.row, c.text...)
}

// end completes a row, for which each column has been given its cell.
func (s *rowStore) end() error {
	row := s.row
	s.row = s.row[:0]
	s.rows++
	return s.kept.add(row)
}

// all gives the rows in order. The slice is the same each time, and its texts are good until the
// next row.
func (s *rowStore) all() iter.Seq[[]cell] {
	return func(yield func([]cell) bool) {
		row := make([]cell, s.columns)
		recent := make([][1 + places]cell, s.columns)
		for b := range s.kept.all() {
			for len(b) > 0 {
				for i := range row {
					row[i], b = unpack(b, &recent[i])
				}
				if !yield(row) {
					return
				}
			}
		}
	}
}

// unpack returns the first cell of b, which is of the column that has the recent ones, and what
// follows it.
func unpack(b []byte, recent *[1 + places]cell) (cell, []byte) {
	code, n := binary.Uvarint(b)
	b = b[n:]
	place := int(code >> 1)
	if code&1 == 0 {
		return recent[place], b
	}
	c := cell{style: Style(b[0])}
	width, n := binary.Uvarint(b[1:])
	b = b[1+n:]
	size, n := binary.Uvarint(b)
	b = b[n:]
	c.width, c.text, b = int(width), b[:size:size], b[size:]
	if place > 0 {
		kept := &recent[place]
		c.text = append(kept.text[:0], c.text...) // the chunk is not kept
		*kept = c
	}
	return c, b
}
