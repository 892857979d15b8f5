// Command promotions serves a long list of promotions from memory, so that a figure taken with it
// is that of the reader: 250,000 packages with two promotions each, 110 MB of JSON, or as many
// packages as its argument says. It prints its URL and serves until it is killed.
package main

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"time"

	"github.com/progetctl/progetctl/internal/sandbox"
)

func main() {
	packages := 250_000
	if len(os.Args) > 1 {
		packages, _ = strconv.Atoi(os.Args[1]) // what is not a number serves an empty list
	}
	if err := serve(packages); err != nil {
		fmt.Fprintln(os.Stderr, "promotions:", err)
		os.Exit(1)
	}
}

func serve(packages int) error {
	list, err := render(packages)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", listener.Addr())
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(list)))
		// An error means that the reader has gone.
		_, _ = w.Write(list)
	}))
}

// render writes the list as the sandbox does, once: its encoder must not be part of the figure.
func render(packages int) ([]byte, error) {
	// This dialect writes dates as progetctl does, so that jq can make the very same lines.
	server, err := sandbox.New(sandbox.Options{NoSamples: true, Dialect: sandbox.DialectOld})
	if err != nil {
		return nil, err
	}
	server.AddPromotions(generate(packages))
	answer := httptest.NewRecorder()
	answer.Body = bytes.NewBuffer(make([]byte, 0, 128<<20))
	server.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/api/promotions/list", nil))
	return io.ReadAll(answer.Result().Body)
}

// generate gives packages whose dates are not in order, so that sorting has something to do.
func generate(packages int) iter.Seq[sandbox.PromotedPackage] {
	begin := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	return func(yield func(sandbox.PromotedPackage) bool) {
		for i := range packages {
			date := begin.Add(time.Duration(i*7919%packages) * 10 * time.Minute)
			step := func(from, to string, days, id int) sandbox.Promotion {
				return sandbox.Promotion{
					FromFeed: from, ToFeed: to, Date: date.AddDate(0, 0, days), User: "user" + strconv.Itoa(i%50), ID: id,
					Comments: "Release approved by the change board, ticket CHG" + strconv.Itoa(1_000_000+id),
				}
			}
			p := sandbox.PromotedPackage{
				Type: "upack", Group: "acme/team" + strconv.Itoa(i%40), Name: "component-" + strconv.Itoa(i/25),
				Version:    fmt.Sprintf("%d.%d.%d", 1+i%3, i%25, i%7),
				Promotions: []sandbox.Promotion{step("development", "test", 0, 2*i+1), step("test", "production", 3, 2*i+2)},
			}
			if !yield(p) {
				return
			}
		}
	}
}
