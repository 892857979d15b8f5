package config

import (
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

func TestPlacesOn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, goos string
		env        map[string]string
		own        string
		pgutil     []string
	}{
		{"Linux", "linux", map[string]string{"HOME": "/h"}, "/h/.config/progetctl/config.json", []string{"/h/.config/pgutil/pgutil.config"}},
		{"Linux with XDG", "linux", map[string]string{"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "/x/progetctl/config.json", []string{"/x/pgutil/pgutil.config"}},
		{"a relative XDG folder is ignored", "linux", map[string]string{"HOME": "/h", "XDG_CONFIG_HOME": "x"},
			"/h/.config/progetctl/config.json", []string{"/h/.config/pgutil/pgutil.config"}},
		{"macOS looks in both of pgutil's places", "darwin", map[string]string{"HOME": "/h"},
			"/h/Library/Application Support/progetctl/config.json",
			[]string{"/h/.config/pgutil/pgutil.config", "/h/Library/Application Support/pgutil/pgutil.config"}},
		{"macOS with XDG", "darwin", map[string]string{"HOME": "/h", "XDG_CONFIG_HOME": "/x"}, "/x/progetctl/config.json",
			[]string{"/x/pgutil/pgutil.config", "/h/Library/Application Support/pgutil/pgutil.config"}},
		{"Windows", "windows", map[string]string{"APPDATA": "/a", "HOME": "/h"}, "/a/progetctl/config.json", []string{"/a/pgutil/pgutil.config"}},
		{"no home", "linux", nil, "", nil},
		{"no home on Windows", "windows", map[string]string{"HOME": "/h"}, "", nil},
	}
	for _, test := range tests {
		if runtime.GOOS == "windows" && test.env["XDG_CONFIG_HOME"] == "/x" {
			continue // no absolute path there
		}
		got := placesOn(test.goos, func(name string) string { return test.env[name] })
		for i, path := range test.pgutil {
			test.pgutil[i] = filepath.FromSlash(path)
		}
		if got.own != filepath.FromSlash(test.own) || !slices.Equal(got.pgutil, test.pgutil) {
			t.Errorf("%s: %+v, want %q and %q", test.name, got, test.own, test.pgutil)
		}
	}
}

func TestStateOn(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, goos string
		env        map[string]string
		want       string
	}{
		{"Linux", "linux", map[string]string{"HOME": "/h", "LOCALAPPDATA": "/l"}, "/h/.local/state"},
		{"Linux with XDG", "linux", map[string]string{"HOME": "/h", "XDG_STATE_HOME": "/x"}, "/x"},
		{"a relative XDG folder is ignored", "linux", map[string]string{"HOME": "/h", "XDG_STATE_HOME": "x"}, "/h/.local/state"},
		{"macOS", "darwin", map[string]string{"HOME": "/h"}, "/h/Library/Application Support"},
		{"macOS with XDG", "darwin", map[string]string{"HOME": "/h", "XDG_STATE_HOME": "/x"}, "/x"},
		{"Windows", "windows", map[string]string{"LOCALAPPDATA": "/l", "HOME": "/h"}, "/l"},
		{"no home", "linux", nil, ""},
		{"no home on Windows", "windows", map[string]string{"HOME": "/h"}, ""},
	} {
		if runtime.GOOS == "windows" && test.env["XDG_STATE_HOME"] == "/x" {
			continue // no absolute path there
		}
		if got := stateOn(test.goos, func(name string) string { return test.env[name] }); filepath.ToSlash(got) != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
