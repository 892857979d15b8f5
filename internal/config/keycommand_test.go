package config

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// keyProgram makes this test binary a key command: the first argument says which.
const keyProgram = "CONFIG_TEST_KEY_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(keyProgram) == "" {
		os.Exit(m.Run())
	}
	switch os.Args[1] {
	case "print":
		fmt.Print(strings.Join(os.Args[2:], " "))
	case "lines":
		fmt.Println(canary + "\nuser: x")
	case "fail":
		fmt.Println(canary)
		fmt.Fprintln(os.Stderr, "\nno such entry\nmore words")
		os.Exit(3)
	case "flood":
		fmt.Print(strings.Repeat("k", 2*keyCommandLimit))
	case "hang":
		select {}
	case "agent": // prints a key, and leaves one behind that has the output open
		agent := exec.Command(os.Args[0], "linger", os.Args[2])
		agent.Stdout = os.Stdout
		if err := agent.Start(); err != nil {
			os.Exit(1)
		}
		fmt.Println("k3y")
	case "linger":
		conn, err := net.Dial("tcp", os.Args[2])
		if err == nil {
			_, _ = io.Copy(io.Discard, conn)
		}
	}
	os.Exit(0)
}

// TestRunKeyCommandLeavesAnAgent: password managers start one on first use.
func TestRunKeyCommandLeavesAnAgent(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	lifeline, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lifeline.Close() }()
	key, err := RunKeyCommand(t.Context(), []string{self, "agent", lifeline.Addr().String()}, []string{keyProgram + "=1"})
	if key != "k3y" || err != nil {
		t.Errorf("%q, %v", key, err)
	}
}

func TestRunKeyCommand(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		key  string
		want string // in the error
	}{
		{"a key", []string{self, "print", "k3y\n"}, "k3y", ""},
		{"a key after a byte order mark, from Windows", []string{self, "print", "\ufeffk3y\r\n"}, "k3y", ""},
		{"no shell between", []string{self, "print", "$HOME", "*", ";id"}, "$HOME * ;id", ""},
		{"nothing", []string{self, "print"}, "", "printed nothing"},
		{"spaces", []string{self, "print", " \n"}, "", "printed nothing"},
		{"several lines", []string{self, "lines"}, "", "more than one line"},
		{"too much", []string{self, "flood"}, "", "more than one line"},
		{"a failure", []string{self, "fail", canary}, "", "failed (exit status 3): no such entry"},
		{"no such program", []string{"no-such-program-here"}, "", `the key command "no-such-program-here" failed: executable file not found`},
	}
	for _, test := range tests {
		key, err := RunKeyCommand(t.Context(), test.args, []string{keyProgram + "=1"})
		if key != test.key || (err == nil) != (test.want == "") {
			t.Errorf("%s: %q, %v", test.name, key, err)
		}
		if err != nil && (!strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), "more words")) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}

func TestKeyCommandIsInterrupted(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := RunKeyCommand(ctx, []string{self, "hang"}, []string{keyProgram + "=1"}); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("%v", err)
	}
}
