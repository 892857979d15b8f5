// Command interop is the front that .ci/interop puts before servers that nobody here wrote: it
// gives each of them the address that a feed of its kind has on a ProGet, and notes every request
// that goes by.
//
//	interop -log FILE /npm/approved/=http://127.0.0.1:4873/npm/approved/ /debian/apt/=FOLDER …
//
// It prints its address and runs until it is killed. A line of the log is METHOD PATH STATUS, with
// "annotated" behind it where the request carried deployment headers, and "range" where it asked
// for a part.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

func main() {
	name := flag.String("log", "", "file to note requests in")
	addr := flag.String("addr", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	if err := serve(*addr, *name, flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func serve(addr, name string, routes []string) error {
	mux, err := newMux(routes)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", listener.Addr())
	server := &http.Server{Handler: &noter{next: mux, w: file}, ReadHeaderTimeout: time.Minute}
	return server.Serve(listener)
}

// newMux reads routes: a path, "=", and a URL or a folder.
func newMux(routes []string) (*http.ServeMux, error) {
	mux := http.NewServeMux()
	for _, route := range routes {
		path, target, found := strings.Cut(route, "=")
		if !found {
			return nil, fmt.Errorf("%q is not PATH=URL or PATH=FOLDER", route)
		}
		if !strings.Contains(target, "://") {
			mux.Handle(path, http.StripPrefix(path, http.FileServer(http.Dir(target))))
			continue
		}
		u, err := url.Parse(target)
		if err != nil {
			return nil, err
		}
		mux.Handle(path, forward(path, u))
	}
	return mux, nil
}

// forward hands on to another server, which learns under which address it was asked for, so that
// the links in its indexes lead back here.
func forward(path string, target *url.URL) http.Handler {
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		rest := strings.TrimPrefix(r.In.URL.EscapedPath(), path)
		to, err := url.Parse(target.String() + rest)
		if err != nil { // the path of a request that was parsed is always one
			to = target
		}
		to.RawQuery = r.In.URL.RawQuery
		r.Out.URL, r.Out.Host = to, r.In.Host
		r.SetXForwarded()
	}}
}

// noter writes a line for each request that was answered.
type noter struct {
	next http.Handler
	mu   sync.Mutex
	w    io.Writer
}

func (n *noter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	line := r.Method + " " + r.URL.EscapedPath()
	marks := ""
	for name := range r.Header {
		if strings.HasPrefix(strings.ToLower(name), "x-proget-deployment-") {
			marks = " annotated"
		}
	}
	if r.Header.Get("Range") != "" {
		marks += " range"
	}
	answer := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	n.next.ServeHTTP(answer, r)
	n.mu.Lock()
	defer n.mu.Unlock()
	// The script that reads the log misses the line if this fails.
	_, _ = fmt.Fprintf(n.w, "%s %d%s\n", line, answer.status, marks)
}

// statusWriter remembers the status.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status and sends it.
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
