package ledger

import (
	"crypto/rand"
	"encoding/binary"
	"sync"
	"time"
)

// IDs makes ids that are unique across hosts and sort by time: ULIDs (github.com/ulid/spec), 48 bits of milliseconds and
// 80 random ones, as 26 characters of Crockford's base 32. Within a millisecond, and while the clock runs backwards, ids
// still ascend. The zero value is ready; it may be used from several goroutines.
type IDs struct {
	mu     sync.Mutex
	hi, lo uint64 // the last id
}

// New returns the next id.
func (g *IDs) New(now time.Time) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	if ms := now.UnixMilli(); ms > int64(g.hi>>16) {
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

func encodeID(hi, lo uint64) string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	var text [26]byte
	for i := len(text) - 1; i >= 0; i-- {
		text[i] = alphabet[lo&31]
		lo, hi = lo>>5|hi<<59, hi>>5
	}
	return string(text[:])
}
