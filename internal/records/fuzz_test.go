package records

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever the bytes: no panic, every error has a place or speaks of the whole, and what is
// accepted is text that survives being written as JSON and read again.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"", "[]", `[{"Target":"a"}]`, "{\"Target\":\"a\"}\n{\"Target\":\"b\"}", "{\n\"Target\":\"\\ud800\"}",
		"Target,Version\na,\"1\n0\"\n", "\xef\xbb\xbfTarget\na", "\xff\xfeT\x00", "\xfe\xff\x00[\x00]",
		`{"record":{"Target":"a"},"made_at":"2026-11-21T10:00:00Z","status":"queued"}`,
		"Target,made_at,status\na,2026-11-21T10:00:00Z,uncertain\n", "[{}][5", "{}{}", "\"\n", "{\"a\":", "sep=;\r\nTarget;Version\r\n a ;\"=\"\"1.10\"\"\"\r\n;\r\n", "#TYPE X\nTarget\na", "Target\rb\r", "Target,,\na,,,\n", "[]\ufeff[]", "\xff\xfed ", "sep=;\n", "Target\n=\"a",
	} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, resend bool) {
		var kept []Record
		for item, err := range Read(bytes.NewReader(data), Options{Resend: resend}) {
			var problem *Problem
			switch {
			case err == nil:
				kept = append(kept, item.Record)
				if item.Place == "" {
					t.Fatal("a record without a place")
				}
			case !errors.As(err, &problem):
				t.Fatalf("%v is not a problem", err)
			case problem.Place == "" && !errors.Is(err, ErrEmpty):
				t.Fatalf("%v has no place", err)
			}
		}
		readAgain(t, kept)
	})
}

func readAgain(t *testing.T, kept []Record) {
	t.Helper()
	again, err := json.Marshal(kept)
	if err != nil {
		t.Fatal(err)
	}
	if kept == nil {
		again = []byte("[]")
	}
	items, problems := collect(bytes.NewReader(again), Options{})
	if len(problems) > 0 || len(items) != len(kept) {
		t.Fatalf("%d records came back as %d, problems %q", len(kept), len(items), problems)
	}
	for i, item := range items {
		if item.Record != kept[i] {
			t.Fatalf("%+v came back as %+v", kept[i], item.Record)
		}
	}
}

// Any text in a CSV cell arrives as it was, but for the padding around it, and for the line break,
// which RFC 4180 readers may turn from CRLF into LF.
func FuzzCSVCell(f *testing.F) {
	f.Add("web01", "1.0", uint8(0))
	f.Add("two\nlines", `"quoted", with a comma`, uint8(1))
	f.Add("=\"1.10\"", " ;\t\ufeff", uint8(2))
	f.Fuzz(func(t *testing.T, target, version string, separator uint8) {
		if !utf8.ValidString(target) || !utf8.ValidString(version) || strings.ContainsAny(target+version, "\x00\r") {
			t.Skip("not text that a CSV file keeps")
		}
		want := Record{Target: cellText(target), Version: cellText(version)}
		if want == (Record{Target: "Target", Version: "Version"}) || want == (Record{}) || isTypeLine(want.Target) || strings.HasPrefix(strings.ToLower(want.Target), "sep=") {
			t.Skip("a row that is not a record")
		}
		var file bytes.Buffer
		w := csv.NewWriter(&file)
		w.Comma = []rune(",;\t")[separator%3]
		if err := w.WriteAll([][]string{{"Target", "Version"}, {target, version}}); err != nil {
			t.Fatal(err)
		}
		items, problems := collect(&file, Options{})
		if len(problems) > 0 || len(items) != 1 {
			t.Fatalf("%d records, problems %q", len(items), problems)
		}
		if got := items[0].Record; got != want {
			t.Errorf("got %+v", got)
		}
	})
}

func BenchmarkReadNDJSON(b *testing.B) {
	benchmark(b, "", `{"Application":"Build 7","Description":"Deployed by CI","Target":"web01","FeedName":"DefaultNuGet","PackageName":"Newtonsoft.Json","Version":"12.0.3"}`+"\n")
}

func BenchmarkReadCSV(b *testing.B) {
	benchmark(b, "Application,Description,Target,FeedName,PackageName,Version\n", "Build 7,Deployed by CI,web01,DefaultNuGet,Newtonsoft.Json,12.0.3\n")
}

func benchmark(b *testing.B, head, row string) {
	b.ReportAllocs()
	b.SetBytes(int64(len(row)))
	read := 0
	for _, err := range Read(strings.NewReader(head+strings.Repeat(row, b.N)), Options{}) {
		if err != nil {
			b.Fatal(err)
		}
		read++
	}
	if read != b.N {
		b.Fatalf("read %d of %d", read, b.N)
	}
}
