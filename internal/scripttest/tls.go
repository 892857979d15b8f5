package scripttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// certifiedNames are the names in the certificates of scripts.
func certifiedNames() []string { return []string{"localhost", "proget.corp.local", "github.com"} }

// authority is a private certificate authority, as companies have one: only those who were given
// its certificate trust it.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(ts *testscript.TestScript) authority {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Corp Root"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	ts.Check(err)
	cert, err := x509.ParseCertificate(raw)
	ts.Check(err)
	return authority{cert, key}
}

// issue makes a certificate and its key, both PEM.
func (a authority) issue(ts *testscript.TestScript, usage x509.ExtKeyUsage) (cert, key []byte) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "script"}, DNSNames: certifiedNames(),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{usage},
		NotBefore: a.cert.NotBefore, NotAfter: a.cert.NotAfter,
	}
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	raw, err := x509.CreateCertificate(rand.Reader, template, a.cert, own.Public(), a.key)
	ts.Check(err)
	secret, err := x509.MarshalPKCS8PrivateKey(own)
	ts.Check(err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
}

// ServeTLS serves handler with a certificate of a private authority, which it writes to ca.pem.
// With clients it requires a certificate of that authority from clients, and writes one to
// client.pem and client.key.
func ServeTLS(ts *testscript.TestScript, handler http.Handler, listener net.Listener, clients bool) (url string, stop func()) {
	a := newAuthority(ts)
	save := func(name string, text []byte) { ts.Check(os.WriteFile(ts.MkAbs(name), text, 0o600)) }
	save("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}))
	pair, err := tls.X509KeyPair(a.issue(ts, x509.ExtKeyUsageServerAuth))
	ts.Check(err)
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	if clients {
		cert, key := a.issue(ts, x509.ExtKeyUsageClientAuth)
		save("client.pem", cert)
		save("client.key", key)
		server.TLS.ClientCAs = x509.NewCertPool()
		server.TLS.ClientCAs.AddCert(a.cert)
		server.TLS.ClientAuth = tls.RequireAndVerifyClientCert
	}
	// Clients that refuse the certificate are part of the scripts.
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	_ = server.Listener.Close()
	server.Listener = listener
	server.StartTLS()
	return server.URL, server.Close
}

// startProxy starts a proxy that connects every name to this server, and exports its address: a
// script can then use names that exist only in a company's network.
func startProxy(ts *testscript.TestScript, listener net.Listener) {
	proxy := NewProxy(listener.Addr().String())
	ts.Defer(proxy.Close)
	ts.Setenv("HTTPS_PROXY", proxy.Address(ProxyAccount))
}
