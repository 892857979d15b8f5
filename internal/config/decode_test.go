package config

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// FuzzDecodeFile: whatever is read can be used, and written and read again; no error shows what a
// file holds.
func FuzzDecodeFile(f *testing.F) {
	f.Add([]byte(ownFile))
	f.Add([]byte(`{"sources": [{"name": "a", "url": "u", "username": "x", "password": "y"}]}`))
	f.Add([]byte(`{"sources": null}`))
	f.Add([]byte(`{"default": "corp", "sources": []}`))
	f.Add([]byte("{\"sources\": [{\"name\": \"\u202e\", \"url\": 7}]}"))
	f.Fuzz(func(t *testing.T, content []byte) {
		read, err := decodeFile(content)
		if err != nil {
			if len(err.Error()) > 400+len(content) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q", err)
			}
			return
		}
		for _, s := range read.Sources {
			if err := s.Check(); err != nil {
				t.Errorf("an unusable source was read: %v", err)
			}
		}
		text, err := json.Marshal(read)
		if err != nil {
			t.Fatal(err)
		}
		again, err := decodeFile(text)
		rewritten, _ := json.Marshal(again)
		if err != nil || string(rewritten) != string(text) {
			t.Errorf("%s is read as %s (%v)", text, rewritten, err)
		}
	})
}

// FuzzDecodePgutil: a file of pgutil's gives usable sources or an error, and its secrets never show
// in one.
func FuzzDecodePgutil(f *testing.F) {
	f.Add([]byte(strings.TrimPrefix(pgutilFile, "\ufeff")))
	f.Add([]byte(`{"sources":[{"name":"a","url":"u","encryptedToken":"` + obfuscate("x") + `"}]}`))
	f.Add([]byte(`{"Sources":[{"Name":"a","Url":"u","EncryptedPassword":"AAAA","username":"u"}]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		read, err := decodePgutil(content)
		if err != nil {
			return
		}
		for _, s := range read.Sources {
			if s.Name == "" || s.URL == "" || s.waysToAuthenticate() > 1 {
				t.Errorf("source %+v", s)
			}
			secret := s.APIKey + s.Password
			if _, err := s.ready(); err != nil && len(secret) > 8 && strings.Contains(err.Error(), secret) && !strings.Contains(s.Name, secret) {
				t.Errorf("error %q shows a secret", err)
			}
		}
	})
}

func TestObfuscationRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.String().Draw(t, "secret")
		text := obfuscate(secret)
		if err := reveal(&text); err != nil || text != secret {
			t.Errorf("%q became %q (%v)", secret, text, err)
		}
	})
}

func TestRevealRefuses(t *testing.T) {
	t.Parallel()
	whole := obfuscate(canary)
	for name, text := range map[string]string{
		"nothing": "", "no base64": "%%%", "too short": "AAAAAAAAAAAAAAAAAAAAAA==", "cut": whole[:40], "no whole block": whole[:44],
		"another key's": "MDEyMzQ1Njc4OWFiY2RlZg8PDw8PDw8PDw8PDw8PDw8=",
	} {
		before := text
		if err := reveal(&text); err == nil || strings.Contains(err.Error(), canary) || text != before {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}
