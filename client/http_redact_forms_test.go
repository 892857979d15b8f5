package client

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// redactorOf returns a redactor of some secrets.
func redactorOf(secrets ...string) *Redactor {
	r := &Redactor{}
	for _, s := range secrets {
		r.Add(NewSecret(s))
	}
	return r
}

// escapes are the ways in which one byte of ASCII may be written.
var escapes = []func(c byte) string{
	func(c byte) string { return string(rune(c)) },
	func(c byte) string { return strings.ToUpper(string(rune(c))) },
	func(c byte) string { return strings.ToLower(string(rune(c))) },
	func(c byte) string { return fmt.Sprintf("%%%02x", c) },
	func(c byte) string { return fmt.Sprintf("%%%02X", c) },
	func(c byte) string { return fmt.Sprintf("%%u%04X", c) },
	func(c byte) string { return fmt.Sprintf(`\u%04x`, c) },
	func(c byte) string { return fmt.Sprintf(`\U%08X`, c) },
	func(c byte) string { return fmt.Sprintf(`\u{%x}`, c) },
	func(c byte) string { return fmt.Sprintf(`\x%02X`, c) },
	func(c byte) string { return fmt.Sprintf(`\%03o`, c) },
	func(c byte) string { return fmt.Sprintf("=%02X", c) },
	func(c byte) string { return fmt.Sprintf("&#%d;", c) },
	func(c byte) string { return fmt.Sprintf("&#0%d;", c) },
	func(c byte) string { return fmt.Sprintf("&#x%X;", c) },
	func(c byte) string { return fmt.Sprintf("&#X%x;", c) },
	func(c byte) string { return html.EscapeString(string(rune(c))) },
	func(c byte) string {
		if name, ok := map[byte]string{'+': "plus", '/': "sol", '=': "equals", '&': "AMP", '.': "period", ' ': "nbsp"}[c]; ok {
			return "&" + name + ";"
		}
		return string(rune(c))
	},
	func(c byte) string {
		if isAlphanumeric(rune(c)) {
			return string(rune(c))
		}
		return `\` + string(rune(c))
	},
	func(c byte) string {
		if c == ' ' {
			return "+"
		}
		return url.QueryEscape(string(rune(c)))
	},
}

// wraps write a whole text over again, as whoever repeats it may do.
var wraps = []func(string) string{
	func(s string) string { return s },
	func(s string) string { return s },
	url.QueryEscape, url.PathEscape, html.EscapeString, jsonText,
	func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
	func(s string) string { quoted := strconv.QuoteToASCII(s); return quoted[1 : len(quoted)-1] },
	func(s string) string { return strings.ReplaceAll(s, `"`, `""`) },
}

func jsonText(s string) string {
	text, _ := json.Marshal(s)
	return strings.TrimSuffix(strings.TrimPrefix(string(text), `"`), `"`)
}

// TestScrubbedForms gives back a secret as servers do, in the middle of a text: each character
// escaped in a way of its own, and all of it over again.
func TestScrubbedForms(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[!-~][ -~]{2,30}[!-~]`).Draw(t, "secret")
		var b strings.Builder
		for i := range len(secret) {
			b.WriteString(rapid.SampledFrom(escapes).Draw(t, "escape")(secret[i]))
		}
		form := b.String()
		for range 2 {
			form = wraps[rapid.IntRange(0, len(wraps)-1).Draw(t, "wrap")](form)
		}
		before, behind := rapid.StringMatching(`([ -~]{0,5}[^ -~])?`).Draw(t, "before"), rapid.StringMatching(`([^ -~][ -~]{0,5})?`).Draw(t, "behind")
		got := redactorOf(secret).Text(before + form + behind)
		if !strings.Contains(got, redacted) || len(got) > len(before)+len(redacted)+len(behind) {
			t.Fatalf("%q became %q", form, got)
		}
	})
}

// TestScrubbedEncodings: in hex, as numbers and in base64, behind and before anything.
func TestScrubbedEncodings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[!-~]{4,40}`).Draw(t, "secret")
		before, behind := rapid.StringMatching(`[a-z:]{0,7}`).Draw(t, "before"), rapid.StringMatching(`[a-z:]{0,7}`).Draw(t, "behind")
		s, whole := redactorOf(secret), []byte(before+secret+behind)
		for name, form := range map[string]string{
			"hex": hex.EncodeToString([]byte(secret)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(secret))),
			"hex, apart": fmt.Sprintf("% x", secret), "hex, as .NET": strings.ReplaceAll(fmt.Sprintf("% X", secret), " ", "-"),
			"hex, as C": strings.ReplaceAll(fmt.Sprintf("% #x", secret), " ", ", "), "numbers": strings.Trim(fmt.Sprint([]byte(secret)), "[]"),
			"std": base64.StdEncoding.EncodeToString([]byte(secret)), "raw": base64.RawStdEncoding.EncodeToString([]byte(secret)),
			"URL": base64.URLEncoding.EncodeToString([]byte(secret)), "raw URL": base64.RawURLEncoding.EncodeToString([]byte(secret)),
			"escaped": url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(secret))),
			"in JSON": jsonText(url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(secret)))),
		} {
			if got := strings.Replace(s.Text("<"+form+">"), "<0x", "<", 1); got != "<"+redacted+">" {
				t.Fatalf("%s: %q became %q", name, form, got)
			}
		}
		for name, encoding := range map[string]*base64.Encoding{"std": base64.StdEncoding, "URL": base64.RawURLEncoding} {
			form := encoding.EncodeToString(whole)
			got := s.Text("<" + form + ">")
			if !strings.Contains(got, redacted) {
				t.Fatalf("%s: %q became %q", name, form, got)
			}
			for part := range strings.SplitSeq(strings.Trim(got, "<>"), redacted) {
				// What is left is the text around it.
				rest, _ := base64.RawStdEncoding.DecodeString(strings.TrimRight(part, "="))
				if strings.HasPrefix(form, part) && len(rest) > len(before) {
					t.Fatalf("%s: %q became %q", name, form, got)
				}
			}
		}
	})
}

