package client

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// wireServer keeps the bytes of one request and answers it.
func wireServer(t *testing.T, answer string) (address string, request <-chan string) {
	t.Helper()
	listener := listen(t)
	got := make(chan string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		var raw bytes.Buffer
		parsed, err := http.ReadRequest(bufio.NewReader(io.TeeReader(conn, &raw)))
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, parsed.Body)
		_, _ = io.WriteString(conn, answer)
		got <- strings.ReplaceAll(raw.String(), listener.Addr().String(), "proget.corp.local")
	}()
	return "http://" + listener.Addr().String(), got
}

const emptyAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

// TestWire compares whole requests with what Inedo's documentation prints
// (proget/packages/package-deployment, proget/packages/promotion-query): the line, the headers and
// the body, byte for byte.
func TestWire(t *testing.T) {
	t.Parallel()
	full := Deployment{
		Application: "HDARS", Description: "Deployed by HDARS to \"Testing\" & <more>", Target: "web01", FeedName: "DefaultNuGet",
		PackageName: "Newtonsoft.Json", Version: "12.0.3+build", GroupName: "größe", UserName: "jsmith",
		URL: "https://hdars.corp.local/deployments/1?a=b&c=d", Date: "2026-11-21T12:00:00Z",
	}
	for _, c := range []struct {
		name string
		opts []Option
		send func(*Client)
	}{
		{"record-json", nil, recording(someDeployment(), EncodingJSON)},
		{"record-form", nil, recording(someDeployment(), EncodingForm)},
		{"record-json-full", nil, recording(full, EncodingJSON)},
		{"record-form-full", nil, recording(full, EncodingForm)},
		{"record-key-in-query", []Option{WithAuthMode(AuthQuery)}, recording(someDeployment(), EncodingJSON)},
		{"promotions-all", nil, listing(PromotionQuery{})},
		{"promotions-filtered", nil, listing(PromotionQuery{
			FromFeed: "npm-unapproved", ToFeed: "npm-approved", Group: "@angular", Package: "animation", Version: "12.3.1+x y", Type: ecosystem.NPM,
		})},
		{"get-plain", nil, getting(nil)},
		{"get-annotated", nil, getting(&Annotation{
			Application: "HDARS", Description: "Deployed by HDARS to Testing", Target: "web01", URL: "https://hdars.corp.local/1",
			UserName: "Jörg", Date: full.Date,
		})},
		{"get-annotated-least", nil, getting(&Annotation{Application: "HDARS", Description: "Deployed by HDARS to Testing", Target: "web01"})},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			address, request := wireServer(t, emptyAnswer)
			opts := append([]Option{WithAPIKey(NewSecret("secret-key")), WithUserAgent("progetctl/1.2.3"), WithRetries(0)}, c.opts...)
			c.send(newClient(t, address+"/proget", opts...))
			golden(t, filepath.Join("..", "testdata", "wire", c.name+".http"), <-request)
		})
	}
}

// golden compares with a file, line breaks of the wire shown as in files.
func golden(t *testing.T, path, got string) {
	t.Helper()
	got = strings.ReplaceAll(got, "\r\n", "\n")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s:\ngot\n%s\nwant\n%s", path, got, want)
	}
}

func recording(d Deployment, e Encoding) func(*Client) {
	return func(c *Client) {
		_, _ = c.Deployments.Record(context.Background(), d, RecordOptions{Encoding: e})
	}
}

func listing(q PromotionQuery) func(*Client) {
	return func(c *Client) {
		for range c.Promotions.List(context.Background(), q) {
			return
		}
	}
}

func getting(a *Annotation) func(*Client) {
	return func(c *Client) {
		content, _ := c.Downloads.LocatePath("/nuget/DefaultNuGet/package/Newtonsoft.Json/12.0.3")
		_, _ = c.Downloads.Fetch(context.Background(), FetchRequest{Content: content, Annotation: a, Destination: Destination{Stream: io.Discard}})
	}
}
