package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// maxBody is the most that is read and kept of a request's body, in bytes. A deployment is below 10
// KiB; the rest is for very long descriptions.
const maxBody = 1 << 20

// Request is one request as it arrived.
type Request struct {
	Method string
	// Target is the raw request target of the request line: escaped path and query string.
	Target string
	Header http.Header
	// Body holds what was read of the body, 1 MiB at most.
	Body []byte
	// Status of the answer; 0 before there is one, and if the connection was reset instead.
	Status int
	// User of the credentials: "api", Options.User, or "Anonymous".
	User string
	// Note says why something was not recorded, such as incomplete deployment headers.
	Note string
}

// exchange is one request and its answer. It notes the status for the log and lets a fault change
// how the answer is sent.
type exchange struct {
	http.ResponseWriter
	r      *http.Request
	server *Server
	entry  Request  // what the log needs; Header and Body stay empty here
	kept   *Request // the entry of Requests, nil when none is kept

	// alter sees each piece of the answer's body before it leaves; nil without a fault.
	alter func(x *exchange, p []byte) (int, error)
	// replace are headers that a fault sets in the answer.
	replace http.Header
	sent    int64 // bytes of body that left
}

// keptBody copies a body into the kept request while it is read: a caller that has its answer finds
// the body in Requests, even if the handler has not returned yet.
type keptBody struct {
	io.ReadCloser
	mu   *sync.RWMutex
	kept *Request
}

// Read passes the body on and keeps a copy of its first MiB.
func (b *keptBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	room := max(0, maxBody-len(b.kept.Body))
	b.kept.Body = append(b.kept.Body, p[:min(n, room)]...)
	return n, err
}

// update changes what is known of the request, in the log's entry and in the kept one.
func (x *exchange) update(change func(*Request)) {
	change(&x.entry)
	if x.kept == nil {
		return
	}
	x.server.mu.Lock()
	change(x.kept)
	x.server.mu.Unlock()
}

// note explains, in the log and in Requests, an answer that looks like success but is not.
func (x *exchange) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	x.update(func(r *Request) { r.Note = text })
}

// WriteHeader sends the status, with the fields that a fault sets: an empty value removes a field.
func (x *exchange) WriteHeader(status int) {
	header := x.Header()
	for name, values := range x.replace {
		header.Del(name)
		for _, value := range values {
			if value != "" {
				header.Add(name, value)
			}
		}
	}
	x.update(func(r *Request) { r.Status = status })
	x.ResponseWriter.WriteHeader(status)
	if _, replaced := x.replace["Content-Length"]; replaced && header.Get("Content-Length") == "" {
		// net/http counts a short body itself, unless the header has left by then.
		x.flush()
	}
}

// Write sends a piece of the body, by way of the fault if there is one.
func (x *exchange) Write(p []byte) (int, error) {
	if x.entry.Status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	if x.alter != nil && x.r.Method != http.MethodHead {
		return x.alter(x, p)
	}
	return x.pass(p)
}

// pass sends bytes unchanged.
func (x *exchange) pass(p []byte) (int, error) {
	n, err := x.ResponseWriter.Write(p)
	x.sent += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// flush pushes out what net/http has buffered. Its error is the connection's, and the next write
// has it again.
func (x *exchange) flush() { _ = http.NewResponseController(x).Flush() }

// text answers with a status and plain text, the form of ProGet's own messages.
func (x *exchange) text(status int, body string) {
	x.send(status, "text/plain; charset=utf-8", []byte(body))
}

// json answers 200 with a value as JSON.
func (x *exchange) json(value any) { x.jsonAs("application/json; charset=utf-8", value) }

// jsonAs is json under another content type.
func (x *exchange) jsonAs(contentType string, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		x.text(http.StatusInternalServerError, err.Error())
		return
	}
	x.send(http.StatusOK, contentType, body)
}

func (x *exchange) xml(contentType, body string) {
	x.send(http.StatusOK, contentType, []byte(body))
}

// send answers with a whole body. The length is always declared, so that a truncated answer can be
// detected.
func (x *exchange) send(status int, contentType string, body []byte) {
	x.Header().Set("Content-Type", contentType)
	x.Header().Set("Content-Length", strconv.Itoa(len(body)))
	x.WriteHeader(status)
	// An error here means that the client has gone.
	_, _ = x.Write(body)
}

// allow answers 405 unless the request's method is one of those given.
func (x *exchange) allow(methods ...string) bool {
	if slices.Contains(methods, x.r.Method) {
		return true
	}
	x.Header().Set("Allow", strings.Join(methods, ", "))
	x.text(http.StatusMethodNotAllowed, "The method "+strconv.Quote(x.r.Method)+" is not supported here.")
	return false
}
