// Package pgtest runs a private PostgreSQL server for tests. Only tests import it.
package pgtest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// Required is the variable that makes a missing PostgreSQL a failure, not a reason to skip: CI sets
// it.
const Required = "PROGETCTL_TEST_POSTGRES"

// Password is that of the superuser. It is what no output may show.
const Password = "canary-p%40ss'w"

// Server is a running server, on a port of 127.0.0.1, with TLS and scram-sha-256.
type Server struct {
	Port int
	Dir  string // has root.crt, the certificate to trust

	bin string
	t   testing.TB
}

// Start makes a cluster in a temporary folder and starts it; the end of the test stops it. Without
// PostgreSQL the test is skipped, unless it is required.
func Start(t testing.TB) *Server {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		if os.Getenv(Required) != "" {
			t.Fatal("PostgreSQL is not installed")
		}
		t.Skip("PostgreSQL is not installed: apt-get install postgresql")
	}
	dir, err := os.MkdirTemp("", "pgtest-*")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Port: FreePort(t), Dir: dir, bin: filepath.Dir(slices.Max(found)), t: t}
	t.Cleanup(func() {
		_ = s.pgctl("stop", "-m", "immediate")
		_ = os.RemoveAll(dir)
	})
	s.writeCertificate()
	s.must(os.WriteFile(filepath.Join(dir, "password"), []byte(Password+"\n"), 0o600))
	if os.Getuid() == 0 {
		s.must(exec.Command("chown", "-R", "nobody", dir).Run())
	}
	s.must(s.run("initdb", "-D", s.data(), "-U", "postgres", "--pwfile", filepath.Join(dir, "password"), "-A", "scram-sha-256", "-E", "UTF8", "--locale", "C.UTF-8"))
	s.Start()
	return s
}

// Start starts the server again after [Server.Kill].
func (s *Server) Start() { s.must(s.pgctl("start", "-w", "-o", s.options())) }

// Kill stops the server as a power cut does.
func (s *Server) Kill() { s.must(s.pgctl("stop", "-m", "immediate")) }

// URL is the address of the database postgres for its superuser; a parameter may follow with "&".
func (s *Server) URL() string { return s.URLFor("127.0.0.1:" + strconv.Itoa(s.Port)) }

// URLFor is the same address by way of another host and port, as of a proxy.
func (s *Server) URLFor(address string) string {
	return "postgres://postgres:" + escapedPassword + "@" + address + "/postgres?sslmode=disable"
}

// escapedPassword is Password as a URL has it.
const escapedPassword = "canary-p%2540ss%27w"

func (s *Server) data() string { return filepath.Join(s.Dir, "data") }

func (s *Server) options() string {
	return fmt.Sprintf("-p %d -k %s -c listen_addresses=127.0.0.1 -c ssl=on -c ssl_cert_file=%s -c ssl_key_file=%s -c max_connections=200 -c fsync=off",
		s.Port, s.Dir, filepath.Join(s.Dir, "root.crt"), filepath.Join(s.Dir, "server.key"))
}

func (s *Server) pgctl(args ...string) error {
	return s.run("pg_ctl", append([]string{"-D", s.data(), "-l", filepath.Join(s.Dir, "log")}, args...)...)
}

// run runs a program of PostgreSQL, which refuses to run as root.
func (s *Server) run(program string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	args = append([]string{filepath.Join(s.bin, program)}, args...)
	if os.Getuid() == 0 {
		args = append([]string{"setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"}, args...)
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir = s.Dir
	log, err := os.CreateTemp("", "pgtest-*.log") // a pipe would stay open as long as the server runs
	if err != nil {
		return err
	}
	defer os.Remove(log.Name())
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		said, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%s: %w\n%s", program, err, said)
	}
	return nil
}

func (s *Server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// writeCertificate makes a certificate for 127.0.0.1 and localhost, which is its own authority.
func (s *Server) writeCertificate() {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	s.must(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	s.must(err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	s.must(err)
	for name, block := range map[string]*pem.Block{
		"root.crt": {Type: "CERTIFICATE", Bytes: certificate}, "server.key": {Type: "PRIVATE KEY", Bytes: secret},
	} {
		s.must(os.WriteFile(filepath.Join(s.Dir, name), pem.EncodeToMemory(block), 0o600))
	}
}

// FreePort is a port of 127.0.0.1 at which nobody listens. It is below the ports that a system
// gives to whoever connects or asks for any port: hundreds of tests do before a server has started.
func FreePort(t testing.TB) int {
	t.Helper()
	for range 100 {
		port := 20_000 + mathrand.IntN(10_000)
		if l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port)); err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("no port is free")
	return 0
}
