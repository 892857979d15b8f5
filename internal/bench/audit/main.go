//go:build linux

// Command audit takes the figures of promotions audit: a server that takes 20 ms for each package,
// and a large feed. Its argument is the program.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

func main() {
	if err := measure(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "audit:", err)
		os.Exit(1)
	}
}

func measure(program string) error {
	const parallel, packages, slow = 16, 2000, 20 * time.Millisecond
	took, _, err := audit(program, parallel, feed{packages: packages, versions: 1, slow: slow})
	if err != nil {
		return err
	}
	least := packages / parallel * slow
	fmt.Printf("audit of %d packages, %v each, --parallel %d: %.2f s, %.2f times the least (limit 1.3)\n", packages, slow, parallel, took.Seconds(), float64(took)/float64(least))
	took, peak, err := audit(program, parallel, feed{packages: 20_000, versions: 10})
	if err != nil {
		return err
	}
	fmt.Printf("audit of 20000 packages with 200000 versions: %.1f s, %d MiB (limit 150)\n", took.Seconds(), peak>>20)
	return nil
}

// audit runs the program, and returns its time and the most memory that it had, in bytes.
func audit(program string, parallel int, f feed) (took time.Duration, peak int64, err error) {
	server := httptest.NewServer(f)
	defer server.Close()
	cmd := exec.Command(program, "promotions", "audit", "--feed", "large", "--parallel", fmt.Sprint(parallel), "-o", "ndjson")
	cmd.Env = append(os.Environ(), "PROGET_URL="+server.URL, "NO_PROXY=127.0.0.1")
	begin := time.Now()
	err = cmd.Run()
	took = time.Since(begin)
	const unmet = 8 // nothing in the feed was promoted
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != unmet {
		return 0, 0, fmt.Errorf("the program ended with %v, want exit status %d", err, unmet)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, 0, errors.New("the system does not say how much memory the program had")
	}
	return took, usage.Maxrss << 10, nil // Linux counts it in KiB
}

// feed is a server with a NuGet feed of which nothing was promoted.
type feed struct {
	packages, versions int
	slow               time.Duration // for the versions of a package
}

type version struct {
	PURL      string    `json:"purl"`
	Name      string    `json:"name"`
	Version   string    `json:"version"`
	Published time.Time `json:"published"`
}

func one(name string, n int) version {
	v := fmt.Sprintf("%d.0.0", n)
	return version{"pkg:nuget/" + name + "@" + v, name, v, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
}

func (f feed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var answer any
	switch {
	case strings.HasSuffix(r.URL.Path, "/latest"):
		var all []version
		for i := range f.packages {
			all = append(all, one(fmt.Sprintf("Acme.Package%d", i), f.versions))
		}
		answer = all
	case strings.HasSuffix(r.URL.Path, "/versions"):
		time.Sleep(f.slow)
		var all []version
		for i := range f.versions {
			all = append(all, one(r.URL.Query().Get("name"), i+1))
		}
		answer = all
	case strings.HasPrefix(r.URL.Path, "/api/promotions/"):
		answer = []version{}
	default:
		answer = map[string]string{"name": "large", "feedType": "nuget"}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer) // an error means that the reader has gone
}
