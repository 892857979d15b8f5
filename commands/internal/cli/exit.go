package cli

import (
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/client"
)

// The exit codes of the program. Each kind of error has one, see [exitCode].
const (
	CodeDone        = 0
	CodeInternal    = 1
	CodeUsage       = 2
	CodeRejected    = 3
	CodeAuth        = 4
	CodeNotFound    = 5
	CodeUnavailable = 6
	CodePartial     = 7
	CodeUnmet       = 8
	CodeIntegrity   = 9
	CodeInterrupted = 130
)

// exitCode maps every kind of error to its exit code: the only place that does.
func exitCode(kind client.Kind) int {
	switch kind {
	case "":
		return CodeDone
	case client.KindUsage:
		return CodeUsage
	case client.KindRejected:
		return CodeRejected
	case client.KindAuth:
		return CodeAuth
	case client.KindNotFound:
		return CodeNotFound
	case client.KindUnavailable:
		return CodeUnavailable
	case client.KindPartial, client.KindUncertain:
		return CodePartial
	case KindUnmet:
		return CodeUnmet
	case client.KindIntegrity:
		return CodeIntegrity
	case client.KindInterrupted:
		return CodeInterrupted
	}
	return CodeInternal
}

// KindUnmet is a promotion that does not exist.
const KindUnmet client.Kind = "unmet"

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
	switch code { // a map would be made for each line of each command's help
	case CodeDone:
		return "done"
	case CodeInternal:
		return "internal error, or a problem on this machine"
	case CodeUsage:
		return "invalid command line or input file; nothing was sent"
	case CodeRejected:
		return "the server rejected the data"
	case CodeAuth:
		return "the server rejected the credentials (401, 403)"
	case CodeNotFound:
		return "no such feed, package or endpoint (404)"
	case CodeUnavailable:
		return "no usable response; nothing was stored, safe to run again"
	case CodePartial:
		return "part of it was done, or may have been; check before running it again"
	case CodeUnmet:
		return "the answer is no: not promoted, or something was found"
	case CodeIntegrity:
		return "a checksum or length does not match; no file is left behind"
	case CodeInterrupted:
		return "interrupted by Ctrl-C or a signal"
	}
	return ""
}
