package config

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"unicode/utf8"
)

// pgutilSource is a source as pgutil writes it (Inedo/pgutil, Config/PgUtilSource.cs).
type pgutilSource struct {
	Name              string `json:"name"`
	URL               string `json:"url"`
	DefaultFeed       string `json:"defaultFeed"`
	Username          string `json:"username"`
	Password          string `json:"password"`
	Token             string `json:"token"`
	EncryptedPassword string `json:"encryptedPassword"`
	EncryptedToken    string `json:"encryptedToken"`
}

// decodePgutil reads pgutil's file, leniently: other versions of pgutil may write more.
func decodePgutil(content []byte) (file, error) {
	var f struct {
		Sources []pgutilSource `json:"sources"`
	}
	if err := decodeJSON(content, &f, false); err != nil {
		return file{}, err
	}
	var read file
	for _, p := range f.Sources {
		if p.Name == "" || p.URL == "" {
			continue // of no use to pgutil either
		}
		read.Sources = append(read.Sources, p.source())
	}
	return read, nil
}

// source translates, by pgutil's own order: a token goes before a user name. Obfuscated secrets
// stay as they are until they are needed, so that a damaged one does no harm to the other sources.
func (p pgutilSource) source() Source {
	s := Source{Name: p.Name, URL: p.URL, Feed: p.DefaultFeed, Pgutil: true}
	switch {
	case p.Token != "":
		s.APIKey = p.Token
	case p.EncryptedToken != "":
		s.APIKey = p.EncryptedToken
		s.unlock = func(s *Source) error { return reveal(&s.APIKey) }
	case p.Username == "":
	case p.Password != "" || p.EncryptedPassword == "":
		s.Username, s.Password = p.Username, p.Password
	default:
		s.Username, s.Password = p.Username, p.EncryptedPassword
		s.unlock = func(s *Source) error { return reveal(&s.Password) }
	}
	return s
}

// pgutilKey obfuscates secrets in pgutil's file. It is in pgutil's public source: whoever can read
// the file can read the secrets.
func pgutilKey() []byte {
	return []byte{207, 133, 227, 29, 231, 23, 59, 35, 79, 120, 240, 230, 231, 15, 243, 173}
}

var errObfuscated = errors.New("its obfuscated secret is damaged: add the source again with pgutil")

// reveal replaces base64(IV, AES-128-CBC(text, PKCS #7 padding)) by the text.
func reveal(secret *string) error {
	sealed, err := base64.StdEncoding.DecodeString(*secret)
	if err != nil || len(sealed) < 2*aes.BlockSize || len(sealed)%aes.BlockSize != 0 {
		return errObfuscated
	}
	block, err := aes.NewCipher(pgutilKey())
	if err != nil {
		return err
	}
	text := sealed[aes.BlockSize:]
	cipher.NewCBCDecrypter(block, sealed[:aes.BlockSize]).CryptBlocks(text, text)
	padding := int(text[len(text)-1])
	if padding == 0 || padding > aes.BlockSize {
		return errObfuscated
	}
	for _, b := range text[len(text)-padding:] {
		if int(b) != padding {
			return errObfuscated
		}
	}
	text = text[:len(text)-padding]
	if !utf8.Valid(text) {
		return errObfuscated
	}
	*secret = string(text)
	return nil
}
