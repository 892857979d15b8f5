package config

import (
	"path/filepath"
	"runtime"
)

// places are the files of a user on one platform; own is "" if no home directory is known.
type places struct {
	own    string
	pgutil []string // in the order in which they are looked at
}

// placesOn finds the files by the variables that the platform has for it: the XDG base directory
// specification, and what .NET, pgutil's platform, makes of ApplicationData. On macOS Inedo's
// documentation and .NET 8 name different folders.
func placesOn(goos string, getenv func(string) string) places {
	if goos == "windows" {
		return under(getenv("APPDATA"), getenv("APPDATA"))
	}
	xdg, home := getenv("XDG_CONFIG_HOME"), getenv("HOME")
	if !filepath.IsAbs(xdg) { // the specification: a relative path is to be ignored
		xdg = below(home, ".config")
	}
	if goos != "darwin" {
		return under(xdg, xdg)
	}
	library := below(home, "Library", "Application Support")
	own := library
	if getenv("XDG_CONFIG_HOME") != "" {
		own = xdg
	}
	return under(own, xdg, library)
}

// StateFolder is where programs store data that is not a setting, "" if no home directory is known:
// XDG_STATE_HOME, or the platform's equivalent.
func StateFolder(getenv func(string) string) string { return stateOn(runtime.GOOS, getenv) }

func stateOn(goos string, getenv func(string) string) string {
	if xdg := getenv("XDG_STATE_HOME"); filepath.IsAbs(xdg) {
		return xdg
	}
	switch goos {
	case "windows":
		return getenv("LOCALAPPDATA")
	case "darwin":
		return below(getenv("HOME"), "Library", "Application Support")
	}
	return below(getenv("HOME"), ".local", "state")
}

// under puts the two programs' files below their folders.
func under(own string, pgutil ...string) places {
	p := places{own: below(own, "progetctl", "config.json")}
	for _, folder := range pgutil {
		if path := below(folder, "pgutil", "pgutil.config"); path != "" {
			p.pgutil = append(p.pgutil, path)
		}
	}
	return p
}

// below joins, and leaves an unknown folder unknown.
func below(folder string, elements ...string) string {
	if folder == "" {
		return ""
	}
	return filepath.Join(append([]string{folder}, elements...)...)
}
