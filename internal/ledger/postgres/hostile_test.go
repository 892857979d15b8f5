package postgres_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/ledger"
)

// message is one of PostgreSQL's protocol ("Message Formats", PostgreSQL documentation, section
// 54.7).
func message(kind byte, body string) string {
	return string(binary.BigEndian.AppendUint32([]byte{kind}, uint32(len(body)+4))) + body
}

// welcome lets a client in after it has sent its password in clear text.
func welcome() string { return message('R', "\x00\x00\x00\x00") + message('Z', "I") }

// answers is a server that writes the first text after the password, and the second after each
// statement, over and over if endless is true. It hands each password to passwords.
type answers struct {
	start, query string
	endless      bool
	passwords    chan string
}

func (a answers) listen(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go a.serve(c)
		}
	}()
	return l.Addr().String()
}

func (a answers) serve(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	next := func() string { // the body of a message
		var size [4]byte
		if _, err := io.ReadFull(r, size[:]); err != nil {
			return ""
		}
		body := make([]byte, binary.BigEndian.Uint32(size[:])-4)
		_, _ = io.ReadFull(r, body)
		return string(body)
	}
	say := func(text string) {
		for {
			if _, err := io.WriteString(c, text); err != nil || !a.endless || text == welcome() {
				return
			}
		}
	}
	next()
	_, _ = io.WriteString(c, message('R', "\x00\x00\x00\x03"))
	_, _ = r.ReadByte()
	password := next()
	if a.passwords != nil {
		select {
		case a.passwords <- password:
		default:
		}
	}
	for text := a.start; ; text = a.query {
		say(text)
		if _, err := r.ReadByte(); err != nil {
			return
		}
		next()
	}
}

// What no PostgreSQL says is an error of the ledger, never a crash.
func TestServerThatSpeaksNonsense(t *testing.T) {
	t.Parallel()
	five := message('T', "\x00\x05"+strings.Repeat("a\x00"+strings.Repeat("\x00", 18), 5))
	for name, a := range map[string]answers{
		"a length of 2":               {start: welcome(), query: "D\x00\x00\x00\x02"},
		"a length below 4":            {start: welcome(), query: "T\x00\x00\x00\x00"},
		"half a description":          {start: welcome(), query: message('T', "\x00")},
		"more columns than announced": {start: welcome(), query: message('T', "\x7f\xff")},
		"a column beyond its row":     {start: welcome(), query: five + message('D', "\x00\x05\x00\x00\x01\x00")},
		"columns below 0":             {start: welcome(), query: five + message('D', "\xff\xff")},
		"an error without an end":     {start: welcome(), query: message('E', "Mabc")},
		"an empty sign-in":            {start: message('R', "")},
		"a short key":                 {start: message('K', "")},
		"a parameter half":            {start: message('S', "abc")},
		"zeros":                       {start: strings.Repeat("\x00", 100)},
		"panic while rows are cut":    {start: welcome(), query: five + message('D', "\x00\x01") + "D\x00\x00\x00\x00D\x00\x00\x00\x00"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ledger.Open(t.Context(), ledger.Options{Path: "postgres://u:pw@" + a.listen(t) + "/db?sslmode=disable"})
			if want := "does not speak PostgreSQL's protocol"; !errors.Is(err, ledger.ErrUnusable) || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

// The end of the context ends every wait for the server, also for one that never stops talking.
func TestServerWithoutEnd(t *testing.T) {
	t.Parallel()
	notice := message('N', "SNOTICE\x00C00000\x00Mhello\x00\x00")
	for name, a := range map[string]answers{
		"silence at the start":     {},
		"notices at the start":     {start: notice, endless: true},
		"parameters at the start":  {start: message('S', "a\x00b\x00"), endless: true},
		"sign-ins":                 {start: message('R', "\x00\x00\x00\x03"), endless: true},
		"silence after the start":  {start: welcome()},
		"notices":                  {start: welcome(), query: notice, endless: true},
		"a message of 2 gigabytes": {start: welcome(), query: "D\x7f\xff\xff\xff"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a.passwords = make(chan string, 1)
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				<-a.passwords
				cancel()
			}()
			_, err := ledger.Open(ctx, ledger.Options{Path: "postgres://u:pw@" + a.listen(t) + "/db?sslmode=disable"})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// The password is made known to what shows the server's words first, wherever it comes from.
func TestSecretIsMadeKnown(t *testing.T) {
	const secret = "canary-p%ss"
	t.Setenv("PGPASSWORD", secret)
	for _, user := range []string{"u", "u:canary-p%25ss"} {
		a := answers{passwords: make(chan string, 1), start: message('E', "SFATAL\x00C28P01\x00M"+strings.ToUpper(secret)+"\x00\x00")}
		var known []string
		_, err := ledger.Open(t.Context(), ledger.Options{
			Path: "postgres://" + user + "@" + a.listen(t) + "/db?sslmode=disable", Secret: func(s string) { known = append(known, s) },
		})
		if err == nil || !slices.Contains(known, secret) {
			t.Errorf("%s: %v, known: %q", user, err, known)
		}
		if got := <-a.passwords; got != secret+"\x00" {
			t.Errorf("%s: signed in with %q", user, got)
		}
	}
}

// A place that may have been meant as an address is never taken for a file, whose name would be
// shown and made; and no part of a password in it is shown.
func TestPlacesWithPasswords(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, place := range []string{
		"postgress://u:canary@h/db", "postgre://u:canary@h/db", "pg://u:canary@h/db", "mysql://u:canary@h/db",
		" postgres://u:canary@h:x/db", "\npostgres://u:canary@h:x/db", "'postgres://u:canary@h/db'", `"postgres://u:canary@h/db"`, "LEDGER=postgres://u:canary@h/db",
		"postgres:/u:canary@h/db", "postgres:u:canary@h/db", "Postgresql:u:canary@h/db", "jdbc:postgresql://h/db?user=u&password=canary",
		"host=h user=u password=canary", "host=h user=u PASSWORD = canary password=x",
		"postgres://u:12/canary@127.0.0.1/db", "postgres://127.0.0.1:12/canary@127.0.0.1/db", "postgres://127.0.0.1:12#canary@127.0.0.1/db",
		"postgres://127.0.0.1:12?canary@127.0.0.1/db", "postgres://127.0.0.1:12?/canary@127.0.0.1/db", "postgres://127.0.0.1:1/a:canary@127.0.0.1/db",
		"u:canary@h", "u:canary@h/db", "//u:canary@h/db", "postgres//u:canary@h/db", "/u:canary@h/db", "postgres://u%3Acanary@h/db", "postgres://u%3acanary@h",
		"postgres://u:a b/canary@h/db", "postgres://u:%zzcanary@h/db", "postgres://u:canary@h:99999/db", "postgres://u:canary@[::1/db",
	} {
		_, err := ledger.Open(t.Context(), ledger.Options{Path: place})
		if !errors.Is(err, ledger.ErrUnusable) || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, errors.Unwrap(err)), "canary") {
			t.Errorf("%q: got %v", place, err)
		}
	}
	if made, _ := filepath.Glob("*"); len(made) > 0 {
		t.Errorf("files were made: %q", made)
	}
	for _, place := range []string{"ledger.db", "a@b/ledger.db", "postgres/ledger.db", "a:b.db", "a@b:c.db", `C:\a@b\ledger.db`, "c:/a@b.db"} {
		if ledger.IsURL(place) {
			t.Errorf("%q is not a file", place)
		}
	}
}
