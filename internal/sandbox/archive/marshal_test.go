package archive

import "testing"

// The expected bytes were written by Ruby 3.1: ruby -e 'p Marshal.dump(…)'.
func TestMarshal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		value any
		want  string
	}{
		{"nil", nil, "\x04\b0"},
		{"true and false", []any{true, false}, "\x04\b[\aTF"},
		{"numbers", []any{0, 1, 122, 123, 255, 256, 70000}, "\x04\b[\fi\x00i\x06i\x7Fi\x01{i\x01\xFFi\x02\x00\x01i\x03p\x11\x01"},
		{"strings share their encoding's name", []any{"a", "ü"}, "\x04\b[\aI\"\x06a\x06:\x06ETI\"\aü\x06;\x00T"},
		{"symbols", []any{Symbol("x"), Symbol("y"), Symbol("x")}, "\x04\b[\b:\x06x:\x06y;\x00"},
		{"hash", map[string]string{"b": "2", "a": "1"}, "\x04\b{\aI\"\x06a\x06:\x06ETI\"\x061\x06;\x00TI\"\x06b\x06;\x00TI\"\x062\x06;\x00T"},
		{"object", Object{"Gem::Version", []any{"1.0"}}, "\x04\bU:\x11Gem::Version[\x06I\"\b1.0\x06:\x06ET"},
		{"dumped", Dumped{"Bytes", []byte{1, 2}}, "\x04\bu:\nBytes\a\x01\x02"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := string(Marshal(c.value)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}
