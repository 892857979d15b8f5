package config

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"os"
	"path/filepath"
	"testing"
)

// canary is unlike any other text: finding it anywhere is finding it leaked.
const canary = "canary-7f3a-secret"

// newStore is a store in folders of its own, with the given content of our file and pgutil's; ""
// means no file.
func newStore(t *testing.T, own, pgutil string) Store {
	t.Helper()
	dir := t.TempDir()
	s := Store{under(dir, dir)}
	write(t, s.places.own, own)
	write(t, s.places.pgutil[0], pgutil)
	return s
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if content == "" {
		return
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// obfuscate does what pgutil does to a secret, with a fixed IV.
func obfuscate(secret string) string {
	block, err := aes.NewCipher(pgutilKey())
	if err != nil {
		panic(err)
	}
	padding := aes.BlockSize - len(secret)%aes.BlockSize
	text := []byte(secret)
	for range padding {
		text = append(text, byte(padding))
	}
	iv := []byte("0123456789abcdef")
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(text, text)
	return base64.StdEncoding.EncodeToString(append(iv, text...))
}
