package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"runtime"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/shell"
	"github.com/progetctl/progetctl/output"
)

// Limits of what is still in order.
const (
	// clockTolerance is two minutes: above it, the dates of records that two machines make are in
	// the wrong order.
	clockTolerance = 2 * time.Minute
	// certificateNotice is three weeks, time enough to get a new certificate.
	certificateNotice = 21 * 24 * time.Hour
)

// examination is one look at a server.
type examination struct {
	ctx    context.Context
	server *cli.Server
	now    func() time.Time
}

// run makes all checks.
func (e examination) run(feed string) []*check {
	s := e.server
	base, err := url.Parse(s.BaseURL())
	if err != nil {
		return []*check{fault("address", err)}
	}
	checks := []*check{checkAddress(s), checkProxy(s)}
	if checks[1].Status == checkFailure {
		return append(checks, skipped("the proxy can't be used", "tls", "connection", "health", "version", "clock", "key", "feed", "records")...)
	}
	before := e.now()
	health, err := s.Health(e.ctx)
	middle := before.Add(e.now().Sub(before) / 2)
	checks = append(checks, e.checkTLS(base, health, err), checkConnection(s.WithCredentialHint(err)))
	if err != nil {
		return append(checks, skipped("no connection", "health", "version", "clock", "key", "feed", "records")...)
	}
	checks = append(checks, checkHealth(health), checkVersion(health), checkClock(health, middle), e.checkKey())
	return append(checks, e.checkFeed(feed)...)
}

// skipped are the checks that an earlier failure makes impossible.
func skipped(why string, names ...string) []*check {
	var checks []*check
	for _, name := range names {
		checks = append(checks, skip(name, why, ""))
	}
	return checks
}

func checkAddress(s *cli.Server) *check {
	message := fmt.Sprintf("%s, from %s", s.BaseURL(), s.AddressFrom)
	source := s.Source
	if source != nil && !source.Pgutil && runtime.GOOS != "windows" {
		if info, err := os.Stat(source.File); err == nil && info.Mode().Perm()&0o077 != 0 {
			return doubt("address", message+", which other users of this machine can read", "run `chmod 600 "+shell.Hint(source.File)+"`")
		}
	}
	return fine("address", message)
}

func checkProxy(s *cli.Server) *check {
	const name = "proxy"
	proxy, err := s.Proxy()
	switch {
	case err != nil:
		k := fault(name, err)
		k.kind, k.Remedy = client.KindUsage, "correct or unset it, or add the server to NO_PROXY"
		return k
	case proxy != nil:
		return fine(name, "through "+proxy.Scheme+"://"+proxy.Host)
	}
	return fine(name, "not used")
}

// checkTLS looks at the certificate, or at why there is none to look at.
func (e examination) checkTLS(base *url.URL, h client.Health, err error) *check {
	const name = "tls"
	switch {
	case errors.Is(err, client.ReasonCertificate):
		return fault(name, err)
	case base.Scheme != "https" && e.server.KeyFrom != "" && !isLoopback(base.Hostname()):
		return doubt(name, "no TLS: credentials and packages are sent unencrypted", "use an https:// address if the server supports it")
	case base.Scheme != "https":
		return fine(name, "not used (http)")
	case err != nil:
		return skip(name, "no connection", "")
	case e.server.Insecure:
		return doubt(name, "certificate verification is off", "trust its certificate authority with --ca-cert instead of using --insecure")
	}
	until := "certificate valid until " + h.Certificate.UTC().Format(time.DateOnly)
	if h.Certificate.Sub(e.now()) < certificateNotice {
		return doubt(name, until, "renew the server's certificate")
	}
	return fine(name, until)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

func checkConnection(err error) *check {
	if errors.Is(err, client.ReasonCertificate) {
		return skip("connection", "the certificate was not accepted", "")
	}
	if err == nil {
		return fine("connection", "the server responds")
	}
	k := fault("connection", err)
	if k.kind == client.KindNotFound {
		k.Remedy = "check that this is a ProGet server; if it has a base path, include it (https://host/proget)"
	}
	return k
}

func checkHealth(h client.Health) *check {
	if h.Healthy {
		return fine("health", "reports healthy")
	}
	message := h.Problems[0]
	for _, more := range h.Problems[1:] {
		message += "; " + more
	}
	return &check{
		Check: "health", Status: checkFailure, Message: message, kind: client.KindUnavailable,
		Remedy: "check ProGet's administration pages",
	}
}

func checkVersion(h client.Health) *check {
	if h.Version == "" {
		return doubt("version", "the server doesn't report its version", "check that this is a ProGet server")
	}
	return fine("version", "ProGet "+h.Version)
}

// checkClock compares the clocks; the server sends its own in whole seconds.
func checkClock(h client.Health, here time.Time) *check {
	if h.Date.IsZero() {
		return doubt("clock", "the server doesn't send its time", "check whether a proxy strips the Date header")
	}
	skew := here.Sub(h.Date).Round(time.Second)
	if skew.Abs() <= clockTolerance {
		return fine("clock", fmt.Sprintf("in sync with the server (difference %s)", output.FormatDuration(skew.Abs())))
	}
	word := "ahead of"
	if skew < 0 {
		word = "behind"
	}
	return doubt("clock", fmt.Sprintf("this machine is %s %s the server", output.FormatDuration(skew.Abs()), word), "synchronise both clocks with NTP")
}
