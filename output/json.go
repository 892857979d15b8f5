package output

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
)

// arrayWriter makes one indented JSON array. It keeps the text to the end, because a program that reads half an array
// may take it for the whole. A single item stands there without the brackets.
type arrayWriter[T any] struct {
	out     *bufio.Writer
	options Options
	view    View[T]
	encoder *encoder
	text    bytes.Buffer
}

func newArrayWriter[T any](out *bufio.Writer, o Options, v View[T]) *arrayWriter[T] {
	return &arrayWriter[T]{out: out, options: o, view: v, encoder: newEncoder()}
}

func (w *arrayWriter[T]) Write(item T) error {
	if w.view.Single {
		return w.add(item, "")
	}
	if w.text.Len() > 0 {
		w.text.WriteByte(',')
	}
	w.text.WriteString("\n  ")
	return w.add(item, "  ")
}

// add appends an item; all its lines but the first begin with the margin.
func (w *arrayWriter[T]) add(item T, margin string) error {
	text, err := w.encoder.encode(w.view.element(item))
	if err != nil {
		return err
	}
	if w.options.Terminal {
		text = escapeHidden(text)
	}
	if err := json.Indent(&w.text, bytes.TrimSuffix(text, []byte("\n")), margin, "  "); err != nil {
		return fmt.Errorf("encode the result as json: %w", err)
	}
	return nil
}

func (w *arrayWriter[T]) Flush() error { return nil }

func (w *arrayWriter[T]) Close() error {
	open, end := "[", "]\n"
	if w.view.Single {
		open, end = "", ""
	}
	if w.text.Len() > 0 {
		w.text.WriteByte('\n')
	}
	w.text.WriteString(end)
	if _, err := w.out.WriteString(open); err != nil {
		return err
	}
	if _, err := w.text.WriteTo(w.out); err != nil {
		return err
	}
	return w.out.Flush()
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
