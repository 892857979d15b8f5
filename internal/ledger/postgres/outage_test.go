package postgres

import (
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/progetctl/progetctl/internal/ledger/engine"
)

// A batch whose database does not come back has more to write as it ends: the last outcomes, and
// that its session is over. None of that waits as long again.
func TestOutageIsWaitedForOnce(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	var attempts atomic.Int64
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			attempts.Add(1)
			_ = c.Close()
		}
	}()
	a, err := parseAddress("postgres://u:p@"+listener.Addr().String()+"/d?sslmode=disable", nil)
	if err != nil {
		t.Fatal(err)
	}
	d := newDB(a, engine.Options{Now: time.Now})
	d.outage = time.Now().Add(-maxOutage - time.Second) // another call has waited, and given up
	if err := d.ensure(t.Context()); err == nil {
		t.Fatal("connected to nothing")
	}
	const most = 3 // database/sql tries one connection that often
	if n := attempts.Load(); n == 0 || n > most {
		t.Errorf("%d attempts, want one", n)
	}
}
