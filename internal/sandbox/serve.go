package sandbox

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

const (
	// shutdownGrace is how long requests in flight may take to end when the server stops.
	shutdownGrace = 700 * time.Millisecond
	// headerTimeout is for a client that opens a connection and sends nothing.
	headerTimeout = 10 * time.Second
)

// Serve answers on a listener until ctx ends, then lets requests in flight finish for 0.7 s and
// closes what is left. It returns nil after such an end, else the listener's error. The listener is
// closed in either case.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	// Requests that wait on a fault end with this context, so that a stalled answer does not delay
	// the stop.
	requests, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTimeout,
		BaseContext:       func(net.Listener) context.Context { return requests },
		// net/http would report each connection that a fault breaks.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	cancel()
	grace, stop := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer stop()
	if err := server.Shutdown(grace); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close()
}
