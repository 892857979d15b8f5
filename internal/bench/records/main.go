//go:build linux

// Command records compares `progetctl deploy record` with a bare Go program, and with curl.
//
//	records [-count N] [-runs N] PROGETCTL FOLDER
//
// It serves the endpoint itself and runs the programs in turn: a batch with the ledger and without,
// against this program posting the same bodies with keep-alive at the same parallelism and against
// xargs and curl; and a single record against a single curl.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// parallel is progetctl's default.
const parallel = 8

func main() {
	count := flag.Int("count", 50_000, "records of the batch")
	runs := flag.Int("runs", 3, "runs of each")
	serving := flag.Bool("serve", false, "serve the endpoint (this program starts itself so)")
	posting := flag.String("post", "", "post the lines of a file to this URL (likewise)")
	flag.Parse()
	var err error
	switch {
	case *serving:
		err = serve()
	case *posting != "":
		err = post(*posting, flag.Arg(0))
	case flag.NArg() == 2:
		err = compare(flag.Arg(0), flag.Arg(1), *count, *runs)
	default:
		err = fmt.Errorf("usage: records [-count N] [-runs N] PROGETCTL FOLDER")
	}
	if err != nil {
		log.Fatal(err)
	}
}

// serve answers every request with 200, in a process of its own as a real server would, and prints
// its URL.
func serve() error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + listener.Addr().String())
	return http.Serve(listener, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
	}))
}

// bench is one comparison under way.
type bench struct {
	self, program, folder, url string
	runs                       int
}

func compare(program, folder string, count, runs int) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	server := exec.Command(self, "-serve")
	out, err := server.StdoutPipe()
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	defer func() { _ = server.Process.Kill() }()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return err
	}
	b := bench{self, program, folder, url[:len(url)-1], runs}
	lines := filepath.Join(folder, "records.ndjson")
	if err := writeRecords(lines, count); err != nil {
		return err
	}
	if err := b.batch(lines, count); err != nil {
		return err
	}
	return b.single()
}

func writeRecords(path string, count int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	for i := range count {
		fmt.Fprintf(w, `{"Application":"HDARS","Description":"Deployed by HDARS to Testing","Target":"web%d","FeedName":"DefaultNuGet",`+
			`"PackageName":"Newtonsoft.Json","Version":"12.0.3"}`+"\n", i)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// batch compares whole batches. xargs and curl get a fiftieth of the records, for the time that
// they take.
func (b bench) batch(lines string, count int) error {
	const share = 50
	endpoint := b.url + "/api/package-deployment/"
	curl := fmt.Sprintf(`head -n %d %q | xargs -P %d -d '\n' -I{} curl -s -o /dev/null -H 'Content-Type: application/json' --data-binary {} %s`,
		count/share, lines, parallel, endpoint)
	times, err := b.measure(map[string][]string{
		"bare":   {b.self, "-post", endpoint, lines},
		"ledger": {"sh", "-c", fmt.Sprintf(`rm -rf "$1" && exec "$0" deploy record --source %s --input-file "$2" -o ndjson --ledger "$1/l.db"`, b.url), b.program, filepath.Join(b.folder, "state"), lines},
		"off":    {b.program, "deploy", "record", "--source", b.url, "--input-file", lines, "-o", "ndjson", "--ledger", "off"},
		"curl":   {"sh", "-c", curl},
	}, b.runs)
	if err != nil {
		return err
	}
	times["curl"] *= share
	fmt.Printf("batch of %d: bare %.2f s; with ledger %.2f s, ratio %.2f (limit 5); without %.2f s, ratio %.2f (limit 1.67); %.0f times as fast as xargs and curl (limit 25)\n",
		count, times["bare"].Seconds(), times["ledger"].Seconds(), ratio(times["ledger"], times["bare"]),
		times["off"].Seconds(), ratio(times["off"], times["bare"]), ratio(times["curl"], times["ledger"]))
	return nil
}

// single compares one record with one curl, each many times.
func (b bench) single() error {
	const times = 40
	one := []string{
		"deploy", "record", "--source", b.url, "--feed", "DefaultNuGet", "--package", "Newtonsoft.Json", "--version", "12.0.3",
		"--application", "HDARS", "--description", "Deployed by HDARS to Testing", "--target", "web01", "--ledger",
	}
	took, err := b.measure(map[string][]string{
		"curl": {"curl", "-s", "-o", os.DevNull, "-H", "Content-Type: application/json", "--data-binary",
			`{"Application":"HDARS","Description":"Deployed by HDARS to Testing","Target":"web01","FeedName":"DefaultNuGet","PackageName":"Newtonsoft.Json","Version":"12.0.3"}`,
			b.url + "/api/package-deployment/"},
		"ledger": slices.Concat([]string{b.program}, one, []string{filepath.Join(b.folder, "one.db")}),
		"off":    slices.Concat([]string{b.program}, one, []string{"off"}),
	}, times)
	if err != nil {
		return err
	}
	fmt.Printf("one record: curl %.1f ms; with ledger %.1f ms, ratio %.2f (limit 2.5); without %.1f ms, ratio %.2f (limit 1.5)\n",
		ms(took["curl"]), ms(took["ledger"]), ratio(took["ledger"], took["curl"]), ms(took["off"]), ratio(took["off"], took["curl"]))
	return nil
}

func ratio(a, b time.Duration) float64 { return a.Seconds() / b.Seconds() }
func ms(d time.Duration) float64       { return d.Seconds() * 1000 }

// measure runs the commands in turn, so that a machine whose speed drifts is the same to all, and
// gives the medians.
func (b bench) measure(commands map[string][]string, runs int) (map[string]time.Duration, error) {
	took := map[string][]time.Duration{}
	for range runs {
		for name, argv := range commands {
			start := time.Now()
			command := exec.Command(argv[0], argv[1:]...)
			command.Stderr = os.Stderr
			if err := command.Run(); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			took[name] = append(took[name], time.Since(start))
		}
	}
	medians := map[string]time.Duration{}
	for name, all := range took {
		slices.Sort(all)
		medians[name] = all[len(all)/2]
	}
	return medians, nil
}