// TestScrubbedCases are forms of real servers, and others that look for a gap.
func TestScrubbedCases(t *testing.T) {
	t.Parallel()
	const key = "aB3+xY/9zQ0w=="
	for form, want := range map[string]string{
		`bad key aB3\u002BxY/9zQ0w==!`:               "bad key REDACTED!",
		`bad key aB3+xY\/9zQ0w==`:                    "bad key REDACTED",
		`bad key aB3&#x2B;xY/9zQ0w==`:                "bad key REDACTED",
		"AB3+XY/9ZQ0W==":                             "REDACTED",
		"%61%42%33%2B%78%59%2F%39%7A%51%30%77%3D%3D": "REDACTED",
		"aB3%252BxY%252F9zQ0w%253D%253D":             "REDACTED",
		`aB3\\u002bxY\\\/9zQ0w==`:                    "REDACTED",
		"aB3&amp;#43;xY&amp;sol;9zQ0w==":             "REDACTED",
		"aB3%26%2343%3BxY/9zQ0w==":                   "REDACTED",
		"aB3 xY/9zQ0w==":                             "REDACTED",
		"%aB3+xY/9zQ0w==41":                          "%REDACTED41",
		"a\x00B\x003\x00+\x00x\x00Y\x00/\x009\x00z\x00Q\x000\x00w\x00=\x00=\x00": "REDACTED\x00",
		key + key:            "REDACTED",
		"a" + key + "=":      "aREDACTED=",
		"aB3+xY/9zQ0w":       "aB3+xY/9zQ0w",
		"nothing of it here": "nothing of it here",
		"":                   "",
	} {
		if got := redactorOf(key).Text(form); got != want {
			t.Errorf("%q became %q, want %q", form, got, want)
		}
	}
	for _, x := range []struct{ secret, form, want string }{
		{"abc", "abc", "abc"}, // too short to be recognized
		{"p\u00e4ss", "p\u00e4ss P\u00c4SS p%C3%A4ss p\\u00e4ss p&#228;ss p&auml;ss p\xe4ss p\ufffdss p\u00c3\u00a4ss p%E4ss p?ss", "REDACTED REDACTED REDACTED REDACTED REDACTED REDACTED REDACTED REDACTED REDACTED REDACTED REDACTED"},
		{"key\U0001f511", `key\uD83D\uDD11 key%F0%9F%94%91`, "REDACTED REDACTED"},
		{"a%41b+c", `a%41b+c a%2541b%2Bc a%41b c`, "REDACTED REDACTED REDACTED"},
		{"pass  word", "pass  word pass+word pass%20%20word pass word", "REDACTED REDACTED REDACTED REDACTED"},
		{" password ", "password", "REDACTED"},
		{"pass\u200bword", "password pass\u200bword", "REDACTED REDACTED"},
		{`say "hi"`, `say ""hi"" say \"hi\" say &quot;hi&quot; say \\\"hi\\\"`, "REDACTED REDACTED REDACTED REDACTED"},
		{"token.with-dots_1", "TOKEN.WITH-DOTS_1", "REDACTED"},
		{"\xff\xfe\xfdabc", "\xff\xfe\xfdabc", "REDACTED"},
		// What is between two characters of a form may be escaped as well.
		{"aB3+xY/9", `<YUIz\r\nK3hZLzk=> YUIz\u000aK3hZ\\n  Lzk= YUIz%0D%0AK3hZLzk%3D YUIz&#10;K3hZLzk=`, "<REDACTED> REDACTED REDACTED REDACTED"},
		{"aB3+xY/9", `614233\n2b78\t592f39 61%2042%2033%202b%2078%2059%202f%2039 61&nbsp;42&#32;33&#32;2b&#32;78 592f39`, "REDACTED REDACTED 61&nbsp;42&#32;33&#32;2b&#32;78 592f39"},
		{"aB3+xY/9", `[\n        97,\r\n        66,\n        51,\n 43,120,89%2C%2047%2C57\n]`, `[\n        REDACTED\n]`},
		{"aB3+xY/9", "aB3=\r\n+x=\nY=2F=\r\n9 aB3\\\n+xY/9 aB3=0D", "REDACTED REDACTED aB3=0D"},
		{"aB3+xY/9", "aB3\n+xY/9 aB3=\r+xY/9", "aB3\n+xY/9 aB3=\r+xY/9"}, // in two parts
	} {
		if got := redactorOf(x.secret).Text(x.form); got != x.want {
			t.Errorf("%q of %q became %q", x.form, x.secret, got)
		}
	}
}

