package output

import (
	"bufio"
	"encoding/csv"
)

// csvWriter makes RFC 4180 lines, ended by a line feed. The data is exact in a pipe: a cell that a
// spreadsheet would take for a formula is not altered.
type csvWriter struct {
	csv     *csv.Writer
	columns []column
	clean   bool
	record  []string
}

func newCSVWriter(out *bufio.Writer, o Options, s shape) *csvWriter {
	w := &csvWriter{csv: csv.NewWriter(out), columns: s.csv, clean: o.Terminal}
	for _, c := range w.columns {
		w.record = append(w.record, c.header)
	}
	_ = w.csv.Write(w.record) // its only error is that of the stream, which comes again with Flush
	return w
}

func (w *csvWriter) takesItems() bool { return false }

func (w *csvWriter) writeCurrent() error {
	for i, c := range w.columns {
		w.record[i] = c.cell()
		if w.clean {
			w.record[i] = c.clean(w.record[i])
		}
	}
	return w.csv.Write(w.record)
}

func (w *csvWriter) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

func (w *csvWriter) Close() error { return w.Flush() }
