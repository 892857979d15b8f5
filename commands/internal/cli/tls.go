package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/shell"
	"github.com/progetctl/progetctl/internal/config"
	"github.com/progetctl/progetctl/internal/safefile"
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
		tlsConfig.RootCAs = authorities(c.ctx, ca, c.problems)
		s.curlTLS = append(s.curlTLS, shell.Text("--cacert"), shell.Text(ca.Value))
	}
	cert, key := c.globals.clientCert.read(c.io.Env, c.problems), c.globals.clientKey.read(c.io.Env, c.problems)
	// A certificate and its key go together: half a pair would not fit.
	if !cert.Given() && !key.Given() {
		cert, key = cert.Or(said.ClientCert, from), key.Or(said.ClientKey, from)
	}
	if pair, ok := clientCertificate(c.ctx, cert, key, c.problems); ok {
		tlsConfig.Certificates = []tls.Certificate{pair}
		s.curlTLS = append(s.curlTLS, shell.Text("--cert"), shell.Text(cert.Value))
		if key.Value != "" {
			s.curlTLS = append(s.curlTLS, shell.Text("--key"), shell.Text(key.Value))
		}
	}
	return tlsConfig
}

// insecure reports whether the server's certificate is not to be verified, and warns;
// --insecure=false overrules the source.
func (c *connection) insecure(source config.Source) bool {
	flag := c.globals.insecure
	on, from := source.Insecure, sourceOrigin(source)
	if flag.OnLine() {
		on, from = c.globals.switched(flag, c.io, c.problems), "--insecure"
	}
	if on {
		c.problems.warnf("%s: TLS certificate verification is off, so anyone on the network path can read the credentials", from)
	}
	return on
}

// CheckFiles reads the files that are given for TLS. What is wrong with them is added to the
// problems.
func (g GivenFlags) CheckFiles(p *Problems) {
	if g.CACert.Value != "" {
		authorities(g.ctx, g.CACert, p)
	}
	clientCertificate(g.ctx, g.ClientCert, g.ClientKey, p)
}

// authorities reads the CA certificates to trust in addition to the system's. What is wrong is
// added to the problems.
func authorities(ctx context.Context, ca Text, p *Problems) *x509.CertPool {
	pool, err := certificatePool(ctx, ca.Value)
	if err != nil {
		p.Addf("%s: %s", ca.From, err)
	}
	return pool
}

// clientCertificate reads a certificate and its key, which may share a file. What is wrong is added
// to the problems.
func clientCertificate(ctx context.Context, cert, key Text, p *Problems) (pair tls.Certificate, ok bool) {
	if key.Value != "" && cert.Value == "" {
		p.Addf("%s is given without a client certificate (--client-cert)", key.From)
	}
	if cert.Value == "" {
		return pair, false
	}
	pair, err := loadCertificate(ctx, cert.Value, key.Value)
	if err != nil {
		p.Addf("%s: %s", cert.From, err)
	}
	return pair, true
}

// certificatePool reads the system's CA certificates and those in a file, in PEM or, as Windows
// exports them, in DER.
func certificatePool(ctx context.Context, path string) (*x509.CertPool, error) {
	raw, err := readCertificates(ctx, path)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if all, err := x509.ParseCertificates(raw); err == nil && len(all) > 0 {
		for _, certificate := range all {
			pool.AddCert(certificate)
		}
		return pool, nil
	}
	text := tidyPEM(raw)
	begun, whole := bytes.Count(text, []byte("-----BEGIN CERTIFICATE-----")), 0
	blockOf(text, func(kind string) bool {
		if isCertificate(kind) {
			whole++
		}
		return false
	})
	switch {
	case begun == 0:
		return nil, lacks(path, text, "certificate")
	case whole < begun, !pool.AppendCertsFromPEM(text):
		return nil, fmt.Errorf("a certificate in %s is damaged", safefile.Quote(path))
	}
	return pool, nil
}

// certificatesLimit is 16 MiB: all authorities that a system trusts take a few hundred KiB.
const certificatesLimit = 16 << 20

