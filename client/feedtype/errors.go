package feedtype

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
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

// QualifierError names a qualifier that is needed to find the content of a package of its type.
type QualifierError struct {
	Type    ecosystem.Type
	Key     string
	Example string   // a value that shows the form: "amd64"
	Choices []string // the values that the index offers for this version; nil if it was not asked
	Also    []string // further qualifiers that are missing, as KEY=EXAMPLE
	Version string   // the one that was found, if it has several files
}

// maxShown is how many choices an error shows.
const maxShown = 20

// Error names the qualifier with an example, in the form that --qualifier takes.
func (e *QualifierError) Error() string {
	text := fmt.Sprintf("a package of type %q needs the qualifier %q, for example %q", e.Type, e.Key, e.Key+"="+e.Example)
	for _, example := range e.Also {
		key, _, _ := strings.Cut(example, "=")
		text += fmt.Sprintf(", and %q, for example %q", key, example)
	}
	if n := len(e.Choices); n > maxShown {
		text += fmt.Sprintf("; this version has %q and %d more", e.Choices[:maxShown], n-maxShown)
	} else if n > 0 {
		text += fmt.Sprintf("; this version has %q", e.Choices)
	}
	return text
}

// missing is the error for a version, or a whole package, that an index does not have.
func missing(pkg ecosystem.Package) error {
	return &MissingError{Package: pkg}
}

// RefusedError says that the server answered, but not with the document.
type RefusedError struct {
	Status int // below 300 if it is a page for people, such as a sign-in form
	Err    error
}

// Error is that of the answer.
func (e *RefusedError) Error() string { return e.Err.Error() }

// Unwrap gives the answer's error.
func (e *RefusedError) Unwrap() error { return e.Err }

// documentError is what is wrong with an index document, or that it lacks what was looked for.
type documentError struct {
	t   ecosystem.Type
	url string
	err error
}

// Error names the document first.
func (e *documentError) Error() string { return fmt.Sprintf("%s index %s: %s", e.t, e.url, e.err) }

// Unwrap gives what is wrong.
func (e *documentError) Unwrap() error { return e.err }

// transferError is an error of a document's transfer, not of the document itself.
type transferError struct{ err error }

// Error says that the document is not whole.
func (e *transferError) Error() string {
	if errors.Is(e.err, io.ErrUnexpectedEOF) {
		return errCut.Error()
	}
	return "it broke off on its way: " + e.err.Error()
}

// Unwrap gives the cause.
func (e *transferError) Unwrap() error { return e.err }

// errCut says that a document ends before its end.
var errCut = errors.New("it is cut off")

// oddError says that a value does not have the type that its protocol requires.
type oddError struct {
	field     string // "" for the document itself
	want, got string // "an object", "text"
}

// Error says what should be there, and what is.
func (e *oddError) Error() string {
	if e.field == "" {
		return fmt.Sprintf("it should be %s, is %s", e.want, e.got)
	}
	return fmt.Sprintf("%q should be %s, is %s", e.field, e.want, e.got)
}

// describeFault replaces a decoder's message with ours. head is the beginning of the document,
// which helps most when it is another kind of document.
func describeFault(err error, head []byte) error {
	if _, cut := errors.AsType[*transferError](err); cut {
		return err
	}
	if garbled, ok := errors.AsType[*json.SyntaxError](err); ok {
		if strings.Contains(garbled.Error(), "max depth") {
			return errTooDeep
		}
		return notThis("JSON", fmt.Sprintf("near byte %d", garbled.Offset), head)
	}
	if garbled, ok := errors.AsType[*xml.SyntaxError](err); ok {
		if strings.Contains(garbled.Msg, "unexpected EOF") {
			return describeFault(io.ErrUnexpectedEOF, head)
		}
		return notThis("XML", fmt.Sprintf("in line %d", garbled.Line), head)
	}
	if strings.HasPrefix(err.Error(), "xml: ") {
		return notThis("XML 1.0", "", head)
	}
	if mistyped, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return oddType(mistyped)
	}
	if errors.Is(err, errNoFields) {
		return fmt.Errorf("%w; it begins with %q", err, excerpt(head))
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		if len(bytes.TrimSpace(head)) == 0 {
			return errEmpty
		}
		return errCut
	}
	return err
}

// errEmpty is the error of an empty index.
var errEmpty = errors.New("it is empty")

// excerpt is what an error shows of a document. The … shows the code that removes secrets that the
// last one may be cut.
func excerpt(document []byte) string {
	end := ""
	if len(document) > headBytes {
		document, end = document[:headBytes], "…"
	}
	return strings.ToValidUTF8(string(document), "\uFFFD") + end
}

// notThis says that a document is not of the format that it should have, and what it looks like.
func notThis(format, where string, document []byte) error {
	if where != "" {
		where = " " + where
	}
	return fmt.Errorf("it is not valid %s%s; it begins with %q", format, where, excerpt(document))
}

// oddType converts the standard library's error to ours.
func oddType(err *json.UnmarshalTypeError) *oddError {
	want := map[reflect.Kind]string{
		reflect.String: "text", reflect.Bool: "true or false", reflect.Slice: "a list", reflect.Struct: "an object",
		reflect.Map: "an object", reflect.Int64: "a whole number",
	}[err.Type.Kind()]
	return &oddError{err.Field, want, jsonKind(err.Value)}
}

// jsonKind names a type of JSON for people. The number itself may follow the word.
func jsonKind(word string) string {
	word, _, _ = strings.Cut(word, " ")
	switch word {
	case "string":
		return "text"
	case "array":
		return "a list"
	case "object":
		return "an object"
	case "bool":
		return "true or false"
	}
	return "a number"
}

// describe names a package as its ecosystem writes it.
func describe(pkg ecosystem.Package) string {
	name := ecosystem.JoinName(pkg.Type, pkg.Group, pkg.Name)
	if pkg.Version == "" {
		return fmt.Sprintf("%q", name)
	}
	return fmt.Sprintf("version %q of %q", pkg.Version, name)
}
