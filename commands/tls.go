package commands

import (
	"crypto/tls"

	"github.com/progetctl/progetctl/internal/config"
)

// tlsConfig reads the TLS flags and variables, then what the source says;
// source may be nil.
func (c *call) tlsConfig(source *config.Source) *tls.Config {
	var said config.Source
	if source != nil {
		said = *source
	}
	from := sourceOrigin(said)
	tlsConfig := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.insecure(said) {
		tlsConfig.InsecureSkipVerify = true
		c.curlTLS = append(c.curlTLS, "--insecure")
	}
	if ca := c.setting("ca-cert", "PROGETCTL_CA_CERT").or(said.CACert, from); ca.text != "" {
		pool, err := certificatePool(ca.text)
		if err != nil {
			c.problems.addf("%s: %s", ca.from, err)
		}
		tlsConfig.RootCAs = pool
		c.curlTLS = append(c.curlTLS, "--cacert "+shellQuote(ca.text))
	}
	cert, key := c.setting("client-cert", "PROGETCTL_CLIENT_CERT"), c.setting("client-key", "PROGETCTL_CLIENT_KEY")
	// A certificate and its key go together: half a pair would not fit.
	if !cert.given() && !key.given() {
		cert, key = cert.or(said.ClientCert, from), key.or(said.ClientKey, from)
	}
	if key.text != "" && cert.text == "" {
		c.problems.addf("%s is given without a client certificate (--client-cert)", key.from)
	}
	if cert.text != "" {
		pair, err := clientCertificate(cert.text, key.text)
		if err != nil {
			c.problems.addf("%s: %s", cert.from, err)
		}
		tlsConfig.Certificates = []tls.Certificate{pair}
		c.curlTLS = append(c.curlTLS, "--cert "+shellQuote(cert.text))
		if key.text != "" {
			c.curlTLS = append(c.curlTLS, "--key "+shellQuote(key.text))
		}
	}
	return tlsConfig
}

// insecure tells whether the server's certificate is not to be verified, and
// warns; --insecure=false overrules the source.
func (c *call) insecure(source config.Source) bool {
	from := "--insecure"
	if !c.cmd.Flags().Changed("insecure") {
		from = sourceOrigin(source)
	}
	if !c.global.insecure && (from == "--insecure" || !source.Insecure) {
		return false
	}
	c.warnings = append(c.warnings, from+": the server's certificate is not verified; anyone in between can read the credentials")
	return true
}