// readCertificates reads a file of certificates or keys.
func readCertificates(ctx context.Context, path string) ([]byte, error) {
	file, err := openFile(ctx, path)
	if err != nil {
		return nil, errors.New(safefile.Words(err))
	}
	defer func() { _ = file.Close() }()
	raw, err := io.ReadAll(io.LimitReader(Interruptible(ctx, file), certificatesLimit+1))
	switch {
	case err != nil:
		return nil, errors.New(safefile.Words(err))
	case len(raw) > certificatesLimit:
		return nil, fmt.Errorf("%s is too large for certificates", safefile.Quote(path))
	}
	return raw, nil
}

// loadCertificate reads a certificate and its key, which may share a file.
func loadCertificate(ctx context.Context, cert, key string) (tls.Certificate, error) {
	if key == "" {
		key = cert
	}
	var texts [2][]byte
	for i, path := range []string{cert, key} {
		raw, err := readCertificates(ctx, path)
		if err != nil {
			return tls.Certificate{}, err
		}
		texts[i] = tidyPEM(raw)
	}
	certText, keyText := texts[0], texts[1]
	private := blockOf(keyText, isPrivateKey)
	switch {
	case blockOf(certText, isCertificate) == nil:
		return tls.Certificate{}, lacks(cert, certText, "certificate")
	case private == nil:
		return tls.Certificate{}, lacks(key, keyText, "private key")
	case private.Type == "ENCRYPTED PRIVATE KEY", private.Headers["DEK-Info"] != "":
		return tls.Certificate{}, fmt.Errorf("the private key in %s is encrypted; decrypt it with `openssl pkey -in %s -out %s`", safefile.Quote(key), shell.Hint(key), shell.Hint(key+".decrypted"))
	}
	pair, err := tls.X509KeyPair(certText, keyText)
	if err != nil {
		return pair, fmt.Errorf("the certificate in %q and the private key in %q are damaged or don't belong together", cert, key)
	}
	return pair, nil
}

// tidyPEM is PEM text as encoding/pem reads it, which passes over a block in silence if anything
// comes before its first line: a byte order mark (also between files that were joined), spaces of a
// YAML document, the last line of a block before it. PowerShell writes UTF-16.
func tidyPEM(raw []byte) []byte {
	text, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), raw)
	if err != nil {
		text = raw
	}
	text = bytes.ReplaceAll(text, []byte("-----BEGIN "), []byte("\n-----BEGIN "))
	var tidy strings.Builder
	for line := range strings.FieldsFuncSeq(string(text), func(r rune) bool { return r == '\n' || r == '\r' }) {
		tidy.WriteString(client.TrimPasted(line) + "\n")
	}
	return []byte(tidy.String())
}

// blockOf is the first block of one of the types, nil if there is none.
func blockOf(text []byte, wanted func(kind string) bool) *pem.Block {
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil || wanted(block.Type) {
			return block
		}
	}
}

func isCertificate(kind string) bool { return kind == "CERTIFICATE" }

func isPrivateKey(kind string) bool { return strings.HasSuffix(kind, "PRIVATE KEY") }

func isAnything(string) bool { return true }

// lacks says what a file holds instead of what was looked for.
func lacks(path string, text []byte, wanted string) error {
	if other := blockOf(text, isAnything); other != nil {
		return fmt.Errorf("%s contains a PEM block of type %q but no %s", safefile.Quote(path), other.Type, wanted)
	}
	switch {
	case bytes.Contains(text, []byte("-----BEGIN ")):
		return fmt.Errorf("the PEM text in %s is damaged", safefile.Quote(path))
	case len(text) > 0 && text[0] == 0x30: // how DER and PKCS #12 begin
		return fmt.Errorf("%s is not PEM but binary, such as .pfx or .p12; convert it with `openssl pkcs12 -in %s -nodes -out %s`", safefile.Quote(path), shell.Hint(path), shell.Hint(path+".pem"))
	}
	return fmt.Errorf("%s contains no PEM %s", safefile.Quote(path), wanted)
}
