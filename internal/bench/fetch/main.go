//go:build linux

// Command fetch compares `progetctl feed get` with curl and sha256sum: a package of 1 GiB from loopback, its checksum
// computed.
//
//	fetch [-size MIB] [-runs N] PROGETCTL FOLDER
//
// It serves the package itself and runs the two in turn. In FOLDER it needs room for the package twice.
package main

import (
	"context"
	"crypto/rand"
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
	"syscall"
	"time"
)

func main() {
	size := flag.Int64("size", 1024, "size of the package, MiB")
	runs := flag.Int("runs", 5, "runs of each")
	flag.Parse()
	if flag.NArg() != 2 {
		log.Fatal("usage: fetch [-size MIB] [-runs N] PROGETCTL FOLDER")
	}
	if err := compare(flag.Arg(0), flag.Arg(1), *size<<20, *runs); err != nil {
		log.Fatal(err)
	}
}

// compare prints the medians of both and the most memory of ours.
func compare(program, folder string, size int64, runs int) error {
	base, err := servePackage(filepath.Join(folder, "package"), size)
	if err != nil {
		return err
	}
	out := filepath.Join(folder, "out")
	curl := []string{"sh", "-c", `curl -s -o "$1" "$0/package" && sha256sum "$1"`, base, out}
	ours := []string{program, "feed", "get", "--source", base, "--path", "package", "-O", out}
	var theirs, mine []time.Duration
	var memory int64
	for range runs {
		took, _, err := run(out, curl)
		if err != nil {
			return err
		}
		theirs = append(theirs, took)
		took, peak, err := run(out, ours)
		if err != nil {
			return err
		}
		mine, memory = append(mine, took), max(memory, peak)
	}
	fmt.Printf("fetch (%d MiB): curl and sha256sum %.2f s, progetctl %.2f s, ratio %.2f (limit 1.0); memory %.1f MiB (limit 40)\n",
		size>>20, median(theirs).Seconds(), median(mine).Seconds(),
		median(mine).Seconds()/median(theirs).Seconds(), float64(memory)/(1<<20))
	return nil
}

// servePackage makes a package of random bytes and serves it until the program ends.
func servePackage(path string, size int64) (base string, err error) {
	file, err := os.Create(path)
	if err != nil {
		return "", err
	}
	if _, err = io.CopyN(file, rand.Reader, size); err != nil {
		return "", err
	}
	if err = file.Close(); err != nil {
		return "", err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, path) })
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { log.Fatal(server.Serve(listener)) }()
	return "http://" + listener.Addr().String(), nil
}

// run runs one command from a clean slate: without the file of the last run, and with the disk at rest, so that neither
// pays for what the other has left to be written. It tells the time and the most memory, in bytes.
func run(out string, command []string) (took time.Duration, memory int64, err error) {
	if err := os.RemoveAll(out); err != nil {
		return 0, 0, err
	}
	syscall.Sync()
	cmd := exec.CommandContext(context.Background(), command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	begun := time.Now()
	err = cmd.Run()
	took = time.Since(begun)
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		memory = usage.Maxrss << 10 // Linux counts it in KiB
	}
	return took, memory, err
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
