package feedtype

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

func TestParseSum(t *testing.T) {
	t.Parallel()
	raw := func(size int) []byte { return bytes.Repeat([]byte{0xfb}, size) } // has + and / in base64
	tests := []struct {
		name, algorithm, text string
		want                  []byte // nil for none
	}{
		{"hex", "sha256", hex.EncodeToString(raw(32)), raw(32)},
		{"hex in capitals", "SHA-256", strings.ToUpper(hex.EncodeToString(raw(32))), raw(32)},
		{"old rpm", "sha", hex.EncodeToString(raw(20)), raw(20)},
		{"spaces", "md5", " " + hex.EncodeToString(raw(16)) + "\n", raw(16)},
		{"base64", "sha512", base64.StdEncoding.EncodeToString(raw(64)), raw(64)},
		{"base64 without padding", "SHA512", base64.RawStdEncoding.EncodeToString(raw(64)), raw(64)},
		{"base64 of sha384", "sha384", base64.StdEncoding.EncodeToString(raw(48)), raw(48)},
		{"base64 for URLs", "sha1", base64.URLEncoding.EncodeToString(raw(20)), raw(20)},
		{"base64 for URLs without padding", "md5", base64.RawURLEncoding.EncodeToString(raw(16)), raw(16)},
		{"with its name", "sha256", "sha256:" + hex.EncodeToString(raw(32)), raw(32)},
		{"with its name in capitals", "sha512", "SHA-512:" + hex.EncodeToString(raw(64)), raw(64)},
		{"as an integrity", "sha256", "sha256-" + base64.StdEncoding.EncodeToString(raw(32)), raw(32)},
		{"with an equals sign", "md5", "md5=" + hex.EncodeToString(raw(16)), raw(16)},
		{"with another name", "sha256", "sha1:" + hex.EncodeToString(raw(20)), nil},
		{"with another name, of the right length", "sha256", "sha3:" + hex.EncodeToString(raw(32)), nil},
		{"empty", "sha256", "", nil},
		{"unknown algorithm", "sha3-256", hex.EncodeToString(raw(32)), nil},
		{"no algorithm", "", hex.EncodeToString(raw(32)), nil},
		{"cut hex", "sha256", hex.EncodeToString(raw(31)), nil},
		{"half a digit less", "sha256", hex.EncodeToString(raw(32))[:63], nil},
		{"cut base64", "sha512", base64.StdEncoding.EncodeToString(raw(63)), nil},
		{"of a shorter algorithm", "sha256", hex.EncodeToString(raw(20)), nil},
		{"of a longer algorithm", "sha1", hex.EncodeToString(raw(32)), nil},
		{"a word", "sha1", "none", nil},
		{"an escape sequence", "md5", "\x1b[2J", nil},
	}
	for _, test := range tests {
		if got, ok := ParseSum(test.algorithm, test.text); ok != (test.want != nil) || ok && !bytes.Equal(got, test.want) {
			t.Errorf("%s: %x, %v", test.name, got, ok)
		}
	}
}

