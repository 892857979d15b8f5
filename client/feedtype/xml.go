package feedtype

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
)

// eachElement calls f at each element of a document; f may read the element, else its children come next. The decoder is
// a strict one: entities that a document defines are refused, so that none can grow. An element has a bound of its own,
// since the decoder holds all of it that f reads.
func eachElement(r io.Reader, f func(*xml.Decoder, xml.StartElement) error) error {
	entry := &boundedReader{r: r}
	dec := xml.NewDecoder(entry)
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
