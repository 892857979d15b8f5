package output

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// addRow adds a row whose cells are made of their own texts.
func (s *rowStore) addRow(row ...cell) error {
	for i, c := range row {
		if place, repeated := s.repeat(i, string(c.text), c.style); !repeated {
			s.add(place, c)
		}
	}
	return s.end()
}

func TestRowStoreGivesBackWhatItGot(t *testing.T) {
	t.Parallel()
	texts := rapid.OneOf(
		rapid.String(), rapid.StringMatching("[ab]?"), rapid.SampledFrom([]string{strings.Repeat("r", recentLength), strings.Repeat("long", chunkSize/8)}))
	cells := rapid.Custom(func(t *rapid.T) cell {
		text := []byte(texts.Draw(t, "text"))
		// The width is another's than the text's, and the same for the same text.
		return cell{text: text, width: 3 * len(text), style: Style(rapid.Byte().Draw(t, "style"))}
	})
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 4).Draw(t, "columns")
		want := rapid.SliceOf(rapid.SliceOfN(cells, columns, columns)).Draw(t, "rows")
		store := rowStore{columns: columns}
		for _, row := range want {
			if err := store.addRow(row...); err != nil {
				t.Fatal(err)
			}
		}
		i := 0
		for row := range store.all() {
			for j, c := range row {
				if string(c.text) != string(want[i][j].text) || c.width != want[i][j].width || c.style != want[i][j].style {
					t.Fatalf("row %d, cell %d: %+v, want %+v", i, j, c, want[i][j])
				}
			}
			i++
		}
		if i != len(want) || store.rows != i {
			t.Fatalf("%d of %d rows", i, len(want))
		}
	})
}

// Rows beyond what is kept as it is are packed, and are read as they were.
func TestRowStorePacksManyRows(t *testing.T) {
	t.Parallel()
	row := func(i int) cell {
		return cell{text: fmt.Appendf(nil, "row %d %s", i, strings.Repeat("text ", 20_000)), width: i}
	}
	const rows = plainSize/100_000 + 20
	store := rowStore{columns: 1}
	for i := range rows {
		if err := store.addRow(row(i)); err != nil {
			t.Fatal(err)
		}
	}
	held := 0
	for _, chunk := range store.kept.chunks {
		held += cap(chunk)
	}
	if held > plainSize/10 {
		t.Errorf("%d bytes are held of %d", held, store.kept.size)
	}
	i := 0
	for got := range store.all() {
		if want := row(i); got[0].width != i || !bytes.Equal(got[0].text, want.text) {
			t.Fatalf("row %d is another", i)
		}
		i++
	}
	if i != rows {
		t.Errorf("%d of %d rows", i, rows)
	}
}

// A cell that its column had a short while ago takes two bytes, unless it has another style, or a
// long text.
func TestRowStoreKeepsARepeatedCellOnce(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("l", recentLength+1)
	store := rowStore{columns: 3}
	const rows = 100
	for i := range rows {
		for column, c := range []cell{{text: []byte("feed")}, {text: []byte("feed"), style: Style(i % 2)}, {text: []byte(long)}} {
			place, repeated := store.repeat(column, string(c.text), c.style)
			if repeated != (column == 0 && i > 0) {
				t.Fatalf("row %d, column %d: repeated is %v", i, column, repeated)
			}
			if !repeated {
				store.add(place, c)
			}
		}
		if err := store.end(); err != nil {
			t.Fatal(err)
		}
	}
	const repeated, made = 2, 2 + len("SW#")
	if most := rows*(repeated+made+len("feed")+made+len(long)) + made + len("feed"); store.kept.size > most {
		t.Errorf("%d bytes, at most %d were expected", store.kept.size, most)
	}
}

// What has a limit is kept as it is up to it.
func TestLimitedStoreIsNotPacked(t *testing.T) {
	t.Parallel()
	item := bytes.Repeat([]byte("text "), 20_000)
	limited := chunkStore{most: plainSize + 10*len(item)}
	for range plainSize/len(item) + 5 {
		if err := limited.add(item); err != nil {
			t.Fatal(err)
		}
	}
	if limited.size <= plainSize || limited.packed != 0 {
		t.Errorf("of %d bytes, %d chunks are packed", limited.size, limited.packed)
	}
}

func TestRowStoreStopsWhenAsked(t *testing.T) {
	t.Parallel()
	store := rowStore{columns: 1}
	for _, text := range []string{"a", "b", "c"} {
		if err := store.addRow(cell{text: []byte(text)}); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for row := range store.all() {
		got = append(got, string(row[0].text))
		if len(got) == 2 {
			break
		}
	}
	if !reflect.DeepEqual(got, []string{"a", "b"}) {
		t.Errorf("got %q", got)
	}
}
