package output

import (
	"bufio"
	"bytes"
	"errors"
)

// arrayWriter makes one indented JSON array. A program that reads half an array may take it for the
// whole, so items that arrive one by one are kept, as compact JSON, until the last of them has
// come. A single item is written without the brackets.
type arrayWriter struct {
	out     *bufio.Writer
	options Options
	shape   shape
	encoder *encoder
	kept    chunkStore // lines of compact JSON
	begun   bool
}

func newArrayWriter(out *bufio.Writer, o Options, s shape) *arrayWriter {
	return &arrayWriter{out: out, options: o, shape: s, encoder: newEncoder(), kept: chunkStore{most: o.MostHeld}}
}

func (w *arrayWriter) takesItems() bool { return true }

func (w *arrayWriter) writeCurrent() error {
	line, err := w.encoder.encode(w.shape.element())
	if err != nil {
		return err
	}
	if w.options.Complete {
		return w.writeItem(line)
	}
	return w.kept.add(line)
}

// writeItem writes an item, given as a line of compact JSON. All its lines but the first are
// indented by the margin.
func (w *arrayWriter) writeItem(line []byte) error {
	if w.options.Terminal {
		line = escapeHidden(line)
	}
	text, margin := w.out.AvailableBuffer(), ""
	if !w.shape.single {
		margin = "  "
		text = append(text, w.separator()...)
	}
	w.begun = true
	_, err := w.out.Write(appendIndented(text, bytes.TrimSuffix(line, []byte("\n")), margin))
	return err
}

// separator is what comes before the next element of the array.
func (w *arrayWriter) separator() string {
	if w.begun {
		return ",\n  "
	}
	return "[\n  "
}

func (w *arrayWriter) Flush() error { return nil }

func (w *arrayWriter) Close() error {
	for chunk := range w.kept.all() {
		for line := range bytes.Lines(chunk) {
			if err := w.writeItem(line); err != nil {
				return err
			}
		}
	}
	if _, err := w.out.WriteString(w.end()); err != nil {
		return err
	}
	return w.out.Flush()
}

// end is what comes after the last item.
func (w *arrayWriter) end() string {
	switch {
	case w.shape.single && w.begun:
		return "\n"
	case w.shape.single:
		return ""
	case w.begun:
		return "\n]\n"
	}
	return "[]\n"
}

// lineWriter makes ndjson: one compact object a line, each passed through the filter where there is
// one.
type lineWriter struct {
	out     *bufio.Writer
	options Options
	shape   shape
	encoder *encoder
	filter  *printer
}

func newLineWriter(out *bufio.Writer, o Options, s shape) *lineWriter {
	return &lineWriter{out: out, options: o, shape: s, encoder: newEncoder(), filter: newPrinter(out, o)}
}

func (w *lineWriter) takesItems() bool { return false }

func (w *lineWriter) writeCurrent() error {
	if err := w.writeRow(); err != nil {
		return err
	}
	if w.options.Terminal { // a person is waiting for it
		return w.out.Flush()
	}
	return nil
}

func (w *lineWriter) writeRow() error {
	text, err := w.encoder.encode(w.shape.line())
	if err != nil {
		return err
	}
	if w.options.Query != nil {
		return w.filterRow(text)
	}
	if w.options.Terminal {
		text = escapeHidden(text)
	}
	_, err = w.out.Write(text)
	return err
}

func (w *lineWriter) filterRow(text []byte) error {
	value, err := decode(text)
	if err != nil {
		return err
	}
	if err := w.filter.run(w.options.Query.code, value); !errors.Is(err, errHalted) {
		return err
	}
	return nil
}

func (w *lineWriter) Flush() error { return w.out.Flush() }

func (w *lineWriter) Close() error { return w.out.Flush() }
