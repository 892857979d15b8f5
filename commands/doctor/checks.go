package doctor

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"runtime"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

// Limits of what is still in order.
const (
	// clockTolerance is two minutes: above it, the dates of records that two
	// machines make are in the wrong order.
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
func (e examination) run(feed string) []check {
	s := e.server
	base, err := url.Parse(s.BaseURL())
	if err != nil {
		return []check{fault("address", err)}
	}
	checks := []check{checkAddress(s), checkProxy(s)}
	if checks[1].Status == checkFailure {
		return append(checks, notAsked("for the proxy cannot be used", "tls", "connection", "health", "version", "clock", "key", "feed", "records")...)
	}
	before := e.now()
	health, err := s.Health(e.ctx)
	middle := before.Add(e.now().Sub(before) / 2)
	checks = append(checks, e.checkTLS(base, health, err), checkConnection(s.WithCredentialHint(err)))
	if err != nil {
		return append(checks, notAsked("for the server gives no usable answer", "health", "version", "clock", "key", "feed", "records")...)
	}
	checks = append(checks, checkHealth(health), checkVersion(health), checkClock(health, middle), e.checkKey())
	return append(checks, e.checkFeed(feed)...)
}

// notAsked are the checks that something else stands in the way of.
func notAsked(why string, names ...string) []check {
	var checks []check
	for _, name := range names {
		checks = append(checks, doubt(name, "not asked, "+why, ""))
	}
	return checks
}

func checkAddress(s *cli.Server) check {
	message := fmt.Sprintf("%s, from %s", s.BaseURL(), s.AddressFrom)
	source := s.Source
	if source != nil && !source.Pgutil && runtime.GOOS != "windows" {
		if info, err := os.Stat(source.File); err == nil && info.Mode().Perm()&0o077 != 0 {
			return doubt("address", message+", which others on this machine can read", "chmod 600 "+cli.ShellQuote(source.File))
		}
	}
	return fine("address", message)
}

func checkProxy(s *cli.Server) check {
	const name = "proxy"
	proxy, err := s.Proxy()
	switch {
	case err != nil:
		k := fault(name, err)
		k.kind, k.Remedy = client.KindUsage, "correct or unset it, or name the server in NO_PROXY"
		return k
	case proxy != nil:
		return fine(name, "through "+proxy.Scheme+"://"+proxy.Host)
	}
	return fine(name, "none is used for this address")
}

// checkTLS looks at the certificate, or at why there is none to look at.
func (e examination) checkTLS(base *url.URL, h client.Health, err error) check {
	const name = "tls"
	switch failed := cli.ClientError(err); {
	case failed != nil && failed.Certificate:
		return fault(name, err)
	case base.Scheme != "https" && e.server.KeyFrom != "" && !isLoopback(base.Hostname()):
		return doubt(name, "none: credentials and packages travel readably", "use https:// if the server can")
	case base.Scheme != "https":
		return fine(name, "none, for the address is http://")
	case err != nil:
		return doubt(name, "not known, for the server gives no usable answer", "")
	case e.server.Insecure:
		return doubt(name, "the certificate is not verified", "name its authority with --ca-cert instead of --insecure")
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

func checkConnection(err error) check {
	if e := cli.ClientError(err); e != nil && e.Certificate {
		return doubt("connection", "none, for the certificate was not accepted", "")
	}
	if err == nil {
		return fine("connection", "the server answers")
	}
	k := fault("connection", err)
	if k.kind == client.KindNotFound {
		k.Remedy = "is this the address of a ProGet server? a base path, as in https://host/proget, is part of it"
	}
	return k
}

func checkHealth(h client.Health) check {
	if h.Healthy {
		return fine("health", "the server says that it is well")
	}
	message := h.Problems[0]
	for _, more := range h.Problems[1:] {
		message += "; " + more
	}
	return check{
		Check: "health", Status: checkFailure, Message: message, kind: client.KindUnavailable,
		Remedy: "see the administration pages of the server",
	}
}

func checkVersion(h client.Health) check {
	if h.Version == "" {
		return doubt("version", "the server does not tell its version", "is this the address of a ProGet server?")
	}
	return fine("version", "ProGet "+h.Version)
}

// checkClock compares the clocks; the server's is told in whole seconds.
func checkClock(h client.Health, here time.Time) check {
	if h.Date.IsZero() {
		return doubt("clock", "the server does not tell its time", "look whether a proxy in between takes the Date header away")
	}
	skew := here.Sub(h.Date).Round(time.Second)
	if skew.Abs() <= clockTolerance {
		return fine("clock", "agrees with the server's within "+clockTolerance.String())
	}
	word := "ahead of"
	if skew < 0 {
		word = "behind"
	}
	return doubt("clock", fmt.Sprintf("this machine is %s %s the server", skew.Abs(), word), "let both machines set their clocks by NTP")
}
