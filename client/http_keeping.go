package client

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// keeping learns whether a server keeps a connection open after an answer.
//
// A record that is written to a connection at the moment at which the other
// side closes it is lost, and nobody can tell whether it arrived. Some servers
// and balancers close each connection after one answer without saying so. So
// the first connections are watched for a moment before a record goes over one
// of them a second time, and new ones are made meanwhile. A server that closed
// one gets a new connection for each record from then on.
type keeping struct {
	mu      sync.Mutex
	state   keepingState
	since   time.Time     // of the first answer
	longest time.Duration // how long it is watched
	least   time.Duration // leastWatch, unless a test has more time
	resting int           // connections that nobody has
	// asked says that the server asked for a client certificate.
	asked atomic.Bool
}

type keepingState int

const (
	keepsUnknown keepingState = iota // no answer yet, so there is no connection to reuse
	keepsWatched                     // answered, and not yet seen to keep a connection
	keepsAlive                       // a connection was kept
	keepsNothing                     // a connection was closed without a word
)

// Limits on the reuse of a connection.
const (
	// A server that closes without a word does so within milliseconds of its
	// answer, or takes longer for that as it does for all, because it is busy.
	leastWatch = 50 * time.Millisecond
	mostWatch  = 250 * time.Millisecond
	watchTimes = 5 // how many times as long as its first answer took
	// idleLimit is one second. Servers allow 2 seconds or more between requests;
	// one that waited longer costs little to be made again.
	idleLimit = time.Second
)

// reuse reports whether a record may go over a connection that was used before.
func (k *keeping) reuse() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state == keepsWatched && k.resting > 0 && time.Since(k.since) >= k.longest {
		k.state = keepsAlive
	}
	return k.state == keepsAlive
}

// keep reports whether the connection of a record is to be kept for another: to
// be watched, or to be reused.
func (k *keeping) keep() bool {
	if k.reuse() {
		return true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.state == keepsUnknown || k.state == keepsWatched && k.resting == 0
}

// rests counts connections that nobody has.
func (k *keeping) rests(change int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.resting += change
}

// answered notes an answer on a connection that is to be kept, and how long it
// took. One on a reused connection shows that it was.
func (k *keeping) answered(reused bool, took time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.state == keepsUnknown:
		k.state, k.since = keepsWatched, time.Now()
		k.longest = max(k.least, min(max(leastWatch, watchTimes*took), mostWatch))
	case k.state == keepsWatched && reused:
		k.state = keepsAlive
	}
}

// lost notes that the other side closed a kept connection, or spoke unasked.
func (k *keeping) lost() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.state = keepsNothing
}

// heed notes what an answer says of its connection: one that is to be idle for
// no longer than our own limit is closed too soon to be reused (RFC 2068 section
// 19.7.1, Keep-Alive: timeout=5).
func (k *keeping) heed(resp *http.Response) {
	for parameter := range strings.SplitSeq(resp.Header.Get("Keep-Alive"), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		seconds, err := strconv.ParseUint(value, 10, 32)
		if err == nil && strings.EqualFold(name, "timeout") && time.Duration(seconds)*time.Second <= idleLimit {
			k.lost()
		}
	}
}
