package client

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// elementLimit is 16 MiB, the most that one package with its promotions may
// take: the decoder holds one element at a time in memory.
const elementLimit = 16 << 20

// wirePackage has the properties in each spelling of ProGet's documentation;
// encoding/json takes them in any letter case.
type wirePackage struct {
	PackageName string          `json:"packageName"`
	Package     string          `json:"package"`
	GroupName   string          `json:"groupName"`
	Group       string          `json:"group"`
	PackageType string          `json:"packageType"`
	Version     string          `json:"version"`
	Promotions  []wirePromotion `json:"promotions"`
}

type wirePromotion struct {
	FromFeed string `json:"fromFeed"`
	ToFeed   string `json:"toFeed"`
	Date     string `json:"date"`
	User     string `json:"user"`
	Comments string `json:"comments"`
	ID       int64  `json:"id"`
}

// decodePromotions reads an array of promoted packages element by element and
// gives each to use. Null elements are passed over; an element with values of
// unexpected types is read again, leniently.
func decodePromotions(body io.Reader, use func(PromotedPackage) error) error {
	window := &elementWindow{r: withoutMark(body)}
	dec := json.NewDecoder(window)
	empty, err := openArray(dec)
	if err != nil || empty {
		return err
	}
	for dec.More() {
		start := dec.InputOffset()
		window.begin(start)
		var p *wirePackage
		err := dec.Decode(&p)
		if _, mistyped := errors.AsType[*json.UnmarshalTypeError](err); mistyped {
			p, err = lenientPackage(window.slice(start, dec.InputOffset()))
		}
		if err != nil {
			return readable(err)
		}
		if p == nil {
			continue
		}
		if err := use(p.public()); err != nil {
			return err
		}
	}
	return closeArray(dec)
}

// withoutMark passes over a byte order mark, which .NET likes to write before
// UTF-8 and jq overlooks as well.
func withoutMark(r io.Reader) io.Reader {
	const mark = "\xef\xbb\xbf"
	buffered := bufio.NewReader(r)
	// Where there are not that many bytes, the decoder meets the same error.
	if head, _ := buffered.Peek(len(mark)); string(head) == mark {
		_, _ = buffered.Discard(len(mark))
	}
	return buffered
}

// openArray reads the opening bracket; null stands for an empty list.
func openArray(dec *json.Decoder) (empty bool, err error) {
	token, err := dec.Token()
	switch {
	case err != nil:
		return false, readable(err)
	case token == nil:
		return true, nil
	case token != json.Delim('['):
		return false, shapeError("it is " + describeToken(token))
	}
	return false, nil
}

// closeArray reads the closing bracket and makes sure that nothing follows.
func closeArray(dec *json.Decoder) error {
	if _, err := dec.Token(); err != nil {
		return readable(err)
	}
	switch _, err := dec.Token(); {
	case err == nil:
		return shapeError("something follows the array")
	case err != io.EOF:
		return readable(err)
	}
	return nil
}

func describeToken(token json.Token) string {
	switch token.(type) {
	case json.Delim:
		return "an object"
	case string:
		return "a string"
	case bool:
		return "true or false"
	default:
		return "a number"
	}
}

func readable(err error) error {
	if _, garbled := errors.AsType[*json.SyntaxError](err); garbled {
		return fmt.Errorf("it is no JSON there: %w", err)
	}
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("it is cut off (%w)", io.ErrUnexpectedEOF)
	}
	return err
}

// elementWindow keeps the bytes of the element that is being decoded, so that
// it can be read a second time, and refuses one that is too large.
type elementWindow struct {
	r      io.Reader
	kept   []byte
	offset int64 // of kept[0] in the stream
}

// Read reads on and keeps what it read.
func (w *elementWindow) Read(p []byte) (int, error) {
	if len(w.kept) > elementLimit {
		return 0, fmt.Errorf("one package takes more than %d MiB", elementLimit>>20)
	}
	n, err := w.r.Read(p)
	w.kept = append(w.kept, p[:n]...)
	return n, err
}

// begin forgets what lies before start.
func (w *elementWindow) begin(start int64) {
	gone := int(start - w.offset)
	// Moving the rest down each time would cost more than it frees.
	if gone < len(w.kept)/2 {
		return
	}
	w.kept = w.kept[:copy(w.kept, w.kept[gone:])]
	w.offset = start
}

func (w *elementWindow) slice(start, end int64) []byte {
	return w.kept[start-w.offset : end-w.offset]
}

func (p *wirePackage) public() PromotedPackage {
	out := PromotedPackage{
		Name: either(p.PackageName, p.Package), Group: either(p.GroupName, p.Group),
		Type: ecosystem.ParseType(p.PackageType), Version: p.Version,
		Promotions: make([]Promotion, len(p.Promotions)),
	}
	if out.Group == "" {
		out.Group, out.Name = ecosystem.SplitName(out.Type, out.Name)
	}
	out.Group = strings.TrimPrefix(out.Group, "@")
	for i, w := range p.Promotions {
		out.Promotions[i] = Promotion{w.FromFeed, w.ToFeed, parseServerDate(w.Date), w.User, w.Comments, w.ID}
	}
	return out
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// serverDates are the forms in which servers have been seen to write dates; one
// without a zone is UTC.
var serverDates = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04:05-0700",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02", time.RFC1123, time.RFC1123Z,
}

// parseServerDate reads a date in any known form, to whole seconds in UTC; the
// zero time stands for one that cannot be read.
func parseServerDate(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range serverDates {
		// A fraction of a second after the seconds is read by every layout.
		if t, err := time.Parse(layout, s); err == nil {
			return plausible(t)
		}
	}
	return parseMicrosoftDate(s)
}

// plausible gives the date to whole seconds in UTC. RFC 3339 has four digits
// for the year, and .NET writes the year 1 for a date that was never set.
func plausible(t time.Time) time.Time {
	t = t.UTC().Truncate(time.Second)
	if t.Year() <= 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}
