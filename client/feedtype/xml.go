package feedtype

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
)

// maxDepth bounds the nesting of a document: real ones have less than ten levels, and each costs memory while it is open.
const maxDepth = 1000

// shallow passes on the tokens of a document that is not nested too deeply.
type shallow struct {
	*xml.Decoder
	depth int
}

// Token counts the elements that are open.
func (s *shallow) Token() (xml.Token, error) {
	token, err := s.RawToken() // the decoder that reads from here matches the tags
	switch token.(type) {
	case xml.StartElement:
		s.depth++
	case xml.EndElement:
		s.depth--
	}
	if s.depth > maxDepth {
		return nil, errTooDeep
	}
	return token, err
}

// newXML makes a decoder for a document of a server. It is a strict one: entities that a document defines are refused, so
// that none can grow.
func newXML(r io.Reader) *xml.Decoder {
	return xml.NewTokenDecoder(&shallow{Decoder: xml.NewDecoder(r)})
}

// eachElement calls f at each element of a document; f may read the element, else its children come next. An
// element has a bound of its own, since the decoder holds all of it that f reads.
func eachElement(r io.Reader, f func(*xml.Decoder, xml.StartElement) error) error {
	entry := &boundedReader{r: r}
	dec := newXML(entry)
	for {
		entry.left = maxEntryBytes
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok {
			if err := f(dec, start); err != nil {
				return err
			}
		}
	}
}

// parseSize reads a number of bytes; -1 for anything else, since a size is a help and not a need.
func parseSize(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}
