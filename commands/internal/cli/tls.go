package cli

import (
	"crypto/tls"

	"github.com/progetctl/progetctl/commands/internal/shell"
	"github.com/progetctl/progetctl/internal/config"
)

// tlsConfig reads the TLS flags and variables, then what the source says.
func (c *connection) tlsConfig(s *Server) *tls.Config {
	var said config.Source
	if c.source != nil {
		said = *c.source
	}
	from := sourceOrigin(said)
	tlsConfig := &tls.Config{MinVersion: tls.VersionTLS12}
	if s.Insecure = c.insecure(said); s.Insecure {
		tlsConfig.InsecureSkipVerify = true
		s.curlTLS = append(s.curlTLS, shell.Text("--insecure"))
	}
	if ca := c.globals.caCert.read(c.io.Env, c.problems).Or(said.CACert, from); ca.Value != "" {
		pool, err := CertificatePool(ca.Value)
		if err != nil {
			c.problems.Addf("%s: %s", ca.From, err)
		}
		tlsConfig.RootCAs = pool
		s.curlTLS = append(s.curlTLS, shell.Text("--cacert"), shell.Text(ca.Value))
	}
	cert, key := c.globals.clientCert.read(c.io.Env, c.problems), c.globals.clientKey.read(c.io.Env, c.problems)
	// A certificate and its key go together: half a pair would not fit.
	if !cert.Given() && !key.Given() {
		cert, key = cert.Or(said.ClientCert, from), key.Or(said.ClientKey, from)
	}
	if pair, ok := ClientCertificate(cert, key, c.problems); ok {
		tlsConfig.Certificates = []tls.Certificate{pair}
		s.curlTLS = append(s.curlTLS, shell.Text("--cert"), shell.Text(cert.Value))
		if key.Value != "" {
			s.curlTLS = append(s.curlTLS, shell.Text("--key"), shell.Text(key.Value))
		}
	}
	return tlsConfig
}

// insecure tells whether the server's certificate is not to be verified, and
// warns; --insecure=false overrules the source.
func (c *connection) insecure(source config.Source) bool {
	flag := c.globals.insecure
	on, from := source.Insecure, sourceOrigin(source)
	if flag.OnLine() {
		on, from = c.globals.switched(flag, c.io, c.problems), "--insecure"
	}
	if on {
		c.problems.Warnf("%s: TLS certificate verification is off, so anyone on the network path can read the credentials", from)
	}
	return on
}

// ClientCertificate reads a certificate and its key, which may share a file. What
// is wrong is added to the problems.
func ClientCertificate(cert, key Text, p *Problems) (pair tls.Certificate, ok bool) {
	if key.Value != "" && cert.Value == "" {
		p.Addf("%s is given without a client certificate (--client-cert)", key.From)
	}
	if cert.Value == "" {
		return pair, false
	}
	pair, err := loadCertificate(cert.Value, key.Value)
	if err != nil {
		p.Addf("%s: %s", cert.From, err)
	}
	return pair, true
}
