package output

import (
	"bufio"
	"encoding/csv"
)

// csvWriter makes RFC 4180 lines, ended by a line feed. The data is exact in a pipe: a cell that a spreadsheet would
// take for a formula is not altered.
type csvWriter[T any] struct {
	csv     *csv.Writer
	view    View[T]
	columns []Column[T]
	clean   bool
	record  []string
}

func newCSVWriter[T any](out *bufio.Writer, o Options, v View[T]) *csvWriter[T] {
	w := &csvWriter[T]{csv: csv.NewWriter(out), view: v, columns: v.CSV, clean: o.Terminal}
	if w.columns == nil {
		w.columns = v.Columns
	}
	for _, c := range w.columns {
		w.record = append(w.record, c.Header)
	}
	_ = w.csv.Write(w.record) // its only error is that of the stream, which comes again with Flush
	return w
}

func (w *csvWriter[T]) Write(item T) error { return w.view.each(item, w.writeRow) }

func (w *csvWriter[T]) writeRow(row T) error {
	for i, c := range w.columns {
		w.record[i] = c.Cell(row)
		if w.clean {
			w.record[i] = Clean(w.record[i])
		}
	}
	return w.csv.Write(w.record)
}

func (w *csvWriter[T]) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

func (w *csvWriter[T]) Close() error { return w.Flush() }
