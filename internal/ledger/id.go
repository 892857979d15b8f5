package ledger

import (
	"crypto/rand"
	"encoding/binary"
	"strings"
	"sync"
	"time"
)

// IDs makes ids that are unique across hosts and sort by time: ULIDs (github.com/ulid/spec), 48
// bits of milliseconds and 80 random ones, as 26 characters of Crockford's base 32. Within a
// millisecond, and if the clock goes backwards, ids still ascend. The zero value is ready to use,
// also from several goroutines.
type IDs struct {
	mu     sync.Mutex
	hi, lo uint64 // the last id
}

// New returns the next id.
func (g *IDs) New(now time.Time) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	// The first one is random whatever the clock says: one from before 1970 has no milliseconds.
	if ms := max(now.UnixMilli(), 0); ms > int64(g.hi>>16) || g.hi|g.lo == 0 {
		var random [10]byte
		_, _ = rand.Read(random[:]) // never fails, by its documentation
		g.hi = uint64(ms)<<16 | uint64(binary.BigEndian.Uint16(random[:2]))
		g.lo = binary.BigEndian.Uint64(random[2:])
	} else if g.lo++; g.lo == 0 {
		g.hi++
	}
	return encodeID(g.hi, g.lo)
}

// firstID is the smallest id of a time.
func firstID(t time.Time) string { return encodeID(uint64(max(t.UnixMilli(), 0))<<16, 0) }

// idAlphabet is Crockford's base 32.
const idAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func encodeID(hi, lo uint64) string {
	var text [26]byte
	for i := len(text) - 1; i >= 0; i-- {
		text[i] = idAlphabet[lo&31]
		lo, hi = lo>>5|hi<<59, hi>>5
	}
	return string(text[:])
}

// appendID appends the 128 bits of an id; a character that no id has counts as zero.
func appendID(b []byte, id string) []byte {
	var hi, lo uint64
	for i := range len(id) {
		hi, lo = hi<<5|lo>>59, lo<<5|uint64(max(strings.IndexByte(idAlphabet, id[i]), 0))
	}
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(b, hi), lo)
}

// validID reports whether a text is an id that this program makes. None is zero: the digest treats
// zero as damage.
func validID(id string) bool {
	return len(id) == 26 && id[0] <= '7' && strings.Trim(id, idAlphabet) == "" && strings.Trim(id, "0") != ""
}
