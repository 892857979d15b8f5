package output

import (
	"strings"
	"testing"
)

func TestParseFormat(t *testing.T) {
	t.Parallel()
	for _, name := range Formats() {
		if f, err := ParseFormat(name); err != nil || string(f) != name {
			t.Errorf("ParseFormat(%q) = %q, %v", name, f, err)
		}
	}
	for _, name := range []string{"", "yaml", "JSON", " json"} {
		_, err := ParseFormat(name)
		if err == nil {
			t.Errorf("ParseFormat(%q) is accepted", name)
			continue
		}
		for _, known := range append(Formats(), `"`+name+`"`) {
			if !strings.Contains(err.Error(), known) {
				t.Errorf("ParseFormat(%q): %q does not name %s", name, err, known)
			}
		}
	}
}

func TestFormatsAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	if got := strings.Join(Formats(), " "); got != "table wide json ndjson csv markdown" {
		t.Errorf("got %q", got)
	}
}
