//go:build linux

// Command fetch compares `progetctl feed get` with curl and a program that computes the checksum,
// sha256sum or openssl: a package of 1 GiB from loopback. Debian's sha256sum is plain C, openssl
// uses the processor's instructions as we do.
//
//	fetch [-size MIB] [-runs N] PROGETCTL FOLDER
//
// It serves the package itself and runs the three in turn. In FOLDER it needs room for the package
// twice.
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
	"strings"
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

// costs are what the runs of one program took.
type costs struct {
	wall, cpu []time.Duration
	memory    int64 // bytes at the most
}

// compare prints the medians of all, and the most memory of ours.
func compare(program, folder string, size int64, runs int) error {
	base, err := servePackage(filepath.Join(folder, "package"), size)
	if err != nil {
		return err
	}
	out := filepath.Join(folder, "out")
	curl := func(sum string) []string {
		return []string{"sh", "-c", `curl -s -o "$1" "$0/package" && ` + sum + ` "$1"`, base, out}
	}
	commands := [][]string{
		{program, "feed", "get", "--source", base, "--path", "package", "-O", out}, curl("sha256sum"), curl("openssl dgst -sha256"),
	}
	took := make([]costs, len(commands))
	for range runs {
		for i, command := range commands {
			if err := run(out, command, &took[i]); err != nil {
				return err
			}
		}
	}
	ours := took[0]
	fmt.Printf("fetch (%d MiB): %.2f s, CPU %.2f s, memory %.1f MiB (limit 40); load %s\n",
		size>>20, median(ours.wall), median(ours.cpu), float64(ours.memory)/(1<<20), load())
	for i, peer := range []string{"sha256sum (limit 1.0)", "openssl dgst"} {
		theirs := took[i+1]
		fmt.Printf("fetch against curl and %s: %.2f s, ratio %.2f; CPU %.2f s, ratio %.2f\n",
			peer, median(theirs.wall), median(ours.wall)/median(theirs.wall), median(theirs.cpu), median(ours.cpu)/median(theirs.cpu))
	}
	return nil
}

// load is how many programs wanted to run in the last minute.
func load() string {
	text, _ := os.ReadFile("/proc/loadavg") // a figure without it is still one
	first, _, _ := strings.Cut(string(text), " ")
	return first
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

// run runs one command from a clean slate: without the file of the last run, and with the disk at
// rest, so that neither pays for what the other has left to be written.
func run(out string, command []string, took *costs) error {
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	syscall.Sync()
	cmd := exec.CommandContext(context.Background(), command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	begun := time.Now()
	err := cmd.Run()
	took.wall = append(took.wall, time.Since(begun))
	took.cpu = append(took.cpu, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		took.memory = max(took.memory, usage.Maxrss<<10) // Linux counts it in KiB
	}
	return err
}

// median is in seconds.
func median(all []time.Duration) float64 {
	slices.Sort(all)
	return all[len(all)/2].Seconds()
}
