package feedtype

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// NameError says that a part of a package's identity cannot be asked for.
type NameError struct {
	Field  string // "feed", "group", "package name", "version", or "qualifier arch"
	Value  string
	Reason string // "has a control character"
}

// Error quotes the value, so that a control character in it is seen and does nothing.
func (e *NameError) Error() string { return fmt.Sprintf("%s %q %s", e.Field, e.Value, e.Reason) }

// QualifierError names a qualifier without which the content of a package of its type cannot be told.
type QualifierError struct {
	Type    ecosystem.Type
	Key     string
	Example string   // a value that shows the form: "amd64"
	Choices []string // the values that the index offers for this version; nil where it was not asked
	Also    []string // further qualifiers that are missing, as KEY=EXAMPLE
}

// Error names the qualifier with an example, in the form that --qualifier takes.
func (e *QualifierError) Error() string {
	text := fmt.Sprintf("a package of type %q needs the qualifier %q, for example %q", e.Type, e.Key, e.Key+"="+e.Example)
	for _, example := range e.Also {
		key, _, _ := strings.Cut(example, "=")
		text += fmt.Sprintf(", and %q, for example %q", key, example)
	}
	if len(e.Choices) > 0 {
		text += fmt.Sprintf("; this version has %q", e.Choices)
	}
	return text
}

// missing is the error for a version, or a whole package, that an index does not have.
func missing(pkg ecosystem.Package) error {
	return fmt.Errorf("%s: %w", describe(pkg), ErrNotFound)
}

// broken names the document that does not say what its protocol says it must, or lacks what was looked for.
func broken(url string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("it is cut off (%w)", io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("index document %s: %w", url, err)
}

// describe names a package as its ecosystem writes it.
func describe(pkg ecosystem.Package) string {
	name := ecosystem.JoinName(pkg.Type, pkg.Group, pkg.Name)
	if pkg.Version == "" {
		return fmt.Sprintf("%q", name)
	}
	return fmt.Sprintf("version %q of %q", pkg.Version, name)
}
