package promotions

import "strings"

// textStore keeps texts that do not repeat, one behind the other.
type textStore struct{ pieces []*strings.Builder }

// textPlace is where a text is.
type textPlace struct{ piece, start, size uint32 }

// pieceSize is the number of bytes that a textStore takes at a time.
const pieceSize = 256 << 10

// add keeps a text.
func (t *textStore) add(text string) textPlace {
	last := len(t.pieces) - 1
	if last < 0 || t.pieces[last].Cap()-t.pieces[last].Len() < len(text) {
		piece := &strings.Builder{}
		piece.Grow(max(pieceSize, len(text)))
		t.pieces = append(t.pieces, piece)
		last++
	}
	piece := t.pieces[last]
	place := textPlace{uint32(last), uint32(piece.Len()), uint32(len(text))}
	piece.WriteString(text)
	return place
}

// text gives a text that is kept.
func (t *textStore) text(p textPlace) string {
	return t.pieces[p.piece].String()[p.start : p.start+p.size]
}
