package output

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/itchyny/gojq"
)

// Query is a compiled jq expression (jq 1.7's language as gojq has it:
// https://github.com/itchyny/gojq). It sees the result and nothing else: no environment, no files,
// no modules, no further input. Numbers that it only passes on are printed as the server wrote
// them; objects have their keys in order of name.
type Query struct {
	expr string
	code *gojq.Code
	each *gojq.Code // what is left for each element of an array if that is all that code looks at; else nil
}

// QueryError is a jq expression that does not compile, or that failed on the data.
type QueryError struct {
	Expr string // the expression as it was given
	Err  error  // what is wrong; its text may quote the data, so it is to be cleaned before it is shown
}

// Error returns the expression and what is wrong with it. Where gojq cut the data that it quotes,
// there is an …, as whoever removes secrets from the text expects: one may have been cut in two.
func (e *QueryError) Error() string {
	return fmt.Sprintf("jq expression %q: %s", e.Expr, strings.ReplaceAll(e.Err.Error(), " ...", "…"))
}

// Unwrap returns what is wrong.
func (e *QueryError) Unwrap() error { return e.Err }

// ParseQuery compiles a jq expression. The error is a *[QueryError]; for a syntax error it names
// the column, counted in characters from 1.
func ParseQuery(expr string) (*Query, error) {
	parsed, err := gojq.Parse(expr)
	if err != nil {
		return nil, &QueryError{expr, locate(expr, err)}
	}
	q := &Query{expr: expr}
	if q.code, err = compile(parsed); err != nil {
		return nil, &QueryError{expr, err}
	}
	if rest := ofEach(parsed); rest != nil {
		q.each, err = compile(rest)
	}
	if err != nil {
		return nil, &QueryError{expr, err}
	}
	return q, nil
}

func compile(parsed *gojq.Query) (*gojq.Code, error) {
	return gojq.Compile(parsed, gojq.WithEnvironLoader(func() []string { return nil }))
}

// ofEach is what a query does with each element of its input if it begins with .[], and sees the
// input nowhere else: f of .[] | f, or .name of .[].name. It is nil for any other.
func ofEach(q *gojq.Query) *gojq.Query {
	switch {
	case q.Meta != nil || len(q.Imports) > 0:
		return nil
	case q.Term != nil && q.Term.Type == gojq.TermTypeIdentity && len(q.Term.SuffixList) > 0:
		iterated, rest := q.Term.SuffixList[0], q.Term.SuffixList[1:]
		if !iterated.Iter || len(rest) > 0 && rest[0].Optional {
			return nil
		}
		return &gojq.Query{FuncDefs: q.FuncDefs, Term: &gojq.Term{Type: gojq.TermTypeIdentity, SuffixList: rest}}
	case q.Op == gojq.OpPipe && len(q.Patterns) == 0: // with patterns, what follows sees the input
		if left := ofEach(q.Left); left != nil {
			return &gojq.Query{FuncDefs: q.FuncDefs, Left: left, Op: gojq.OpPipe, Right: q.Right}
		}
	}
	return nil
}

// locate adds the column to a syntax error. gojq counts in bytes, up to the end of the token that
// it did not expect.
func locate(expr string, err error) error {
	syntax, ok := errors.AsType[*gojq.ParseError](err)
	if !ok {
		return err
	}
	start := min(max(syntax.Offset-len(syntax.Token), 0), len(expr))
	column := utf8.RuneCountInString(expr[:start]) + 1
	if err.Error() == "unexpected EOF" {
		return fmt.Errorf("it ends too early, at column %d", column)
	}
	return fmt.Errorf("%w at column %d", err, column)
}

// errHalted is the end of a query that ends itself.
var errHalted = errors.New("halted")

// run calls emit for each value that code makes of the input, until one fails or ctx is done.
func (q *Query) run(ctx context.Context, code *gojq.Code, input any, emit func(any) error) error {
	results := code.RunWithContext(ctx, input)
	for {
		value, ok := results.Next()
		if !ok {
			return nil
		}
		if err, failed := value.(error); failed {
			return q.failure(ctx, err)
		}
		if err := emit(value); err != nil {
			return err
		}
	}
}

// failure finds out what an error of the running query means: the caller's cancellation, an
// ordinary end, or a fault.
func (q *Query) failure(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if halt, ok := errors.AsType[*gojq.HaltError](err); ok && halt.Value() == nil {
		return errHalted
	}
	return &QueryError{q.expr, err}
}
