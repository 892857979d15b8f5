package cli

import (
	"fmt"
	"strings"
)

// Plural writes a number with its noun.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// ExitStatus is the EXIT STATUS section of a command's help.
func ExitStatus(codes ...int) string {
	var b strings.Builder
	b.WriteString("EXIT STATUS\n")
	for _, code := range codes {
		fmt.Fprintf(&b, "  %-4d %s\n", code, CodeMeaning(code))
	}
	return strings.TrimRight(b.String(), "\n")
}

// CodeMeaning says what an exit code means.
func CodeMeaning(code int) string {
	return map[int]string{
		CodeDone:        "done",
		CodeInternal:    "a bug, or something unforeseen on this machine",
		CodeUsage:       "usage: nothing was sent",
		CodeRejected:    "the server refused the data",
		CodeAuth:        "the server refused the credentials (401, 403)",
		CodeNotFound:    "no such feed, package or endpoint (404)",
		CodeUnavailable: "no usable answer, and nothing was stored: safe to run again",
		CodePartial:     "part of it was done, or may have been: look before you run it again",
		CodeUnmet:       "the promotion is not there",
		CodeIntegrity:   "a checksum or length does not match; no file is left behind",
		CodeInterrupted: "interrupted",
	}[code]
}

// Joined writes words with a separator.
func Joined[T ~string](words []T, separator string) string {
	return strings.Join(Words(words), separator)
}

// Words are words as plain strings.
func Words[T ~string](words []T) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = string(w)
	}
	return all
}
