package output

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
)

// arrayWriter makes one indented JSON array. A program that reads half an array may take it for the whole, so items that
// arrive one by one are kept, as compact JSON, until the last of them has come. A single item stands there without the
// brackets.
type arrayWriter[T any] struct {
	out     *bufio.Writer
	options Options
	view    View[T]
	encoder *encoder
	kept    chunkStore   // lines of compact JSON
	text    bytes.Buffer // the item being written
	begun   bool
}

func newArrayWriter[T any](out *bufio.Writer, o Options, v View[T]) *arrayWriter[T] {
	return &arrayWriter[T]{out: out, options: o, view: v, encoder: newEncoder(), kept: chunkStore{most: o.MostHeld}}
}

func (w *arrayWriter[T]) Write(item T) error {
	line, err := w.encoder.encode(w.view.element(item))
	if err != nil {
		return err
	}
	if w.options.Complete {
		return w.writeItem(line)
	}
	return w.kept.add(line)
}

// writeItem writes an item, given as a line of compact JSON. All its lines but the first are indented by the margin.
func (w *arrayWriter[T]) writeItem(line []byte) error {
	if w.options.Terminal {
		line = escapeHidden(line)
	}
	w.text.Reset()
	margin := ""
	if !w.view.Single {
		margin = "  "
		w.text.WriteString(w.separator())
	}
	w.begun = true
	if err := json.Indent(&w.text, bytes.TrimSuffix(line, []byte("\n")), margin, "  "); err != nil {
		return fmt.Errorf("encode the result as json: %w", err)
	}
	_, err := w.text.WriteTo(w.out)
	return err
}

// separator is what stands in front of the next element of the array.
func (w *arrayWriter[T]) separator() string {
	if w.begun {
		return ",\n  "
	}
	return "[\n  "
}

func (w *arrayWriter[T]) Flush() error { return nil }

func (w *arrayWriter[T]) Close() error {
	for _, chunk := range w.kept.chunks {
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

// end is what stands behind the last item.
func (w *arrayWriter[T]) end() string {
	switch {
	case w.view.Single && w.begun:
		return "\n"
	case w.view.Single:
		return ""
	case w.begun:
		return "\n]\n"
	}
	return "[]\n"
}

// lineWriter makes ndjson: one compact object a line, each passed through the filter where there is one.
type lineWriter[T any] struct {
	out     *bufio.Writer
	options Options
	view    View[T]
	encoder *encoder
	filter  *printer
}

func newLineWriter[T any](out *bufio.Writer, o Options, v View[T]) *lineWriter[T] {
	return &lineWriter[T]{out: out, options: o, view: v, encoder: newEncoder(), filter: newPrinter(out, o)}
}

func (w *lineWriter[T]) Write(item T) error {
	if err := w.view.each(item, w.writeRow); err != nil {
		return err
	}
	if w.options.Terminal { // a person wants to see it now
		return w.out.Flush()
	}
	return nil
}

func (w *lineWriter[T]) writeRow(row T) error {
	text, err := w.encoder.encode(w.view.line(row))
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

func (w *lineWriter[T]) filterRow(text []byte) error {
	value, err := decode(text)
	if err != nil {
		return err
	}
	return w.filter.run(value)
}

func (w *lineWriter[T]) Flush() error { return w.out.Flush() }

func (w *lineWriter[T]) Close() error { return w.out.Flush() }
