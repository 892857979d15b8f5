package promotions

import (
	"strings"
	"testing"
)

// Texts are read as they were written, from whichever piece they are in.
func TestTextStoreGivesBackWhatItGot(t *testing.T) {
	t.Parallel()
	texts := []string{
		"", "short", strings.Repeat("f", pieceSize-len("short")), "", "ü", strings.Repeat("l", 3*pieceSize), "next", strings.Repeat("m", pieceSize), "",
	}
	var store textStore
	var places []textPlace
	for _, text := range texts {
		places = append(places, store.add(text))
	}
	for i, text := range texts {
		if got := store.text(places[i]); got != text {
			t.Errorf("text %d of %d bytes came back as one of %d", i, len(text), len(got))
		}
	}
	if len(store.pieces) != 5 {
		t.Errorf("%d pieces, want 5", len(store.pieces))
	}
}
