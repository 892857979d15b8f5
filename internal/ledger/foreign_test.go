package ledger

import (
	"errors"
	"strings"
	"testing"
)

// TestForeignRows: of a row that no version of this program wrote, half would be lost: some queries
// would pass over it, and its id, which hints put into commands, might be one.
func TestForeignRows(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"a word as the id":      "id = 'x'",
		"a command as the id":   "id = '$(touch /tmp/x)          '",
		"the lowest id":         "id = '00000000000000000000000000'",
		"an id behind all":      "id = 'ZZZZZZZZZZZZZZZZZZZZZZZZZZ'",
		"no id":                 "id = ''",
		"no state":              "state = ''",
		"a state of tomorrow":   "state = 'verified'",
		"a state in capitals":   "state = 'RECORDED'",
		"no origin":             "via = ''",
		"another origin":        "via = 'mail'",
		"before all time":       "made_at = -9223372036854775808",
		"after all time":        "made_at = 9223372036854775807",
		"after the year 9999":   "made_at = 253402300800",
		"before the year 0":     "made_at = -62167219201",
		"a state in flight too": "state = 'weird', owner = 7",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := open(t, Options{})
			add(t, session(t, l, SessionOptions{}), drafts(2), 0)
			if n, err := readAll(l); n != 2 || err != nil {
				t.Fatal(n, err)
			}
			err := l.write(t.Context(), func(x *txn) error {
				return x.later("UPDATE deployment SET " + change + " WHERE target = 'web0001'")
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = readAll(l)
			if own, ok := errors.AsType[*Error](err); !ok || own.Kind != ErrDamaged || !strings.Contains(err.Error(), "was not written by this program") {
				t.Errorf("got %v", err)
			}
		})
	}
}
