package client

import (
	"fmt"
	"io"
	"log/slog"
)

// redacted is what replaces anything secret.
const redacted = "REDACTED"

// Secret holds an API key or a password. It prints as REDACTED through fmt (every verb),
// encoding/json, encoding text and log/slog; only [Secret.Reveal] gives the value. The zero Secret
// holds nothing.
type Secret struct {
	// A pointer, because fmt prints the unexported fields of an enclosing struct without asking
	// Format: an address gives nothing away.
	value *string
}

// NewSecret wraps s; an empty s gives the zero Secret.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{value: &s}
}

// Reveal returns the value, for the place that puts it on the wire.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsZero reports whether s holds nothing.
func (s Secret) IsZero() bool { return s.value == nil }

// String returns REDACTED.
func (s Secret) String() string { return redacted }

// GoString returns REDACTED.
func (s Secret) GoString() string { return redacted }

// Format writes REDACTED whatever the verb, %x and %q included.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalJSON returns "REDACTED".
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText returns REDACTED.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns REDACTED.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
