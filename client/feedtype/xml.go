package feedtype

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// maxDepth bounds the nesting of a document: real ones have less than ten levels, and each costs
// memory while it is open.
const maxDepth = 1000

// maxXMLTokens bounds the CPU time of a document: 5 million tags and texts. That is
// 100,000 entries of real ones.
const maxXMLTokens = 5_000_000

// guardedXML passes on the tokens of a document that is within bounds: its nesting, each tag and
// text, and what belongs to one entry.
type guardedXML struct {
	*xml.Decoder
	budget *boundedReader
	entry  int64 // bytes that are left of the entry
	depth  int
	spent  *work
}

// Token reads the next one. The decoder that reads from here matches the tags.
func (g *guardedXML) Token() (xml.Token, error) {
	allowed := min(g.entry, maxTokenBytes)
	g.budget.left = allowed
	token, err := g.RawToken()
	g.entry -= allowed - g.budget.left
	switch token.(type) {
	case xml.StartElement:
		g.depth++
	case xml.EndElement:
		g.depth--
	}
	if g.depth > maxDepth {
		return nil, errTooDeep
	}
	if g.spent.tokens++; g.spent.tokens > maxXMLTokens {
		return nil, errTooMany
	}
	return token, err
}

// maxSmallXMLBytes bounds a document that is decoded as a whole: 16 MiB. Real ones
// (maven-metadata.xml) have a few hundred KiB.
const maxSmallXMLBytes = 16 << 20

// newXML makes a decoder for a document that is decoded as a whole.
func newXML(r io.Reader) *xml.Decoder {
	dec, guard := guardXML(r)
	guard.entry = maxSmallXMLBytes
	return dec
}

// guardXML makes a strict decoder: entities that a document defines are refused, so that none can
// grow.
func guardXML(r io.Reader) (*xml.Decoder, *guardedXML) {
	budget := &boundedReader{r: r}
	g := &guardedXML{Decoder: xml.NewDecoder(budget), budget: budget, spent: workOf(r)}
	g.CharsetReader = charsetReader
	return xml.NewTokenDecoder(g), g
}

// eachElement calls f at each element of a document; f may read the element, else its children come
// next. Each element has its own bound, because the decoder holds all of it that f reads.
func eachElement(r io.Reader, f func(*xml.Decoder, xml.StartElement) error) error {
	dec, guard := guardXML(r)
	for {
		guard.entry = maxEntryBytes
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

// parseSize reads a number of bytes; -1 for anything else, because a size is optional. 0 is -1 too:
// many tools write it for an unknown size.
func parseSize(s string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	if err != nil {
		return -1
	}
	return knownSize(n)
}

// knownSize is n, or -1 for no size.
func knownSize(n int64) int64 {
	if n <= 0 {
		return -1
	}
	return n
}
