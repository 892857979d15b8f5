package output

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/itchyny/gojq"
)

// decode reads one JSON value for a query. Numbers keep their text: 1.10, 1e400 and 20 digits stay
// what they are.
func decode(text []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("decode the result for jq: %w", err)
	}
	return value, nil
}

// printer runs a query and prints what comes out: strings raw, anything else as compact JSON, each
// with a line feed.
type printer struct {
	out      *bufio.Writer
	query    *Query
	ctx      context.Context
	terminal bool
	disarm   func(line string) string // nil for none
}

func newPrinter(out *bufio.Writer, o Options) *printer {
	return &printer{
		out: out, query: o.Query, ctx: cmp.Or(o.Context, context.Background()), terminal: o.Terminal, disarm: o.Disarm,
	}
}

// run prints the results of code, which is the query or what it does with each element, for one
// input. What came before an error is passed on, as jq does.
func (p *printer) run(code *gojq.Code, input any) error {
	err := p.query.run(p.ctx, code, input, p.print)
	if err != nil && !errors.Is(err, errHalted) {
		return cmp.Or(p.out.Flush(), err)
	}
	return err
}

func (p *printer) print(value any) error {
	text, err := p.format(value)
	if err != nil {
		return err
	}
	_, err = p.out.Write(append(text, '\n'))
	return err
}

// format returns a result as it is printed. Raw strings on a terminal keep their line breaks:
// whoever writes @tsv or join("\n") needs them.
func (p *printer) format(value any) ([]byte, error) {
	raw, isString := value.(string)
	switch {
	case isString && p.terminal:
		return []byte(p.shown(raw)), nil
	case isString:
		return []byte(raw), nil
	}
	text, err := gojq.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("encode the result of jq: %w", err)
	}
	if p.terminal {
		text = escapeHidden(text)
	}
	return escapeCommands(text), nil
}

// shown is a raw string as a terminal may have it. Some build systems run a job at one, and read
// what it shows.
func (p *printer) shown(raw string) string {
	raw = CleanLines(raw)
	if p.disarm == nil {
		return raw
	}
	lines := strings.Split(raw, "\n")
	for i, line := range lines {
		lines[i] = p.disarm(line)
	}
	return strings.Join(lines, "\n")
}

// mostFiltered is the size, as compact JSON, of an array that a query runs on. Decoded, it takes
// about 6 times that.
const mostFiltered = 64 << 20

// SizeError is a result that does not fit into memory.
type SizeError struct {
	Limit    int  // in bytes
	Filtered bool // by a query, which has to have the whole
}

// Error says how much fits.
func (e *SizeError) Error() string {
	if e.Filtered {
		return fmt.Sprintf("the result is too large to run jq on all of it (more than %s of JSON)", FormatBytes(int64(e.Limit)))
	}
	return fmt.Sprintf("the result is too large to keep until it is complete (more than %s)", FormatBytes(int64(e.Limit)))
}

// filterWriter keeps all items, as compact JSON, and runs the query at the end on the array of
// them.
type filterWriter struct {
	shape   shape
	encoder *encoder
	printer *printer
	kept    chunkStore // lines of compact JSON
}

func newFilterWriter(out *bufio.Writer, o Options, s shape) *filterWriter {
	return &filterWriter{shape: s, encoder: newEncoder(), printer: newPrinter(out, o), kept: chunkStore{most: mostFiltered}}
}

func (w *filterWriter) takesItems() bool { return true }

func (w *filterWriter) writeCurrent() error {
	text, err := w.encoder.encode(w.shape.element())
	if err != nil {
		return err
	}
	if w.kept.add(text) != nil {
		return &SizeError{Limit: w.kept.most, Filtered: true}
	}
	return nil
}

func (w *filterWriter) Flush() error { return nil }

func (w *filterWriter) Close() error {
	items := []any{}
	for chunk := range w.kept.all() {
		for line := range bytes.Lines(chunk) {
			value, err := decode(line)
			if err != nil {
				return err
			}
			items = append(items, value)
		}
	}
	if err := w.printer.run(w.printer.query.code, items); err != nil && !errors.Is(err, errHalted) {
		return err
	}
	return w.printer.out.Flush()
}

// eachWriter runs what a query does with each element of the array as the element comes, and prints
// what the query on the whole array would.
type eachWriter struct {
	shape   shape
	encoder *encoder
	printer *printer
	halted  bool
}

func newEachWriter(out *bufio.Writer, o Options, s shape) *eachWriter {
	return &eachWriter{shape: s, encoder: newEncoder(), printer: newPrinter(out, o)}
}

func (w *eachWriter) takesItems() bool { return true }

func (w *eachWriter) writeCurrent() error {
	if w.halted {
		return nil
	}
	text, err := w.encoder.encode(w.shape.element())
	if err != nil {
		return err
	}
	value, err := decode(text)
	if err != nil {
		return err
	}
	err = w.printer.run(w.printer.query.each, value)
	if w.halted = errors.Is(err, errHalted); w.halted {
		return nil
	}
	return err
}

func (w *eachWriter) Flush() error { return nil }

func (w *eachWriter) Close() error { return w.printer.out.Flush() }
