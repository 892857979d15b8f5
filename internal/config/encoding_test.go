package config

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

// TestFileEncodings reads our file as editors and shells on Windows write it.
func TestFileEncodings(t *testing.T) {
	t.Parallel()
	const text = `{"sources": [{"name": "corp", "url": "https://proget.corp.local", "api_key": "k3y"}]}`
	for name, encoder := range map[string]func(string) (string, error){
		"UTF-8":             func(s string) (string, error) { return s, nil },
		"UTF-8 with a mark": unicode.UTF8BOM.NewEncoder().String,
		"UTF-16":            unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String,
		"UTF-16, big":       unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String,
	} {
		written, err := encoder(text)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "config.json")
		if err := os.WriteFile(path, []byte(written), 0o600); err != nil {
			t.Fatal(err)
		}
		read, err := readOwn(path)
		if err != nil || len(read.Sources) != 1 || read.Sources[0].APIKey != "k3y" {
			t.Errorf("%s: %+v, %v", name, read, err)
		}
	}
}
