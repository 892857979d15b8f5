//go:build unix

package config

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestPipesAreNotRead: a pipe that nobody writes to would hold up each command, and each Tab.
func TestPipesAreNotRead(t *testing.T) {
	t.Parallel()
	for _, pgutil := range []bool{false, true} {
		s := newStore(t, "", "")
		path := s.Path()
		if pgutil {
			path = s.places.pgutil[0]
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Find("a"); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("find: %v, want that %s cannot be used", err, path)
		}
		if _, err := s.List(); err == nil {
			t.Errorf("list: no error for %s", path)
		}
		if err := s.Add(t.Context(), Source{Name: "a", URL: "https://h"}, true); (err == nil) != pgutil {
			t.Errorf("add: %v for %s", err, path)
		}
	}
}
