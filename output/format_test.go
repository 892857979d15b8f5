package output

import (
	"strings"
	"testing"
)

func TestFormatsAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	if got := strings.Join(Formats(), " "); got != "table wide json ndjson csv markdown" {
		t.Errorf("got %q", got)
	}
}
