//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
)

// post is the bare program: it posts each line of a file, with keep-alive, and does nothing else.
func post(url, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: parallel}}
	bodies := make(chan []byte, parallel)
	failures := make(chan error, parallel)
	var workers sync.WaitGroup
	for range parallel {
		workers.Go(func() { failures <- drainInto(client, url, bodies) })
	}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		bodies <- bytes.Clone(lines.Bytes())
	}
	close(bodies)
	workers.Wait()
	close(failures)
	for failure := range failures {
		err = errors.Join(err, failure)
	}
	return errors.Join(err, lines.Err())
}

// drainInto posts bodies until there are none left, and goes on after a failure, so that nobody
// waits for it.
func drainInto(client *http.Client, url string, bodies <-chan []byte) (failure error) {
	for body := range bodies {
		if err := postOne(client, url, body); err != nil {
			failure = err
		}
	}
	return failure
}

func postOne(client *http.Client, url string, body []byte) error {
	resp, err := client.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answered %s", resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
