package commands

import (
	"fmt"
	"strings"
)

// plural writes a number with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// exitStatus is the EXIT STATUS section of a command's help.
func exitStatus(codes ...int) string {
	var b strings.Builder
	b.WriteString("EXIT STATUS\n")
	for _, code := range codes {
		fmt.Fprintf(&b, "  %-4d %s\n", code, codeMeaning(code))
	}
	return strings.TrimRight(b.String(), "\n")
}

func codeMeaning(code int) string {
	return map[int]string{
		codeDone:        "done",
		codeInternal:    "a bug, or something unforeseen on this machine",
		codeUsage:       "usage: nothing was sent",
		codeRejected:    "the server refused the data",
		codeAuth:        "the server refused the credentials (401, 403)",
		codeNotFound:    "no such feed, package or endpoint (404)",
		codeUnavailable: "no usable answer, and nothing was stored: safe to run again",
		codePartial:     "part of it was done, or may have been: look before you run it again",
		codeUnmet:       "the promotion is not there",
		codeIntegrity:   "a checksum or length does not match; no file is left behind",
		codeInterrupted: "interrupted",
	}[code]
}