// TestPublished: of several the first good one counts; what is not a checksum is reported, and
// never shown raw.
func TestPublished(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, sums, ignored string
		publish             func(*Content)
	}{
		{"nothing", "", "", func(c *Content) { c.publish("index", nil) }},
		{"empty", "", "", func(c *Content) { c.publish("index", map[string]string{"sha1": " "}) }},
		{"a null hash of an unknown kind", "", "", func(c *Content) { c.publish("index", map[string]string{"blake3": "x"}) }},
		{"two", "sha256:" + fill(1, 32) + " (index)", "", func(c *Content) {
			c.publish("index", map[string]string{"SHA256": fill(1, 32), "md5": fill(2, 16)})
		}},
		{"the better one is none", "md5:" + fill(2, 16) + " (index)", `index: "x" is not a valid sha256 checksum`, func(c *Content) {
			c.publish("index", map[string]string{"sha256": "x", "MD5": fill(2, 16)})
		}},
		{"hostile", "", `index: "\x1b[2J" is not a valid sha1 checksum`, func(c *Content) { c.publish("index", map[string]string{"sha1": "\x1b[2J"}) }},
		{"integrity", "sha512:" + fill(8, 64) + " (npm)", "", func(c *Content) { c.publishSRI("npm", sri256+" "+sri512+"?a?b") }},
		{"integrity in capitals", "sha512:" + fill(8, 64) + " (npm)", "", func(c *Content) { c.publishSRI("npm", "SHA512"+sri512[6:]) }},
		{"integrity without padding", "sha512:" + fill(8, 64) + " (npm)", "", func(c *Content) { c.publishSRI("npm", strings.TrimRight(sri512, "=")) }},
		{"unknown algorithm beside it", "sha256:" + fill(9, 32) + " (npm)", "", func(c *Content) { c.publishSRI("npm", "md4-AAAA "+sri256+"\n") }},
		{"the strongest one is none", "sha256:" + fill(9, 32) + " (npm)", "", func(c *Content) { c.publishSRI("npm", "sha512-AAAA "+sri256) }},
		{"one that is none", "", `npm: "sha512-AAAA" is not a valid sha512 checksum`, func(c *Content) { c.publishSRI("npm", "sha512-AAAA") }},
		{"a second document", "sha256:" + fill(9, 32) + " (npm)", "", func(c *Content) {
			c.publishSRI("npm", sri256)
			c.publish("npm", map[string]string{"sha1": "x"})
		}},
		{"a second document if the first has none", "sha1:" + fill(1, 20) + " (npm)", `npm: "sha1-x" is not a valid sha1 checksum`, func(c *Content) {
			c.publishSRI("npm", "sha1-x")
			c.publish("npm", map[string]string{"sha1": fill(1, 20)})
		}},
	}
	for _, test := range tests {
		var c Content
		test.publish(&c)
		if sums, ignored := showSums(c.Checksums), strings.Join(c.Ignored, "; "); sums != test.sums || ignored != test.ignored {
			t.Errorf("%s: %q, ignored %q", test.name, sums, ignored)
		}
	}
}

// TestMatches: of several of one strength any may match, and nothing else.
func TestMatches(t *testing.T) {
	t.Parallel()
	var c Content
	c.publishSRI("npm", sri512+" sha512-"+base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 64))+" "+sri256)
	for value, want := range map[byte]bool{8: true, 7: true, 6: false} {
		if got := c.Checksums[0].Matches(bytes.Repeat([]byte{value}, 64)); got != want {
			t.Errorf("%d: %v", value, got)
		}
	}
	if c.Checksums[0].Matches(bytes.Repeat([]byte{9}, 32)) || (Checksum{}).Matches([]byte{1}) {
		t.Error("a weaker one matches")
	}
}

func FuzzSums(f *testing.F) {
	f.Add("sha512", sri512+" md4-x "+sri256+"?o")
	f.Add("sha256", "SHA256:"+fill(1, 32))
	f.Fuzz(func(t *testing.T, algorithm, text string) {
		if sum, ok := ParseSum(algorithm, text); ok && len(sum) != sumSize(AlgorithmName(algorithm)) {
			t.Errorf("%d bytes for %q", len(sum), algorithm)
		}
		var c Content
		c.publishSRI("a", text)
		c.publish("b", map[string]string{algorithm: text})
		for _, sum := range c.Checksums {
			for _, one := range append(sum.Or, sum.Sum) {
				if len(one) == 0 || len(one) != sumSize(sum.Algorithm) {
					t.Errorf("%+v", sum)
				}
			}
		}
		for _, text := range c.Ignored {
			if strings.ContainsAny(text, "\x1b\n") {
				t.Errorf("%q", text)
			}
		}
	})
}