// TestScrubbedCut cuts a text anywhere in a secret, in the middle of an escape too: what is left of
// it goes.
func TestScrubbedCut(t *testing.T) {
	t.Parallel()
	const key = "S3cr3t+Key/=9"
	for _, form := range []string{
		key, url.QueryEscape(key), `S3cr3t\u002bKey\u002f\u003d9`, "S3cr3t&#43;Key&sol;&equals;9", "S3cr3t%252BKey%252F%253D9",
		hex.EncodeToString([]byte(key)), base64.StdEncoding.EncodeToString([]byte("api:" + key)),
	} {
		for i := len("YXBpOlMzY"); i <= len(form); i++ {
			if got := redactorOf(key).redact("<"+form[:i], true); !strings.HasSuffix(got, redacted) || len(got) > len("<YXBpO")+len(redacted) {
				t.Errorf("%q became %q", form[:i], got)
			}
		}
	}
	if got := redactorOf(key).redact("in plain words", true); got != "in plain words" {
		t.Errorf("became %q", got)
	}
}

// TestScrubbedEllipsis: an … is where a text was cut before the secrets were removed, so that a
// part of one may be in front of it.
func TestScrubbedEllipsis(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"begins with \"S3cr3t+K…\"": "begins with \"REDACTED…\"",
		"S3cr… and S3cr3t%2BK… end": "REDACTED… and REDACTED… end",
		"S3… and … end":             "S3… and … end",
		"S3cr3t+Key/=9…":            "REDACTED…",
		"in … plain words…":         "in … plain words…",
		"S3cr3t+K is no cut":        "S3cr3t+K is no cut",
	} {
		if got := redactorOf("S3cr3t+Key/=9").Text(text); got != want {
			t.Errorf("%q became %q, not %q", text, got, want)
		}
	}
	if got := redactorOf("S3cr…3t+Key").Text("<S3cr…3t+Key>"); got != "<REDACTED>" {
		t.Errorf("a key with an … in it became %q", got)
	}
}

