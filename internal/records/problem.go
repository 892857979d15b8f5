package records

import (
	"errors"
	"fmt"
	"strings"
)

// MaxNamed is how many problems are named one by one; a file with the wrong columns would otherwise scroll the first,
// which tells most, off the screen.
const MaxNamed = 20

// ErrEmpty is the problem of an input without a single character that is not white space.
var ErrEmpty = errors.New("the input is empty")

// Problem is something wrong with one record, or with the input as a whole where Place is empty.
type Problem struct {
	Place string // "line 12" (NDJSON, CSV) or "index 3" (JSON, counted from 0 as jq does)
	Err   error
}

// Error is the place, a colon, and what is wrong there.
func (p *Problem) Error() string {
	if p.Place == "" {
		return p.Err.Error()
	}
	return p.Place + ": " + p.Err.Error()
}

// Unwrap gives what is wrong without its place.
func (p *Problem) Unwrap() error { return p.Err }

// Problems gathers what is wrong with an input: the first [MaxNamed] by name, the others as a count, so that a file of a
// million bad lines needs no more memory than one of twenty. The zero value is empty and ready.
type Problems struct {
	named []error
	count int
}

// Add notes a problem; nil is ignored.
func (p *Problems) Add(err error) {
	if err == nil {
		return
	}
	p.count++
	if len(p.named) < MaxNamed {
		p.named = append(p.named, err)
	}
}

// Count is how many problems were added, named or not.
func (p *Problems) Count() int { return p.count }

// Err returns nil if nothing was added, else p itself as an error.
func (p *Problems) Err() error {
	if p.count == 0 {
		return nil
	}
	return p
}

// Error has one line for each named problem and, where there are more, a last line with their number.
func (p *Problems) Error() string {
	lines := make([]string, 0, len(p.named)+1)
	for _, err := range p.named {
		lines = append(lines, err.Error())
	}
	if more := p.count - len(p.named); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the named problems to errors.Is and errors.As.
func (p *Problems) Unwrap() []error { return p.named }
