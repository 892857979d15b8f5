package cli

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/unicode"
)

// pemBlock is a PEM block.
func pemBlock(kind string, raw []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw}))
}

// madeFile writes a file for one test.
func madeFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// pair is a certificate and its key, each in DER.
func pair(t *testing.T) (cert, key []byte) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	defer server.Close()
	key, err := x509.MarshalPKCS8PrivateKey(server.TLS.Certificates[0].PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return server.Certificate().Raw, key
}

// TestCertificatePool reads what editors, shells and Windows make of a file of authorities: all of
// it, and never a part in silence.
func TestCertificatePool(t *testing.T) {
	t.Parallel()
	raw, key := pair(t)
	cert := pemBlock("CERTIFICATE", raw)
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(cert)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"as it is": cert, "a mark": "\ufeff" + cert, "UTF-16": utf16, "zero width": "\u200b" + cert, "no-break spaces": "\u00a0" + cert,
		"CRLF": strings.ReplaceAll(cert, "\n", "\r\n"), "CR": strings.ReplaceAll(cert, "\n", "\r"), "DER": string(raw),
		"indented": strings.ReplaceAll("\n"+cert, "\n", "\n    "), "spaces behind": strings.ReplaceAll(cert, "\n", " \n"),
		"a mark behind a key": pemBlock("PRIVATE KEY", key) + "\ufeff" + cert, "joined": strings.TrimSpace(pemBlock("PRIVATE KEY", key)) + cert,
		"text before": "subject=CN = x\n" + cert, "empty lines": strings.ReplaceAll(cert, "\n", "\n\n"),
	} {
		pool, err := certificatePool(t.Context(), madeFile(t, text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		known, err := x509.ParseCertificate(raw)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := known.Verify(x509.VerifyOptions{Roots: pool, DNSName: "example.com"}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for text, want := range map[string]string{
		"":                                   "contains no PEM certificate",
		"hello":                              "contains no PEM certificate",
		pemBlock("PRIVATE KEY", key):         `a PEM block of type "PRIVATE KEY" but no certificate`,
		pemBlock("TRUSTED CERTIFICATE", raw): `"TRUSTED CERTIFICATE" but no certificate`,
		pemBlock("CERTIFICATE", raw[:99]):    "is damaged",
		cert[:len(cert)/2]:                   "is damaged",
		cert + cert[:len(cert)/2]:            "is damaged",
		cert[:len(cert)/2] + "\n" + cert:     "is damaged",
		string(raw[:99]):                     "is not PEM but binary",
	} {
		if _, err := certificatePool(t.Context(), madeFile(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}

func TestClientCertificate(t *testing.T) {
	t.Parallel()
	raw, der := pair(t)
	cert, key := pemBlock("CERTIFICATE", raw), pemBlock("PRIVATE KEY", der)
	legacy := string(pem.EncodeToMemory(&pem.Block{
		Type: "RSA PRIVATE KEY", Bytes: der, Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,00"},
	}))
	for _, x := range []struct{ name, cert, key, want string }{
		{"two files", cert, key, ""},
		{"one file", cert + key, "", ""},
		{"marks", "\ufeff" + cert, "\ufeff" + key, ""},
		{"one file, joined", strings.TrimSpace(key) + "\ufeff" + cert, "", ""},
		{"no key", cert, "", `a PEM block of type "CERTIFICATE" but no private key`},
		{"no certificate", key, key, "but no certificate"},
		{"encrypted", cert, pemBlock("ENCRYPTED PRIVATE KEY", der), "is encrypted"},
		{"encrypted as in old times", cert, legacy, "is encrypted"},
		{"damaged", cert, pemBlock("PRIVATE KEY", bytes.Repeat([]byte{1}, 40)), "are damaged or don't belong together"},
		{"not PEM", string(raw), string(der), "is not PEM but binary"},
	} {
		path := ""
		if x.key != "" {
			path = madeFile(t, x.key)
		}
		_, err := loadCertificate(t.Context(), madeFile(t, x.cert), path)
		if (err == nil) != (x.want == "") || err != nil && !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %q", x.name, err, x.want)
		}
	}
}