// TestScrubbedLong: of a long text the beginning is kept, with no part of a secret at the end.
func TestScrubbedLong(t *testing.T) {
	t.Parallel()
	const key = "S3cr3t+Key/=9"
	for before := textLimit - len(key) - 1; before <= textLimit+1; before++ {
		got := redactorOf(key).Text(strings.Repeat("x", before) + key + strings.Repeat("y", textLimit))
		rest, cut := strings.CutSuffix(strings.TrimLeft(got, "x"), "…")
		if rest = strings.TrimRight(rest, "y"); !cut || rest != redacted && len(rest) >= shortestScrubbed {
			t.Errorf("behind %d bytes: %q", before, rest)
		}
	}
	if got := redactorOf(key).Text(strings.Repeat("é", textLimit/2) + "é"); got != strings.Repeat("é", textLimit/2)+"…" {
		t.Errorf("ends in %q", got[len(got)-10:])
	}
}

// TestScrubbedWork: of a text that could be read in millions of ways, with a secret that a server
// chose for it, the beginning is kept, and all of it if it is short.
func TestScrubbedWork(t *testing.T) {
	t.Parallel()
	many := func(s string) string { return strings.Repeat(s, textLimit/2) }
	for _, x := range []struct{ secret, text, want string }{
		{many("'"), "before " + many("'"), "before …"},
		{many(`\`), "\u00e9 " + many(`\`) + "behind", "\u00e9 …"},
		{many("'"), "before " + strings.Repeat("'", 50) + " behind", "before " + strings.Repeat("'", 50) + " behind"},
		{many("'"), many("x"), many("x")},
	} {
		if got := redactorOf(x.secret).Text(x.text); got != x.want {
			t.Errorf("%.20q with the secret %.10q became %.60q, want %.60q", x.text, x.secret, got, x.want)
		}
	}
}

// FuzzRedactor: whatever is around it, a secret goes, and a text without one stays as it is.
func FuzzRedactor(f *testing.F) {
	f.Add("before", "behind", "S3cr3t+Key")
	f.Add(`\\\\\\\\%25%25&amp;&#&#x`, `%2`, `a%41\u0041`)
	f.Fuzz(func(t *testing.T, before, behind, secret string) {
		trimmed := TrimPasted(secret)
		if len(trimmed) < shortestScrubbed || len(secret) > 100 || len(before)+len(behind) > 2000 {
			t.Skip()
		}
		r := redactorOf(secret)
		got := r.Text(before + trimmed + behind)
		for part := range strings.SplitSeq(got, redacted) { // two parts together may look like the secret
			if strings.Contains(part, trimmed) {
				t.Errorf("%q became %q", before+trimmed+behind, got)
			}
		}
		if plain := strings.Map(func(c rune) rune { return map[bool]rune{true: c, false: -1}[unicode.IsSpace(c)] }, before); r.Text(plain) != plain {
			t.Errorf("%q became %q", plain, r.Text(plain))
		}
	})
}

// TestHideQueries shows of other origins' addresses what may be shown.
func TestHideQueries(t *testing.T) {
	t.Parallel()
	s := scrubber{originOf(mustParse(t, "https://proget.corp.local")), &Redactor{}}
	for text, want := range map[string]string{
		"see https://storage.example/x?sig=abc, and https://docs.example/y": "see https://storage.example/x?REDACTED and https://docs.example/y",
		"https://proget.corp.local/x?version=1&b=2":                         "https://proget.corp.local/x?version=1&b=2",
		"https://proget.corp.local./x?version=1":                            "https://proget.corp.local./x?REDACTED",
		"https://proget.corp.local:444/x?version=1":                         "https://proget.corp.local:444/x?REDACTED",
		"https://proget.corp.local/x?to=https://storage.example/y?sig=1":    "https://proget.corp.local/x?to=https://storage.example/y?REDACTED",
		`Bearer realm="https://auth.example/t?sig=a b",service="x"`:         `Bearer realm="https://auth.example/t?REDACTED b",service="x"`,
		`{"url":"https:\/\/storage.example\/x?sig=abc"}`:                    `{"url":"https://storage.example/x?REDACTED"}`,
		"https://u:p@storage.example/x":                                     "https://REDACTED@storage.example/x",
		"https://u:p/w@storage.example/x":                                   "https://REDACTED",
		"https://storage.example/#token=1":                                  "https://storage.example/#REDACTED",
		"//storage.example/x?sig=1":                                         "//storage.example/x?REDACTED",
		"to=https%3A%2F%2Fstorage.example%2Fx%3Fsig%3D1":                    "to=https%3A%2F%2Fstorage.example%2Fx%3FREDACTED",
		// Letters that get longer, or shorter, in lower case.
		"\u023a\u023a\u023a\u023a\u023a%3A%2f%2Fstorage.example%3Fsig%3D1": "\u023a\u023a\u023a\u023a\u023a%3A%2f%2Fstorage.example%3FREDACTED",
		"\u023a\u023a\u023a\u023a\u023a%3a%2f%2fh%3f":                      "\u023a\u023a\u023a\u023a\u023a%3a%2f%2fh%3fREDACTED",
		"\u212a\u212a%3a%2f%2fstorage.example%2fx%23token":                 "\u212a\u212a%3a%2f%2fstorage.example%2fx%23REDACTED",
		"https://storage.example/go/https%3a%2f%2fa.example%3fsig=1":       "https://storage.example/go/https%3a%2f%2fa.example%3fREDACTED",
		"https://storage.example/go?to=%3f%23#?":                           "https://storage.example/go?REDACTED",
		"//storage.example/%23/x?sig=1":                                    "//storage.example/%23REDACTED",
		"/x?to=https%3A%2F%2Fstorage.example%2Fx?sig=1":                    "/x?to=https%3A%2F%2Fstorage.example%2Fx?REDACTED",
		"what is this? a/b":                                                "what is this? a/b",
		"https://[::1/x?sig=1":                                             "https://REDACTED",
		"a ://":                                                            "a ://",
	} {
		if got := s.hideQueries(text); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// TestWordsOfStorage: storage that refuses a signed address may repeat the signature, however it is
// written.
func TestWordsOfStorage(t *testing.T) {
	t.Parallel()
	s := scrubber{originOf(mustParse(t, "https://proget.corp.local")), &Redactor{}}
	for _, x := range []struct{ query, said, want string }{
		{"sig=s3cret%2Bword", "bad s3cret+word, s3cret%2bword", "bad REDACTED, REDACTED"},
		{"s3cretword", "bad S3CRETWORD", "bad REDACTED"},
		{"a=1;sig=s3cretword;b=2", "bad s3cretword", "bad REDACTED"},
		{"sig=s3cret;word", "bad s3cret;word", "bad REDACTED"},
		{"sig=s3cret%zzword", "bad s3cret%zzword", "bad REDACTED"},
		{"sig=s3cret=word==", "bad s3cret=word==", "bad REDACTED"},
		{"v=1", "version 1", "version 1"},
	} {
		if got := s.words(mustParse(t, "https://storage.example/x?"+x.query), x.said, false); got != x.want {
			t.Errorf("%s: %s\ngot  %s\nwant %s", x.query, x.said, got, x.want)
		}
	}
}
