package output

import (
	"strings"
	"testing"
)

func TestColorEnabled(t *testing.T) {
	t.Parallel()
	tests := []struct {
		env          string // NAME=VALUE pairs
		pipe, screen bool   // what is wanted in a pipe and on a terminal
	}{
		{"", false, true},
		{"TERM=xterm-256color", false, true},
		{"TERM=dumb", false, false},
		{"NO_COLOR=1", false, false},
		{"NO_COLOR=0", false, false},
		{"NO_COLOR=", false, true},
		{"FORCE_COLOR=1", true, true},
		{"FORCE_COLOR=true", true, true},
		{"FORCE_COLOR=3 TERM=dumb", true, true},
		{"FORCE_COLOR=", false, true},
		{"FORCE_COLOR=0", false, false},
		{"FORCE_COLOR=false", false, false},
		{"NO_COLOR=1 FORCE_COLOR=1", false, false},
		{"NO_COLOR= FORCE_COLOR=1", true, true},
	}
	for _, tt := range tests {
		env := map[string]string{}
		for _, pair := range strings.Fields(tt.env) {
			name, value, _ := strings.Cut(pair, "=")
			env[name] = value
		}
		getenv := func(name string) string { return env[name] }
		if got := ColorEnabled(false, getenv); got != tt.pipe {
			t.Errorf("%q in a pipe: %v", tt.env, got)
		}
		if got := ColorEnabled(true, getenv); got != tt.screen {
			t.Errorf("%q on a terminal: %v", tt.env, got)
		}
	}
}

func TestStyleApply(t *testing.T) {
	t.Parallel()
	tests := []struct {
		style Style
		want  string
	}{
		{Plain, "ok"},
		{Bold, "\x1b[1mok\x1b[0m"},
		{Dim, "\x1b[2mok\x1b[0m"},
		{Red, "\x1b[31mok\x1b[0m"},
		{Green, "\x1b[32mok\x1b[0m"},
		{Yellow, "\x1b[33mok\x1b[0m"},
		{Style(99), "ok"},
	}
	for _, tt := range tests {
		if got := tt.style.Apply("ok"); got != tt.want {
			t.Errorf("%d: %q, want %q", tt.style, got, tt.want)
		}
		if got := tt.style.Apply(""); got != "" {
			t.Errorf("%d of nothing: %q", tt.style, got)
		}
	}
}
