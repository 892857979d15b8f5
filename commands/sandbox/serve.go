package sandbox

import (
	"context"
	"net"
	"strings"

	fake "github.com/progetctl/progetctl/internal/sandbox"
)

// privateAddress is a free port on loopback, for a server that ends with the command.
const privateAddress = "127.0.0.1:0"

// privateKey is the API key of such a server.
const privateKey = "sandbox-key"

// running is a server that listens.
type running struct {
	*fake.Server
	url  string
	stop func() error // waits for the end
}

// serve lets the server listen on an address. The end of the context does not stop it: what it
// recorded is still to be shown then.
func serve(ctx context.Context, server *fake.Server, address, basePath string) (*running, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	url := "http://" + listener.Addr().String() + strings.TrimRight(basePath, "/")
	return &running{Server: server, url: url, stop: func() error {
		cancel()
		return <-served
	}}, nil
}
