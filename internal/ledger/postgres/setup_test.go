package postgres_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/lib/pq" // the driver

	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/ledger/pgtest"
	"github.com/progetctl/progetctl/internal/records"
)

const host = "https://proget.corp.local"

// server is one for all tests of the package, which use schemas of their own.
var server = struct {
	sync.Mutex
	*pgtest.Server
	keep *keeper
}{}

// keeper is a testing.TB whose cleanups run at the end of the package's tests.
type keeper struct {
	testing.TB
	cleanups []func()
}

func (k *keeper) Cleanup(f func()) { k.cleanups = append(k.cleanups, f) }

func TestMain(m *testing.M) {
	code := m.Run()
	if server.keep != nil {
		for _, f := range server.keep.cleanups {
			f()
		}
	}
	os.Exit(code)
}

// start is the server of the package's tests.
func start(t *testing.T) *pgtest.Server {
	t.Helper()
	server.Lock()
	defer server.Unlock()
	if server.Server == nil {
		server.keep = &keeper{TB: t}
		server.Server = pgtest.Start(server.keep)
	}
	return server.Server
}

// schema is a name that no other test has.
func schema() string { return strings.ToLower(new(ledger.IDs).New(time.Now())) }

// place is a ledger of its own, by way of an address if one is given.
func place(t *testing.T, address ...string) string {
	t.Helper()
	s := start(t)
	url := s.URL()
	if len(address) > 0 {
		url = s.URLFor(address[0])
	}
	return url + "&search_path=" + schema()
}

func open(t *testing.T, place string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), ledger.Options{Path: place, Busy: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func session(t *testing.T, l *ledger.Ledger, o ledger.SessionOptions) *ledger.Session {
	t.Helper()
	o.Server = host
	if o.Parallel == 0 {
		o.Parallel = 8
	}
	s, err := l.Session(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func drafts(n int) (made []records.Item) {
	for i := range n {
		made = append(made, records.Item{Record: records.Record{
			Application: "App", Description: "d", Target: fmt.Sprintf("t%d", i), FeedName: "F", PackageName: "P", Version: "1.0",
		}})
	}
	return made
}

// add writes drafts down and returns their ids.
func add(t *testing.T, s *ledger.Session, n, begin int) (ids []string) {
	t.Helper()
	added, err := s.Add(t.Context(), drafts(n), begin)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range added {
		ids = append(ids, one.Entry.ID)
	}
	return ids
}

func recorded(ids ...string) (all []ledger.Outcome) {
	for _, id := range ids {
		all = append(all, ledger.Outcome{ID: id, Status: ledger.Recorded, Attempts: 1})
	}
	return all
}

// statuses counts the records by their status.
func statuses(t *testing.T, l *ledger.Ledger) map[ledger.Status]int {
	t.Helper()
	counts := map[ledger.Status]int{}
	for e, err := range l.History(t.Context(), ledger.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Attempts > 1 {
			t.Errorf("%s has %d attempts", e.Record.Target, e.Attempts)
		}
		counts[e.Status]++
	}
	return counts
}

// admin runs statements as the superuser.
func admin(t *testing.T, statement string, args ...any) {
	t.Helper()
	run(t, start(t).URL(), statement, args...)
}

// run runs statements in the database of a URL.
func run(t *testing.T, url, statement string, args ...any) {
	t.Helper()
	if err := execute(t, url, statement, args...); err != nil {
		t.Fatal(err)
	}
}

func execute(t *testing.T, url, statement string, args ...any) error {
	t.Helper()
	db, err := sql.Open("postgres", url)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	_, err = db.ExecContext(context.WithoutCancel(t.Context()), statement, args...) // also while the test cleans up
	return err
}

// proxy passes connections on, counts the messages that carry statements, and can cut what comes
// back.
type proxy struct {
	t        *testing.T
	to       string
	listener net.Listener

	mu       sync.Mutex
	messages int
	// cut is called for each message of a client; true cuts the connection: before the server has
	// it, or as its answer comes.
	cut        func(message string) bool
	cutAnswers bool
	cutAll     bool // not the first alone
	delay      time.Duration
}

func newProxy(t *testing.T) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, to: fmt.Sprintf("127.0.0.1:%d", start(t).Port), listener: listener}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go p.pass(c)
		}
	}()
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

func (p *proxy) pass(client net.Conn) {
	defer client.Close()
	upstream, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", p.to)
	if err != nil {
		return
	}
	defer upstream.Close()
	var silent sync.Mutex // held while answers are not passed on
	silenced := false
	go func() {
		defer client.Close()
		buf := make([]byte, 64<<10)
		for {
			n, err := upstream.Read(buf)
			if n > 0 {
				silent.Lock()
				dead := silenced
				silent.Unlock()
				if dead {
					return // the server has answered, and nobody hears it
				}
				if _, err := client.Write(buf[:n]); err != nil {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}()
	buf := make([]byte, 1<<20)
	for {
		n, err := client.Read(buf)
		if n > 0 {
			cut, delay := p.note(string(buf[:n]))
			if delay > 0 {
				time.Sleep(delay)
			}
			if cut && !p.cutAnswers {
				return
			}
			if cut {
				silent.Lock()
				silenced = true
				silent.Unlock()
			}
			if _, err := upstream.Write(buf[:n]); err != nil {
				return
			}
			if cut {
				_, _ = io.Copy(io.Discard, client) // until the other goroutine closes it
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// note counts a message that is a query ('Q', PostgreSQL's protocol, section 55.7).
func (p *proxy) note(message string) (cut bool, delay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if strings.HasPrefix(message, "Q") {
		p.messages++
		delay = p.delay
	}
	if p.cut != nil && p.cut(message) {
		if !p.cutAll {
			p.cut = nil
		}
		return true, delay
	}
	return false, delay
}

// count is how many queries a function sends.
func (p *proxy) count(f func()) int {
	p.mu.Lock()
	before := p.messages
	p.mu.Unlock()
	f()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.messages - before
}
