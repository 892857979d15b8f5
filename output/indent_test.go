package output

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzIndent writes what json.Indent writes, in one line and in several, whatever was there before.
func FuzzIndent(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, `""`, `1.5e-3`, `null`, `[[],{}]`, `{"a":"b","c":[1,true,{"d":{}}]}`, `["{\"a\":[1,2]}","\\","\\\"","ü\u0022"]`, `{"":""}`,
	} {
		f.Add([]byte(text), "  ")
	}
	f.Fuzz(func(t *testing.T, text []byte, margin string) {
		var compact, want bytes.Buffer
		if json.Compact(&compact, text) != nil {
			return
		}
		if err := json.Indent(&want, compact.Bytes(), margin, "  "); err != nil {
			t.Fatal(err)
		}
		if got := string(appendIndented([]byte("["), compact.Bytes(), margin)); got != "["+want.String() {
			t.Errorf("got  %s\nwant [%s", got, &want)
		}
	})
}
