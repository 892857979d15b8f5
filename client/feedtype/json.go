package feedtype

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"unicode/utf8"
)

// jsonReader reads a JSON document one entry at a time, so that memory holds only one, and an
// invalid entry does not affect the others.
type jsonReader struct {
	dec     *json.Decoder
	budget  *boundedReader // of the entry
	spent   *work
	dropped json.RawMessage // its memory is used again for each
}

// readJSON calls f for each key of a document that is one object; f must read the value. Nothing
// may follow the object.
func readJSON(r io.Reader, f func(j *jsonReader, key string) error) error {
	j := newJSON(r)
	if err := j.members(func(key string) error { return f(j, key) }); err != nil {
		return err
	}
	return j.end()
}

func newJSON(r io.Reader) *jsonReader {
	budget := &boundedReader{r, maxEntryBytes}
	return &jsonReader{dec: json.NewDecoder(budget), budget: budget, spent: workOf(r)}
}

// end makes sure that nothing follows the document.
func (j *jsonReader) end() error {
	switch _, err := j.dec.Token(); {
	case err == nil:
		return errors.New("something follows the end of the JSON")
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
}

// members reads the object that comes next and calls f for each of its keys; f must read the value.
// A null is an object without members, and so is an empty list, which PHP writes for one. After an
// [*oddError] the reader is behind the value.
func (j *jsonReader) members(f func(key string) error) error {
	return j.each(f, '{')
}

// items is members for a list.
func (j *jsonReader) items(f func() error) error {
	return j.each(func(string) error { return f() }, '[')
}

// values takes the items of a list or the members of an object, for the protocols in which both are
// seen. key is "" in a list.
func (j *jsonReader) values(f func(key string) error) error {
	return j.each(f, '{', '[')
}

func (j *jsonReader) each(f func(key string) error, allowed ...json.Delim) error {
	token, err := j.dec.Token()
	if err != nil || token == nil {
		return err
	}
	opened, _ := token.(json.Delim)
	if !slices.Contains(allowed, opened) {
		return j.other(token, allowed[0])
	}
	for j.dec.More() {
		if err := j.begin(); err != nil {
			return err
		}
		key := ""
		if opened == '{' {
			token, err := j.dec.Token()
			if err != nil {
				return err
			}
			key = token.(string) // the decoder accepts nothing else before a colon
		}
		if err := f(key); err != nil {
			return inField(err, key)
		}
	}
	_, err = j.dec.Token()
	return err
}

// begin gives an entry its budget.
func (j *jsonReader) begin() error {
	j.budget.left = maxEntryBytes
	if j.spent.entries++; j.spent.entries > maxEntries {
		return errTooMany
	}
	return nil
}

// other handles a value of an unexpected type: it reads the rest of it.
func (j *jsonReader) other(token json.Token, want json.Delim) error {
	odd := &oddError{want: tokenKind(want), got: tokenKind(token)}
	if _, opened := token.(json.Delim); !opened {
		return odd
	}
	if token == json.Delim('[') && !j.dec.More() {
		_, err := j.dec.Token()
		return err
	}
	if err := j.skipOpen(1); err != nil {
		return err
	}
	return odd
}

func tokenKind(token json.Token) string {
	switch token {
	case json.Delim('{'):
		return jsonKind("object")
	case json.Delim('['):
		return jsonKind("array")
	}
	switch token.(type) {
	case string:
		return jsonKind("string")
	case bool:
		return jsonKind("bool")
	}
	return jsonKind("number")
}

// inField names the value in an error about its type that has no name yet.
func inField(err error, key string) error {
	if odd, ok := errors.AsType[*oddError](err); ok && odd.field == "" {
		odd.field = key
	}
	return err
}

// skip reads one value of any size and keeps nothing of it.
func (j *jsonReader) skip() error { return j.skipOpen(0) }

// skipOpen skips to the end of all open containers, or one value if none is open.
func (j *jsonReader) skipOpen(depth int) error {
	for {
		token, err := j.dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		if depth > maxDepth {
			return errTooDeep
		}
		j.budget.left = maxEntryBytes
		if j.spent.tokens++; j.spent.tokens > maxTokens {
			return errTooMany
		}
	}
}

// ifThere ignores a value of another type than its protocol says, if an entry can do without it.
func ifThere(err error) error {
	if _, odd := errors.AsType[*oddError](err); odd {
		return nil
	}
	return err
}

// drop reads one value that is small, faster than skip does.
func (j *jsonReader) drop() error { return j.dec.Decode(&j.dropped) }

// decode reads the next value into v, as far as its types fit. The first that does not fit is odd,
// which matters only if the entry is the wanted one.
func (j *jsonReader) decode(v any) (odd, err error) { return mistyped(j.dec.Decode(v)) }

// decodeWhole reads a small document that is one value into v, as far as the types fit.
func decodeWhole(r io.Reader, v any) error {
	j := newJSON(r)
	if _, err := j.decode(v); err != nil {
		return err
	}
	return j.end()
}

// mistyped separates an error about a type, after which the standard library has decoded the rest,
// from others.
func mistyped(err error) (odd, other error) {
	if found, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return oddType(found), nil
	}
	return nil, err
}

// text is a value that should be text. A number is taken as its digits; any other type is read as
// empty, so that the rest of the entry can be read.
type text string

// UnmarshalJSON never fails.
func (t *text) UnmarshalJSON(data []byte) error {
	*t = ""
	switch {
	case data[0] == '"' && bytes.IndexByte(data, '\\') < 0 && utf8.Valid(data): // nearly every one
		*t = text(data[1 : len(data)-1])
	case data[0] == '"':
		var s string
		if json.Unmarshal(data, &s) == nil {
			*t = text(s)
		}
	case data[0] == '-', data[0] >= '0' && data[0] <= '9':
		*t = text(data)
	}
	return nil
}

// flag is a value that should be true or false. Text means true unless it is "false": it may be the
// reason.
type flag bool

// UnmarshalJSON never fails.
func (f *flag) UnmarshalJSON(data []byte) error {
	switch string(data) {
	case "false", "null", "0", `""`, `"false"`, `"False"`:
		*f = false
	default:
		*f = data[0] != '[' && data[0] != '{'
	}
	return nil
}
