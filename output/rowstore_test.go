package output

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestRowStoreGivesBackWhatItGot(t *testing.T) {
	t.Parallel()
	texts := rapid.OneOf(rapid.String(), rapid.Just(strings.Repeat("long", chunkSize/8)))
	cells := rapid.Custom(func(t *rapid.T) cell {
		return cell{
			text:  []byte(texts.Draw(t, "text")),
			width: rapid.IntRange(0, 1<<20).Draw(t, "width"),
			style: Style(rapid.Byte().Draw(t, "style")),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(1, 4).Draw(t, "columns")
		want := rapid.SliceOf(rapid.SliceOfN(cells, columns, columns)).Draw(t, "rows")
		store := rowStore{columns: columns}
		for _, row := range want {
			if err := store.add(row); err != nil {
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

func TestRowStoreStopsWhenAsked(t *testing.T) {
	t.Parallel()
	store := rowStore{columns: 1}
	for _, text := range []string{"a", "b", "c"} {
		if err := store.add([]cell{{text: []byte(text)}}); err != nil {
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
