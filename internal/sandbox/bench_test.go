package sandbox

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkRecord is what a batch of deployments costs the server over loopback, several at a time.
func BenchmarkRecord(b *testing.B) {
	s, err := New(Options{})
	if err != nil {
		b.Fatal(err)
	}
	listener := httptest.NewServer(s)
	defer listener.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	defer client.CloseIdleConnections()
	b.SetParallelism(4)
	b.RunParallel(func(loop *testing.PB) {
		for loop.Next() {
			response, err := client.Post(listener.URL+"/api/package-deployment/", "application/json", strings.NewReader(documentedJSON))
			if err != nil {
				b.Error(err)
				return
			}
			response.Body.Close()
		}
	})
}

// BenchmarkPromotions is one query for 250,000 packages; MB/s is the rate of JSON over loopback.
func BenchmarkPromotions(b *testing.B) {
	s, err := New(Options{NoSamples: true})
	if err != nil {
		b.Fatal(err)
	}
	s.AddPromotions(many(250_000))
	listener := httptest.NewServer(s)
	defer listener.Close()
	b.ReportAllocs()
	for b.Loop() {
		response, err := listener.Client().Get(listener.URL + "/api/promotions/list")
		if err != nil {
			b.Fatal(err)
		}
		n, err := io.Copy(io.Discard, response.Body)
		if err != nil {
			b.Fatal(err)
		}
		response.Body.Close()
		b.SetBytes(n)
	}
}
