package commands

import (
	"encoding/pem"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/internal/sandbox"
	"github.com/progetctl/progetctl/internal/scripttest"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// proxied is a fake ProGet with the canary's key, plain or with TLS, behind a proxy.
func proxied(t *testing.T, secure bool) (*sandbox.Server, *scripttest.Proxy, []string) {
	t.Helper()
	server, err := sandbox.New(sandbox.Options{APIKey: canaryKey, KeepRequests: true})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewUnstartedServer(server)
	address := "PROGET_URL=http://proget.example.com"
	if secure {
		web.StartTLS()
		address = "PROGET_URL=https://example.com" // the name in the certificate
	} else {
		web.Start()
	}
	t.Cleanup(web.Close)
	env := []string{address, "PROGET_API_KEY=" + canaryKey}
	if secure {
		ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw})
		env = append(env, "PROGETCTL_CA_CERT="+(&bookkeeping{t: t, dir: t.TempDir()}).write("ca.pem", string(ca)))
	}
	proxy := scripttest.NewProxy(web.Listener.Addr().String())
	t.Cleanup(proxy.Close)
	return server, proxy, env
}

// seenBy is what a proxy received: a line for each request, with its method, its target and its
// headers.
func seenBy(p *scripttest.Proxy) string {
	var lines []string
	for _, r := range p.Requests() {
		lines = append(lines, r.Method+" "+r.RequestURI+" "+everything(r))
	}
	return strings.Join(lines, "\n")
}

// A proxy with user and password: plain http goes through it as it is, https through a tunnel, in
// which it sees no key. The server sees nothing of the proxy's account, and no trace shows it.
func TestProxyWithAccount(t *testing.T) {
	t.Parallel()
	for name, secure := range map[string]bool{"HTTP_PROXY": false, "HTTPS_PROXY": true, "https_proxy": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, p, env := proxied(t, secure)
			r := here(t, append(env, name+"="+p.Address(scripttest.ProxyAccount)), one("t0", "--debug")...)
			if r.code != cli.CodeDone || len(server.Deployments()) != 1 {
				t.Fatalf("exit code %d, %d deployments: %s", r.code, len(server.Deployments()), r.stderr)
			}
			if secure && (!strings.HasPrefix(seenBy(p), "CONNECT example.com:443 ") || leak(seenBy(p)) != "") {
				t.Errorf("the proxy saw more than the tunnel: %s", seenBy(p))
			}
			for _, q := range server.Requests() {
				if q.Header.Get("Proxy-Authorization") != "" {
					t.Error("the server saw the proxy's account")
				}
			}
			wantNoAccount(t, r)
		})
	}
}

// wantNoAccount looks for the proxy's password, as it was given, as it is, and as it is sent.
func wantNoAccount(t *testing.T, r ran) {
	t.Helper()
	for _, form := range append(forms(scripttest.ProxyPassword), "p%40ss%2Fw%3Ard", "cHJveHkgdXNlcjpwQHNzL3c6cmQ") {
		if strings.Contains(r.stdout+r.stderr, form) {
			t.Errorf("the output holds %q:\n%s", form, r.stderr)
		}
	}
	if form := leak(r.stdout + r.stderr); form != "" {
		t.Errorf("the output holds %q", form)
	}
}

// A proxy that refuses the account: nothing was stored, it is not asked again, and the record may
// be queued.
func TestProxyRefuses(t *testing.T) {
	t.Parallel()
	for name, secure := range map[string]bool{"HTTP_PROXY": false, "HTTPS_PROXY": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, p, env := proxied(t, secure)
			env = append(env, name+"="+p.Address("proxy%20user:p%40ss%2Fw%3Ard-old"))
			r := here(t, env, one("t0", "--debug")...)
			if r.code != cli.CodeUnavailable || !strings.Contains(r.stderr, "407") {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
			wantNoAccount(t, r)
			if n := strings.Count(seenBy(p), "\n"); n != 0 {
				t.Errorf("the proxy was asked %d times more", n)
			}
			dir := t.TempDir()
			queue := append(env, "PROGETCTL_LEDGER="+dir+"/ledger.db")
			if r := here(t, queue, one("t0", "--on-failure", "queue")...); r.code != cli.CodeDone {
				t.Errorf("exit code %d: %s", r.code, r.stderr)
			}
			inFiles(t, dir)
			if n := len(server.Deployments()); n != 0 {
				t.Errorf("%d records reached the server", n)
			}
		})
	}
}
