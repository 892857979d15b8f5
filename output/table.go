package output

import (
	"bufio"
	"bytes"
)

// mostDrawn is the number of rows up to which tablewriter draws a table. Above, it would take 30 µs
// and 1 KB for each row, where writePlain takes a tenth of that (BenchmarkTable).
const mostDrawn = 200

// noRows is what a terminal shows for an empty result whose View has no sentence of its own.
const noRows = "No results."

// tableWriter keeps the rows until Close, when the widths of the columns are known.
type tableWriter struct {
	out     *bufio.Writer
	options Options
	columns []column
	fitted  bool   // a person's terminal: columns are left out, values shortened
	empty   string // instead of a table without rows; "": its header
	table   table
}

// table is what a table consists of once its cells are clean text.
type table struct {
	columns columns
	rows    rowStore
	total   int  // columns of the terminal, 0 for no limit
	plain   bool // there is a cell that tablewriter would not align
}

// columns are the columns of a table, also those that are not shown.
type columns []tableColumn

// tableColumn is a column of a table.
type tableColumn struct {
	header cell
	shrink Shrink
	show   Show
	spare  uint8
	least  int
	width  int    // of the widest cell; once the table is laid out, of the column as it is shown
	filled bool   // some cell has text
	varies bool   // some cell differs from the first
	first  []byte // text of the first cell, for ShowVaried
	hidden bool
}

func newTableWriter(out *bufio.Writer, o Options, s shape) *tableWriter {
	columns := s.columns
	if o.Terminal || o.Format == Wide {
		columns = s.screen
	}
	w := &tableWriter{out: out, options: o, columns: columns, fitted: o.Terminal && o.Format != Wide}
	w.table.rows.columns, w.table.rows.kept.most = len(columns), o.MostHeld
	if w.fitted {
		w.table.total = o.Width
	}
	if o.Terminal {
		w.empty = noRows
		if s.empty != "" {
			w.empty = s.empty
		}
	}
	for _, c := range columns {
		header := w.makeCell(c.header, Plain, Clean)
		if o.Color {
			header.style = Bold
		}
		column := tableColumn{header: header, width: header.width, show: c.show, spare: c.spare, least: c.least}
		if w.fitted {
			column.shrink = c.shrink
		}
		w.table.columns = append(w.table.columns, column)
	}
	return w
}

func (w *tableWriter) takesItems() bool { return false }

func (w *tableWriter) writeCurrent() error {
	for i, c := range w.columns {
		style, text := Plain, c.cell
		if w.options.Color && c.style != nil {
			style = c.style()
		}
		if w.fitted && c.brief != nil {
			text = c.brief
		}
		source := text()
		place, repeated := w.table.rows.repeat(i, source, style)
		if repeated {
			continue
		}
		made := w.makeCell(source, style, c.clean)
		w.table.note(&w.table.columns[i], made)
		w.table.rows.add(place, made)
	}
	return w.table.rows.end()
}

// makeCell cleans and measures a text.
func (w *tableWriter) makeCell(text string, style Style, clean func(string) string) cell {
	plain := isPlain(text)
	if !plain {
		text = clean(text)
	}
	if w.options.Disarm != nil {
		text = w.options.Disarm(text)
	}
	c := cell{text: []byte(text), width: len(text), style: style}
	if !plain && !isASCII(text) {
		if w.options.Terminal {
			text = detached(text)
			c.text = []byte(text)
		}
		c.width = textWidth(text)
		// tablewriter measures with another library, which disagrees on marks and halves of flags.
		w.table.plain = true
	}
	return c
}

// note takes the next cell of a column into account: its width, and whether the column says
// anything.
func (t *table) note(column *tableColumn, c cell) {
	if column.show == ShowVaried {
		if t.rows.rows == 0 {
			column.first = c.text
		}
		column.varies = column.varies || !bytes.Equal(column.first, c.text)
	}
	column.filled = column.filled || len(c.text) > 0
	if c.width > mostWide && column.shrink == ShrinkNever && t.total == 0 {
		t.plain = true
		return
	}
	column.width = max(column.width, c.width)
}

func (w *tableWriter) Flush() error { return nil }

func (w *tableWriter) Close() error {
	if err := w.write(&trimmer{out: w.out}); err != nil {
		return err
	}
	return w.out.Flush()
}

func (w *tableWriter) write(out *trimmer) error {
	t := &w.table
	if t.rows.rows == 0 && w.empty != "" {
		return writeSentence(out, w.empty, t.total)
	}
	if w.fitted {
		t.columns.leaveOut()
	}
	if !t.columns.layOut(t.total) && t.rows.rows > 0 {
		return t.writeStacked(out)
	}
	if t.plain || t.rows.rows > mostDrawn {
		return t.writePlain(out)
	}
	return t.draw(out)
}

// writeSentence writes text, wrapped to the terminal, which 0 columns do not limit.
func writeSentence(out *trimmer, text string, width int) error {
	if width <= 0 {
		width = len(text)
	}
	for line := range wrapped(text, width) {
		if _, err := out.Write(append([]byte(line), '\n')); err != nil {
			return err
		}
	}
	return nil
}
