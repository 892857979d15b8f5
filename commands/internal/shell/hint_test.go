package shell

import (
	"runtime"
	"testing"
)

func TestHintLeavesPlainWordsAlone(t *testing.T) {
	t.Parallel()
	for value, plain := range map[string]bool{
		"corp": true, "https://proget.corp.local:8080/pg": true, "/var/lib/ledger.db": true,
		"-x": false, "": false, "my source": false, "a$b": false, "a;b": false, "ö": false, "postgres://u@h/d?x=y": false,
	} {
		want := value
		if !plain {
			want = Default(runtime.GOOS).Quote(value)
		}
		if got := Hint(value); got != want {
			t.Errorf("%q is written as %s, want %s", value, got, want)
		}
	}
}
