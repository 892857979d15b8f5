package client

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http/httptrace"
	"sync"
	"time"
)

// progress watches one request through httptrace.
type progress struct {
	record    bool
	began     time.Time
	keepAlive *keepAlive
	oneShot   bool // its connection is for it alone, and says nothing about whether the server keeps one
	hooks     httptrace.ClientTrace
	waiting   sync.WaitGroup // until net/http has delivered the answer, or failed

	mu       sync.Mutex
	used     int // connections on which something was written before this one
	conn     *connection
	carries  carrier // TLS, nil without
	tls      tlsConn // nil without
	other    bool    // there was a connection that is not one of ours
	reused   bool
	baseline int64 // bytes written to conn before
	answered int64 // bytes read from conn before
}

// trace watches for the connections that the request gets.
func (p *progress) trace() *httptrace.ClientTrace {
	p.hooks = httptrace.ClientTrace{GotConn: p.got, GotFirstResponseByte: p.answerBegins, PutIdleConn: p.put}
	return &p.hooks
}

func (p *progress) got(info httptrace.GotConnInfo) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.begunLocked() {
		p.used++
	}
	conn, carries := connectionOf(info.Conn)
	p.conn, p.carries, p.other, p.reused = conn, carries, conn == nil, info.Reused
	p.tls, _ = info.Conn.(tlsConn)
	if conn != nil {
		p.baseline, p.answered = conn.written.Load(), conn.read.Load()
		conn.begin(p, carries != nil, info.Reused)
	}
}

func (p *progress) answerBegins() {
	conn, reused := p.current()
	if conn != nil {
		conn.answerBegins(p)
	}
	if !p.oneShot {
		p.keepAlive.answered(reused, p.began)
	}
}

// put is called when the connection waits for another request.
func (p *progress) put(err error) {
	if conn, _ := p.current(); conn != nil && err == nil {
		conn.rest(p)
	}
}

// tlsConn is a connection with TLS, ours or net/http's own.
type tlsConn interface {
	net.Conn
	ConnectionState() tls.ConnectionState
}

// cutOff reports whether the connection ended without the word of TLS that all was sent: anyone on
// the network can end a connection.
func (p *progress) cutOff() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.carries != nil && p.carries.ranOut()
}

// connectionState is what the two sides agreed on, nil without TLS.
func (p *progress) connectionState() *tls.ConnectionState {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tls == nil {
		return nil
	}
	state := p.tls.ConnectionState()
	return &state
}

// ending is why a request failed that found its connection closed: the alert with which the server
// closed it, if there was one. Of the two net/http returns the one that came first.
func (p *progress) ending(err error) error {
	p.mu.Lock()
	conn := p.tls
	p.mu.Unlock()
	if conn == nil || !errors.Is(err, net.ErrClosed) {
		return err
	}
	// It is closed, so this does not wait, and returns what ended the reading before.
	if _, ended := conn.Read(make([]byte, 1)); ended != nil {
		if _, alerted := alertCode(ended); alerted {
			return ended
		}
	}
	return err
}

func (p *progress) current() (conn *connection, reused bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conn, p.reused
}

// sends counts the connections to which the request was written, in part at least: net/http repeats
// it by itself on a new one if nothing was written to a kept one that had been closed.
func (p *progress) sends() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.begunLocked() {
		return p.used + 1
	}
	return max(p.used, 1)
}

func (p *progress) begunLocked() bool {
	return p.other || p.conn != nil && p.conn.written.Load() > p.baseline
}

// connected reports whether there was a connection, begun whether anything was written to it since.
func (p *progress) connected() (connected, begun bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conn != nil || p.other, p.begunLocked()
}

// pooled reports whether the request got a connection that was used before.
func (p *progress) pooled() bool {
	_, reused := p.current()
	return reused
}

// reusing reports whether the request went over a connection used before.
func (p *progress) reusing() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reused && p.begunLocked()
}

// unasked reports whether an answer came before the request was written.
func (p *progress) unasked() bool {
	conn, _ := p.current()
	return conn != nil && conn.spokeFirst(p)
}

// failedPhase says how far a request came that was not answered, and which protocol the other side
// spoke if it was another.
func failedPhase(p *progress, err error) (at phase, said string) {
	connected, begun := p.connected()
	if connected {
		if said = p.otherProtocol(); said != "" {
			return phaseOtherProtocol, said
		}
	}
	switch {
	case p.wantedCertificate(err):
		return phaseTLS, ""
	case begun:
		return phaseSent, ""
	case connected:
		return phaseConnected, ""
	}
	if refusal, ok := errors.AsType[*proxyError](err); ok {
		// A proxy that says 5xx did not reach the server either: that may pass.
		if refusal.status >= 500 {
			return phaseConnecting, ""
		}
		return phaseProxy, ""
	}
	if isTLSFailure(err) {
		return phaseTLS, ""
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return phaseResolving, ""
	}
	return phaseConnecting, ""
}

// otherProtocol names the protocol of a server that does not speak HTTP at all.
func (p *progress) otherProtocol() string {
	conn, _ := p.current()
	if conn == nil || conn.isSecure() {
		return ""
	}
	return otherProtocolOf(conn.said())
}

// wantedCertificate reports whether the server ended a TLS 1.3 handshake because it asked for a
// certificate and got none. As a rule its alert comes after the request was written, but before the
// server has read any of it: nothing else has come since the handshake, not even a session ticket.
// If the request is late, nothing has come since it got its connection.
func (p *progress) wantedCertificate(err error) bool {
	// 24 bytes: a record of TLS 1.3 with an alert and nothing else.
	const alertLength = 5 + 2 + 1 + 16
	if !isAlert(err, alertCertificateRequired) {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn == nil || p.reused || !p.conn.keepAlive.asked.Load() {
		return false
	}
	came := p.conn.read.Load() - p.answered
	return came == 0 || came == alertLength
}
