package records

import (
	"errors"
	"fmt"
	"strings"
)

// MaxNamed is how many problems are named one by one; a file with the wrong columns would otherwise
// scroll the first, which is the most useful, off the screen.
const MaxNamed = 20

// ErrEmpty is the problem of an input without a single character that is not white space.
var ErrEmpty = errors.New("the input is empty")

// Problem is something wrong with one record, or with the input as a whole where Place is empty.
type Problem struct {
	Place string // "line 12" (NDJSON, CSV) or "index 3" (JSON, counted from 0 as jq does)
	More  int    // further places where the same is wrong
	Err   error
}

// Error is the place, a colon, and what is wrong there.
func (p *Problem) Error() string {
	switch {
	case p.Place == "":
		return p.Err.Error()
	case p.More > 0:
		return fmt.Sprintf("%s and %d more: %s", p.Place, p.More, p.Err)
	}
	return p.Place + ": " + p.Err.Error()
}

// Unwrap gives what is wrong without its place.
func (p *Problem) Unwrap() error { return p.Err }

// At is err as a problem: with the place that it has, else with this one.
func At(place string, err error) *Problem {
	var found *Problem
	if errors.As(err, &found) {
		return found
	}
	return &Problem{Place: place, Err: err}
}

// UnknownProperty is the problem of a property or column that no record has. Near, if a caller sets
// it, is the one that may be meant.
type UnknownProperty struct{ Name, Near string }

// Error names the property, and the one that may be meant.
func (u *UnknownProperty) Error() string {
	text := "unknown property " + excerpt([]byte(u.Name))
	if u.Near != "" {
		text += fmt.Sprintf("; did you mean %q?", u.Near)
	}
	return text
}

// Problems gathers what is wrong with an input: the first [MaxNamed] by name, the others as a
// count, so that a file of a million bad lines needs no more memory than one of twenty. The zero
// value is empty and ready.
type Problems struct {
	// Alike says that a problem which many records share is named at the first of them alone. An
	// unknown property always is, because it is a mistake of the whole file.
	Alike bool

	named []error
	count int
}

// Add notes a problem; nil is ignored.
func (p *Problems) Add(err error) {
	if err == nil || p.shares(err) {
		return
	}
	p.count++
	if len(p.named) < MaxNamed {
		p.named = append(p.named, err)
	}
}

// shares counts a problem at one that is the same in another place, if there is one.
func (p *Problems) shares(err error) bool {
	here, placed := errors.AsType[*Problem](err)
	if !placed {
		return false
	}
	if _, unknown := errors.AsType[*UnknownProperty](err); !unknown && !p.Alike {
		return false
	}
	for _, known := range p.named {
		if first, ok := errors.AsType[*Problem](known); ok && first.Place != here.Place && first.Err.Error() == here.Err.Error() {
			first.More++
			return true
		}
	}
	return false
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

// Error has one line for each named problem and, if there are more, a last line with their number.
func (p *Problems) Error() string { return strings.Join(p.Lines(""), "\n") }

// Lines are those of Error, each problem behind the name of the input.
func (p *Problems) Lines(input string) []string {
	lines := make([]string, 0, len(p.named)+1)
	for _, err := range p.named {
		lines = append(lines, input+err.Error())
	}
	if more := p.count - len(p.named); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more", more))
	}
	return lines
}

// Unwrap gives the named problems to errors.Is and errors.As.
func (p *Problems) Unwrap() []error { return p.named }
