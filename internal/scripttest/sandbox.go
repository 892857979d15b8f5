package scripttest

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/progetctl/progetctl/internal/sandbox"
)

// serversKey is the key of the servers among the values of a script.
type serversKey struct{}

// servers are the servers of one script. The commands use the one that was started last.
type servers struct{ current *runningServer }

// runningServer is a sandbox inside the test, so that the script can ask what it received.
type runningServer struct {
	*sandbox.Server
	stop func()
}

// startFlags are the flags of "sandbox start".
type startFlags struct {
	options    sandbox.Options
	addr, name string
	dialect    string
	tls        bool
	clients    bool
	proxy      bool
	faults     []string
}

func parseStart(args []string) (f startFlags, err error) {
	flags := flag.NewFlagSet("sandbox start", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&f.addr, "addr", "127.0.0.1:0", "address to listen on")
	flags.StringVar(&f.name, "name", "", "export NAME_URL too")
	flags.BoolVar(&f.tls, "tls", false, "speak TLS; the authority is left in ca.pem")
	flags.BoolVar(&f.clients, "client-cert", false, "with -tls: insist on a client certificate; one is left in client.pem and client.key")
	flags.BoolVar(&f.proxy, "proxy", false, "with -tls: export HTTPS_PROXY, a proxy that takes every name for this server")
	flags.StringVar(&f.dialect, "dialect", "current", "current or old")
	flags.StringVar(&f.options.APIKey, "api-key", "", "the only valid key")
	flags.StringVar(&f.options.User, "user", "", "a further account")
	flags.StringVar(&f.options.Password, "password", "", "its password")
	flags.StringVar(&f.options.BasePath, "base-path", "", "where it lives")
	flags.StringVar(&f.options.PackagesDir, "packages", "", "folder with more packages")
	flags.BoolVar(&f.options.IgnoreFilters, "ignore-filters", false, "ignore query filters")
	flags.BoolVar(&f.options.GroupBug, "group-bug", false, "miss packages with a group")
	flags.BoolVar(&f.options.PascalCase, "pascal", false, "PascalCase properties")
	flags.BoolVar(&f.options.OldHealth, "old-health", false, "JSON at /health")
	flags.BoolVar(&f.options.Before2023, "before-2023", false, "no lists of packages, no vulnerabilities")
	flags.BoolVar(&f.options.FeedKey, "feed-key", false, "no right to ask for vulnerabilities")
	flags.StringVar(&f.options.Edition, "edition", "", "free, basic or enterprise")
	flags.BoolVar(&f.options.NoSamples, "empty", false, "no sample data")
	flags.Func("fault", "a fault; repeatable", func(spec string) error {
		f.faults = append(f.faults, spec)
		return nil
	})
	err = flags.Parse(args)
	if f.dialect == "old" {
		f.options.Dialect = sandbox.DialectOld
	}
	return f, err
}

// runSandbox is "sandbox start [flags]", "sandbox stop" and "sandbox fault SPEC". A start exports
// PROGET_URL, PROGET_API_KEY where a key was given, and SANDBOX_ADDR.
func runSandbox(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: sandbox start|stop|fault")
	}
	all := ts.Value(serversKey{}).(*servers)
	switch args[0] {
	case "start":
		f, err := parseStart(args[1:])
		ts.Check(err)
		all.current = startSandbox(ts, f)
	case "stop":
		all.current.stop()
	case "fault":
		for _, spec := range args[1:] {
			addFault(ts, all.current.Server, spec)
		}
	default:
		ts.Fatalf("unknown command: sandbox %s", args[0])
	}
}

func addFault(ts *testscript.TestScript, server *sandbox.Server, spec string) {
	pattern, fault, err := sandbox.ParseFault(spec)
	ts.Check(err)
	server.Fault(pattern, fault)
}

func startSandbox(ts *testscript.TestScript, f startFlags) *runningServer {
	f.options.KeepRequests = true
	if clock := NewClock(ts.Getenv(Now)); clock != nil {
		f.options.Now = clock.Now
	}
	if f.options.PackagesDir != "" {
		f.options.PackagesDir = ts.MkAbs(f.options.PackagesDir)
	}
	server, err := sandbox.New(f.options)
	ts.Check(err)
	for _, spec := range f.faults {
		addFault(ts, server, spec)
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", f.addr)
	ts.Check(err)
	url := "http://" + listener.Addr().String() + f.options.BasePath
	s := &runningServer{Server: server}
	if f.tls {
		url, s.stop = ServeTLS(ts, server, listener, f.clients)
		url += f.options.BasePath
	} else {
		s.stop = servePlain(server, listener)
	}
	ts.Defer(s.stop)
	if f.proxy {
		startProxy(ts, listener)
	}
	export(ts, f, url, listener.Addr().String())
	return s
}

func export(ts *testscript.TestScript, f startFlags, url, addr string) {
	ts.Setenv("PROGET_URL", url)
	ts.Setenv("SANDBOX_ADDR", addr)
	if f.options.APIKey != "" {
		ts.Setenv("PROGET_API_KEY", f.options.APIKey)
	}
	if f.name != "" {
		ts.Setenv(f.name+"_URL", url)
	}
}

func servePlain(server *sandbox.Server, listener net.Listener) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(ctx, listener)
	}()
	return func() { cancel(); <-done }
}

// shownDeployment is a line of "recorded": the properties as the API spells them, and how the
// record came.
type shownDeployment struct {
	Application, Description, Target, FeedName, PackageName, Version string
	GroupName                                                        string `json:",omitempty"`
	UserName                                                         string
	Url                                                              string `json:",omitempty"`
	Date                                                             string
	Via, User                                                        string
}

// printRecorded is "recorded [COUNT]": one JSON line for each deployment.
func printRecorded(ts *testscript.TestScript, neg bool, args []string) {
	all := ts.Value(serversKey{}).(*servers).current.Deployments()
	wantCount(ts, neg, args, len(all), "deployments")
	for _, d := range all {
		printLine(ts, shownDeployment{
			d.Application, d.Description, d.Target, d.FeedName, d.PackageName, d.Version, d.GroupName, d.UserName, d.URL,
			d.Date.UTC().Format(time.RFC3339), d.Via, d.User,
		})
	}
}

// shownRequest is a line of "requests".
type shownRequest struct {
	Method string      `json:"method"`
	Target string      `json:"target"`
	Header http.Header `json:"header"`
	Body   string      `json:"body"`
	Status int         `json:"status"`
}

// printRequests is "requests [COUNT]": one JSON line for each request.
func printRequests(ts *testscript.TestScript, neg bool, args []string) {
	all := ts.Value(serversKey{}).(*servers).current.Requests()
	wantCount(ts, neg, args, len(all), "requests")
	for _, r := range all {
		printLine(ts, shownRequest{r.Method, r.Target, r.Header, string(r.Body), r.Status})
	}
}

func wantCount(ts *testscript.TestScript, neg bool, args []string, got int, what string) {
	if neg || len(args) > 1 {
		ts.Fatalf("usage: a count at most")
	}
	if len(args) == 0 {
		return
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got != want {
		ts.Fatalf("%d %s, want %d", got, what, want)
	}
}

func printLine(ts *testscript.TestScript, v any) {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	ts.Check(enc.Encode(v))
	_, err := ts.Stdout().Write(line.Bytes())
	ts.Check(err)
}
