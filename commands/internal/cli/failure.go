package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/shell"
	"github.com/progetctl/progetctl/internal/ci"
	"github.com/progetctl/progetctl/output"
)

// Failure is an error in the shape in which it is shown.
type Failure struct {
	Kind   client.Kind
	Status int      // of the answer, 0 for none
	Lines  []string // of one message each
	Hint   string   // what to do next
	Err    error    // the cause, nil for none
}

// Error returns the messages in one line.
func (f *Failure) Error() string { return strings.Join(f.Lines, "; ") }

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Usage is a usage error: nothing was sent.
func Usage(format string, args ...any) *Failure {
	return &Failure{Kind: client.KindUsage, Lines: []string{fmt.Sprintf(format, args...)}}
}

// Reported ends a run whose result, already written, says what happened.
type Reported struct{ Kind client.Kind }

// Error returns the kind.
func (t Reported) Error() string { return string(t.Kind) }

// ChildExit ends a run with the exit code of a command that it ran.
type ChildExit int

// Error says what the code is.
func (e ChildExit) Error() string { return fmt.Sprintf("the command ended with exit code %d", int(e)) }

// Describe turns any error into a failure.
func Describe(err error) *Failure {
	if h := outerHint(err); h != nil {
		f := *Describe(h.err)
		f.Hint = h.hint
		return &f
	}
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	if e, ok := errors.AsType[*client.Error](err); ok {
		return &Failure{Kind: e.Kind, Status: e.Status, Lines: []string{e.Error()}, Hint: clientHint(e), Err: err}
	}
	if errors.Is(err, context.Canceled) {
		return &Failure{Kind: client.KindInterrupted, Lines: []string{"interrupted"}, Err: err}
	}
	if e, ok := errors.AsType[*output.SizeError](err); ok {
		return tooLarge(e)
	}
	if _, ok := errors.AsType[*resultError](err); ok {
		return &Failure{Kind: client.KindInternal, Lines: []string{"cannot write the result: " + err.Error()}, Err: err}
	}
	return &Failure{Kind: client.KindInternal, Lines: []string{err.Error()}, Err: err}
}

// hinted is an error with a hint that only the command line can give.
type hinted struct {
	err  error
	hint string
}

// Error is the error's own.
func (h *hinted) Error() string { return h.err.Error() }

// Unwrap returns the error.
func (h *hinted) Unwrap() error { return h.err }

// WithHint is err with a hint that replaces its own; nil for nil.
func WithHint(err error, hint string) error {
	if err == nil {
		return nil
	}
	return &hinted{err, hint}
}

// HintOf says what to do about an error, "" if there is no hint.
func HintOf(err error) string {
	if h := outerHint(err); h != nil {
		return h.hint
	}
	if f, ok := errors.AsType[*Failure](err); ok {
		return f.Hint
	}
	if e, ok := errors.AsType[*client.Error](err); ok {
		return clientHint(e)
	}
	return ""
}

// outerHint is a hint that is not that of a failure's cause; nil for none.
func outerHint(err error) *hinted {
	h, ok := errors.AsType[*hinted](err)
	if !ok {
		return nil
	}
	if f, ok := errors.AsType[*Failure](err); ok && errors.Is(f, h) {
		return nil
	}
	return h
}

// clientHint says which flag or variable helps for the reason of a client's error: the client has
// neither.
func clientHint(e *client.Error) string {
	const again = "to download the package again, leave out the deployment headers (the --deployment-* flags)"
	switch e.Reason {
	case client.ReasonUnknownAuthority:
		return "name the certificate authority with --ca-cert, or check the host name in the server's address"
	case client.ReasonProxyDown:
		return "the proxy cannot be reached: check HTTPS_PROXY, HTTP_PROXY and NO_PROXY"
	case client.ReasonProxyRefused:
		return "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and the proxy's user name and password"
	case client.ReasonFileExists:
		return "use --force to replace it, or name another with --output-file"
	case client.ReasonNoFileName:
		return "name the file with --output-file"
	case client.ReasonNoChecksum:
		return "give one with --checksum, or download without --verify required"
	case client.ReasonNoFeedType:
		return "give it with --type or a package URL"
	case client.ReasonQualifier:
		return "for one that exists use " + qualifierFlags(e.Choices[:min(len(e.Choices), 1)])
	case client.ReasonNoQualifier:
		return "for example, add " + qualifierFlags(e.Choices)
	case client.ReasonPlatform:
		if len(e.Choices) == 0 {
			return "choose one with --qualifier arch=ARCH"
		}
		return "download the image for one platform that exists: " + qualifierFlags(e.Choices[:1])
	case client.ReasonRecorded:
		return strings.TrimPrefix(e.Hint+"; "+again, "; ")
	case client.ReasonMaybeRecorded:
		return strings.TrimPrefix(e.Hint+"; check the package's history in ProGet; "+again, "; ")
	}
	return e.Hint
}

// qualifierFlags write qualifiers as the flags of a command line. Their values may be the server's.
func qualifierFlags(qualifiers []string) string {
	flags := make([]string, 0, len(qualifiers))
	for _, q := range qualifiers {
		if _, value, _ := strings.Cut(q, "="); shell.Hint(value) != value {
			q = shell.Hint(q)
		}
		flags = append(flags, "--qualifier "+q)
	}
	return strings.Join(flags, " ")
}

// tooLarge is a result of which more would have to be kept than fits.
func tooLarge(err *output.SizeError) *Failure {
	f := &Failure{Kind: client.KindInternal, Lines: []string{err.Error()}, Err: err, Hint: "use -o ndjson or csv, which are written as they arrive"}
	if err.Filtered {
		f.Hint = "use -o ndjson with --jq, which then runs on each object"
	}
	return f
}

// Both is one error of two: of the first one's kind, in the words of both.
func Both(first, second error) error {
	switch {
	case first == nil:
		return second
	case second == nil:
		return first
	}
	f, more := *Describe(first), Describe(second)
	f.Lines, f.Hint = slices.Concat(f.Lines, more.Lines), cmp.Or(f.Hint, more.Hint)
	return &f
}

// shownError is how an error looks under -o json, ndjson and --jq.
type shownError struct {
	Kind    client.Kind `json:"kind"`
	Status  int         `json:"status,omitzero"`
	Message string      `json:"message"`
	Hint    string      `json:"hint,omitempty"`
}

// redacted is the failure without the secrets of this run, as long as a person may be asked to
// read.
func (f *Failure) redacted(o *IO) *Failure {
	clean := *f
	clean.Lines = make([]string, len(f.Lines))
	for i, line := range f.Lines {
		clean.Lines[i] = o.Redacted(line)
	}
	clean.Lines, clean.Hint = boundedLines(clean.Lines), bounded(o.Redacted(f.Hint))
	return &clean
}

// show writes the error to stderr: a few lines, an annotation of the CI job, or one JSON object.
func (f *Failure) show(o *IO) {
	f = f.redacted(o)
	if o.json {
		o.writeJSON(map[string]any{"error": shownError{f.Kind, f.Status, f.Error(), f.Hint}})
		return
	}
	o.announce(ci.Error, output.Red, f.Hint, f.Lines...)
}

// ClientError is the client's error in err's chain, nil for none.
func ClientError(err error) *client.Error {
	e, _ := errors.AsType[*client.Error](err)
	return e
}
