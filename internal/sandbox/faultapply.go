package sandbox

import (
	"context"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// intercept applies the part of a fault that comes before the server's own answer. True means that
// the request is finished.
func (f Fault) intercept(x *exchange) bool {
	if f.Effect == ResetReading {
		_, _ = io.CopyN(io.Discard, x.r.Body, max(1, f.After))
		reset(x)
		return true
	}
	if f.Effect != Stall && f.Effect != Slow && f.waits() {
		f.pause(x.r.Context())
	}
	if f.Effect == ResetBefore {
		drain(x.r)
		reset(x)
		return true
	}
	x.replace = f.Header
	f.arm(x)
	if f.Status == 0 {
		return false
	}
	drain(x.r)
	f.answer(x)
	return true
}

// arm prepares what the fault does to the answer.
func (f Fault) arm(x *exchange) {
	switch f.Effect {
	case ResetAfter:
		// No part of the answer may be sent before the reset, so it is discarded.
		x.ResponseWriter = &silent{ResponseWriter: x.ResponseWriter, header: http.Header{}}
	case IgnoreRange:
		x.r.Header.Del("Range")
	case Cut:
		x.alter = f.cut
	case Stall:
		x.alter = f.stall
	case Slow:
		x.alter = f.trickle
	case Corrupt:
		x.alter = f.corrupt
	}
}

// finish applies the part of a fault that comes after the server's answer.
func (f Fault) finish(x *exchange) {
	if f.Effect == ResetAfter {
		x.update(func(r *Request) { r.Status = 0 })
		reset(x)
	}
}

// answer sends the fault's own answer.
func (f Fault) answer(x *exchange) {
	length := max(int64(len(f.Body)), f.Fill)
	if f.Body == "" {
		length = 0
	}
	x.Header().Set("Content-Type", "text/plain; charset=utf-8")
	x.Header().Set("Content-Length", strconv.FormatInt(length, 10))
	x.WriteHeader(f.Status)
	for length > 0 {
		n, err := x.Write([]byte(f.Body)[:min(length, int64(len(f.Body)))])
		if err != nil {
			return
		}
		length -= int64(n)
	}
}

// waits is false for a fault that has nothing to wait for: only Stall waits without end.
func (f Fault) waits() bool { return f.Wait != nil || f.Delay > 0 }

// pause waits as Wait and Delay say, without them for as long as the request's context lives.
func (f Fault) pause(ctx context.Context) {
	var elapsed <-chan time.Time
	if f.Wait == nil && f.Delay > 0 {
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		elapsed = timer.C
	}
	select {
	case <-f.Wait:
	case <-elapsed:
	case <-ctx.Done():
	}
}

// cut sends what comes before the cut, then ends the connection.
func (f Fault) cut(x *exchange, p []byte) (int, error) {
	room := f.After - x.sent
	if int64(len(p)) <= room {
		return x.pass(p)
	}
	_, _ = x.pass(p[:max(0, room)])
	x.flush()
	// net/http closes the connection on this panic and logs nothing; the client sees an answer
	// without its end.
	panic(http.ErrAbortHandler)
}

// stall sends what comes before the byte, flushes it so that the client sees the beginning, and
// pauses.
func (f Fault) stall(x *exchange, p []byte) (int, error) {
	room := f.After - x.sent
	if room < 0 || int64(len(p)) <= room {
		return x.pass(p)
	}
	first, err := x.pass(p[:room])
	if err != nil {
		return first, err
	}
	x.flush()
	f.pause(x.r.Context())
	second, err := x.pass(p[room:])
	return first + second, err
}

// trickle flushes each piece, because net/http would collect 4 KiB before it sends anything.
func (f Fault) trickle(x *exchange, p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n, err := x.pass(p[done:min(len(p), done+int(max(1, f.After)))])
		done += n
		if err != nil {
			return done, err
		}
		x.flush()
		f.pause(x.r.Context())
		if err := x.r.Context().Err(); err != nil {
			return done, err
		}
	}
	return done, nil
}

// corrupt alters a copy: the piece may be a view of the stored content.
func (f Fault) corrupt(x *exchange, p []byte) (int, error) {
	at := f.After - x.sent
	if at < 0 || at >= int64(len(p)) {
		return x.pass(p)
	}
	altered := append([]byte(nil), p...)
	altered[at] ^= 0xff
	return x.pass(altered)
}

// reset ends the connection with RST instead of an orderly close. If the connection cannot be taken
// over, it is closed.
func reset(x *exchange) {
	connection, _, err := http.NewResponseController(x).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	raw := connection
	if secure, ok := connection.(interface{ NetConn() net.Conn }); ok {
		raw = secure.NetConn()
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		// A linger of zero makes Close send RST.
		_ = tcp.SetLinger(0)
	}
	_ = raw.Close()
}

// silent discards an answer.
type silent struct {
	http.ResponseWriter
	header http.Header
}

func (w *silent) Header() http.Header         { return w.header }
func (w *silent) WriteHeader(int)             {}
func (w *silent) Write(p []byte) (int, error) { return len(p), nil }

// Unwrap lets http.ResponseController reach the connection.
func (w *silent) Unwrap() http.ResponseWriter { return w.ResponseWriter }
