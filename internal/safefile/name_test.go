package safefile

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestBaseName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 200)
	tests := []struct{ name, want string }{
		{"Newtonsoft.Json.12.0.3.nupkg", "Newtonsoft.Json.12.0.3.nupkg"},
		{"tool-1.0+b~rc1 (x64).tar.gz", "tool-1.0+b~rc1 (x64).tar.gz"},
		{"größe-数.zip", "größe-数.zip"},
		{"../../etc/passwd", "passwd"},
		{`..\..\Windows\win.ini`, "win.ini"},
		{`/abs/mixed\tool.zip`, "tool.zip"},
		{"C:tool.zip", "tool.zip"},
		{"C:D:tool.zip", "tool.zip"},
		{`C:\x\tool.zip`, "tool.zip"},
		{"tool.zip:stream", "tool.zip_stream"},
		{`a<b>c"d|e?f*g`, "a_b_c_d_e_f_g"},
		{"a\x00b\nc\x1b[31md\x7f\u0085", "a_b_c_[31md__"},
		{"gpj.\u202eexe", "gpj._exe"},
		{"zero\u200bwidth\u00a0blank", "zero_width_blank"},
		{"bad\xff\xfeutf8", "bad_utf8"},
		{"tool.zip. . ", "tool.zip"},
		{" .npmrc", "npmrc"},
		{"...", ""}, {"", ""}, {"..", ""}, {".", ""}, {"a/", ""}, {"C:", ""}, {" ", ""},
		{"CON", "_CON"}, {"nul.txt", "_nul.txt"}, {"Aux .tar.gz", "_Aux .tar.gz"},
		{"COM1", "_COM1"}, {"lpt¹.x", "_lpt¹.x"}, {"COM", "COM"}, {"COM10", "COM10"}, {"conin$", "_conin$"},
		{"console.log", "console.log"},
		{long + ".nupkg", strings.Repeat("é", 124) + ".nupkg"},
		{strings.Repeat("a", 250) + "." + strings.Repeat("b", 40), strings.Repeat("a", 250) + ".bbbb"},
		{"CON." + strings.Repeat("x", 251), "_CON." + strings.Repeat("x", 250)},
		{strings.Repeat("a", 250) + "..... b", strings.Repeat("a", 250) + "... b"},
	}
	for _, test := range tests {
		got, err := BaseName(test.name)
		if (err != nil) != (test.want == "") {
			t.Errorf("BaseName(%q): error %v", test.name, err)
		}
		if got != test.want {
			t.Errorf("BaseName(%q) = %q, want %q", test.name, got, test.want)
		}
	}
}

func TestBaseNameErrorQuotesTheName(t *testing.T) {
	t.Parallel()
	if _, err := BaseName("\x1b/.."); err == nil || err.Error() != `"\x1b/.." is not a file name` {
		t.Errorf("error %v", err)
	}
}

func TestCheckName(t *testing.T) {
	t.Parallel()
	wide := strings.Repeat("é", 200)
	tests := []struct{ name, windows, linux string }{ // why not
		{"tool.zip", "", ""}, {"größe.zip", "", ""}, {".hidden", "", ""}, {"console.log", "", ""},
		{"CON", "device", ""}, {"nul.txt", "device", ""}, {"com¹.x", "device", ""},
		{"a:b", "forbids", ""}, {"what?", "forbids", ""},
		{"tool.", "at the end", ""}, {"tool ", "at the end", ""},
		{wide, "", "longer"}, {wide + strings.Repeat("a", 56), "longer", "longer"}, {strings.Repeat("😀", 128), "longer", "longer"},
		{strings.Repeat("a", 255), "", ""}, {strings.Repeat("a", 256), "longer", "longer"},
	}
	for _, test := range tests {
		for goos, why := range map[string]string{"windows": test.windows, "linux": test.linux} {
			err := checkNameOn(goos, test.name)
			if (err == nil) != (why == "") || err != nil && !strings.Contains(err.Error(), why) {
				t.Errorf("on %s, %q: %v, want %q", goos, test.name, err, why)
			}
		}
	}
}

func TestFromContentDisposition(t *testing.T) {
	t.Parallel()
	tests := []struct{ header, want string }{
		{`attachment; filename="tool-1.0.tgz"`, "tool-1.0.tgz"},
		{`attachment; filename=tool-1.0.tgz`, "tool-1.0.tgz"},
		{`ATTACHMENT; FileName="a b.zip"; size=3`, "a b.zip"},
		{`attachment; filename="plain.zip"; filename*=UTF-8''gr%C3%B6%C3%9Fe.zip`, "größe.zip"},
		{`attachment; filename*=UTF-8'en'%e2%82%ac.zip; filename=e.zip`, "€.zip"},
		{`attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd`, "passwd"},
		{`attachment; filename="..\\..\\evil.exe"`, "evil.exe"},
		{`attachment; filename*=UTF-8''a%0d%0ab`, "a__b"},
		{`inline`, ""}, {``, ""}, {`attachment; filename=""`, ""}, {`attachment; filename=".."`, ""},
		{`attachment; filename=my tool.zip`, ""}, {`;;;`, ""},
	}
	for _, test := range tests {
		if got := FromContentDisposition(test.header); got != test.want {
			t.Errorf("FromContentDisposition(%q) = %q, want %q", test.header, got, test.want)
		}
	}
}

// checkSafe is what every answer must be, whatever a server sent.
func checkSafe(t *testing.T, name string) {
	t.Helper()
	switch {
	case len(name) > maxNameBytes, !utf8.ValidString(name):
		t.Errorf("%q is too long or not UTF-8", name)
	case strings.ContainsAny(name, `/\<>:"|?*`), strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		t.Errorf("%q has a forbidden character", name)
	case strings.HasPrefix(name, "."), strings.HasPrefix(name, "-"), strings.HasSuffix(name, "."), strings.HasSuffix(name, " "):
		t.Errorf("%q has a dot or space at an end", name)
	case checkNameOn("windows", name) != nil:
		t.Error(checkNameOn("windows", name))
	}
	if again, err := BaseName(name); err != nil || again != name {
		t.Errorf("BaseName(%q) = %q, %v: a safe name was changed", name, again, err)
	}
}

func FuzzBaseName(f *testing.F) {
	for _, seed := range []string{"a.zip", "../x", `C:\CON.txt`, "a\u202eb. ", strings.Repeat("é", 140) + ".tar.gz", "C:D:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if name, err := BaseName(s); err == nil {
			checkSafe(t, name)
		}
	})
}

func FuzzFromContentDisposition(f *testing.F) {
	f.Add(`attachment; filename="a.zip"; filename*=UTF-8''%e2%82%ac`)
	f.Add(`attachment; filename*0="a"; filename*1="/b"`)
	f.Fuzz(func(t *testing.T, header string) {
		if name := FromContentDisposition(header); name != "" {
			checkSafe(t, name)
		}
	})
}
