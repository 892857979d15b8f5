package client

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// keepAlive learns whether a server keeps a connection open after an answer.
//
// A record that is written to a connection at the moment at which the other side closes it is lost,
// and it is unknown whether it arrived. Some servers and balancers close each connection after one
// answer without saying so. So the first connections are watched for a moment before a record goes
// over one of them a second time, and new ones are made meanwhile. A server that closed one gets a
// new connection for each record from then on.
type keepAlive struct {
	mu      sync.Mutex
	state   atomic.Int32  // a keepAliveState, written under mu; read without it for each record
	since   time.Time     // of the first answer
	longest time.Duration // how long it is watched
	least   time.Duration // leastWatch, unless a test has more time
	idle    atomic.Int64  // connections that no request uses
	// asked says that the server asked for a client certificate.
	asked atomic.Bool
}

type keepAliveState = int32

const (
	keepAliveUnknown keepAliveState = iota // no answer yet, so there is no connection to reuse
	keepAliveWatched                       // answered, and not yet seen to keep a connection
	keepAliveProven                        // a connection was kept
	keepAliveNever                         // a connection was closed without notice
)

// Limits on the reuse of a connection.
const (
	// A server that closes without notice does so within milliseconds of its answer, or takes
	// longer for that as it does for all, because it is busy.
	leastWatch = 50 * time.Millisecond
	mostWatch  = 250 * time.Millisecond
	watchTimes = 5 // how many times as long as its first answer took
	// idleLimit is one second. Servers allow 2 seconds or more between requests; one that waited
	// longer costs little to be made again.
	idleLimit = time.Second
)

// grantReuse decides whether a record may go over a connection that was used before.
func (k *keepAlive) grantReuse() bool {
	if k.settled() {
		return k.state.Load() == keepAliveProven
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.state.Load() == keepAliveWatched && k.idle.Load() > 0 && time.Since(k.since) >= k.longest {
		k.state.Store(keepAliveProven)
	}
	return k.state.Load() == keepAliveProven
}

// settled reports whether it is known if the server keeps connections. After that, the state can
// only become keepAliveNever.
func (k *keepAlive) settled() bool { return k.state.Load() >= keepAliveProven }

// grantKeepAlive decides whether the connection of a record is to be kept for another: to be
// watched, or to be reused.
func (k *keepAlive) grantKeepAlive() bool {
	if k.grantReuse() {
		return true
	}
	state := k.state.Load()
	return state == keepAliveUnknown || state == keepAliveWatched && k.idle.Load() == 0
}

// addIdle counts connections that no request uses.
func (k *keepAlive) addIdle(change int64) { k.idle.Add(change) }

// answered notes an answer on a connection that is to be kept, to a request that began then. One on
// a reused connection shows that it was.
func (k *keepAlive) answered(reused bool, began time.Time) {
	if k.settled() {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	switch state := k.state.Load(); {
	case state == keepAliveUnknown:
		k.state.Store(keepAliveWatched)
		k.since = time.Now()
		k.longest = max(k.least, min(max(leastWatch, watchTimes*k.since.Sub(began)), mostWatch))
	case state == keepAliveWatched && reused:
		k.state.Store(keepAliveProven)
	}
}

// lost notes that the other side closed a kept connection, or sent something unrequested.
func (k *keepAlive) lost() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.state.Store(keepAliveNever)
}

// readHeader notes what an answer says of its connection: one that is to be idle for no longer than
// our own limit is closed too soon to be reused (RFC 2068 section 19.7.1, Keep-Alive: timeout=5).
func (k *keepAlive) readHeader(resp *http.Response) {
	header := resp.Header.Get("Keep-Alive")
	if header == "" {
		return
	}
	for parameter := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
		seconds, err := strconv.ParseUint(value, 10, 32)
		if err == nil && strings.EqualFold(name, "timeout") && time.Duration(seconds)*time.Second <= idleLimit {
			k.lost()
		}
	}
}
