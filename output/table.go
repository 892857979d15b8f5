package output

import (
	"bufio"
)

// mostDrawn is the number of rows up to which tablewriter draws a table. Above, it would take 30 µs and 1 KB
// for each row, where writePlain takes a tenth of that (BenchmarkTable).
const mostDrawn = 200

// tableWriter keeps the rows until Close, when the widths of the columns are known.
type tableWriter struct {
	out     *bufio.Writer
	options Options
	columns []column
	row     []cell // the row being made
	table   table
}

// table is what a table consists of once its cells are clean text.
type table struct {
	header []cell
	shrink []Shrink
	widths []int // of the columns, for nothing cut
	rows   rowStore
	total  int  // columns of the terminal, 0 for no limit
	plain  bool // there is a cell that tablewriter would not align
}

func newTableWriter(out *bufio.Writer, o Options, s shape) *tableWriter {
	w := &tableWriter{out: out, options: o, columns: s.columns, row: make([]cell, len(s.columns))}
	w.table.rows.columns, w.table.rows.kept.most = len(s.columns), o.MostHeld
	if o.Terminal {
		w.table.total = o.Width
	}
	w.table.widths = make([]int, len(s.columns))
	for i, c := range s.columns {
		header := w.makeCell(c.header, Plain)
		if o.Color {
			header.style = Bold
		}
		w.table.header = append(w.table.header, header)
		shrink := c.shrink
		if !o.Terminal {
			shrink = ShrinkNever
		}
		w.table.shrink = append(w.table.shrink, shrink)
		w.table.widen(i, header)
	}
	return w
}

func (w *tableWriter) takesItems() bool { return false }

func (w *tableWriter) writeCurrent() error {
	for i, c := range w.columns {
		style := Plain
		if w.options.Color && c.style != nil {
			style = c.style()
		}
		w.row[i] = w.makeCell(c.cell(), style)
		w.table.widen(i, w.row[i])
	}
	return w.table.rows.add(w.row)
}

// makeCell cleans and measures a text.
func (w *tableWriter) makeCell(text string, style Style) cell {
	text = Clean(text)
	if w.options.Disarm != nil {
		text = w.options.Disarm(text)
	}
	c := cell{text: []byte(text), width: len(text), style: style}
	if !isASCII(text) {
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

// widen makes room for c in a column.
func (t *table) widen(column int, c cell) {
	if c.width > mostWide && t.shrink[column] == ShrinkNever && t.total == 0 {
		t.plain = true
		return
	}
	t.widths[column] = max(t.widths[column], c.width)
}

func (w *tableWriter) Flush() error { return nil }

func (w *tableWriter) Close() error {
	t := &w.table
	t.widths = fit(t.widths, t.leastWidths(), t.shrink, t.total)
	write := t.write
	if t.rows.rows > 0 && t.tooWide() {
		write = t.writeStacked
	}
	if err := write(&trimmer{out: w.out}); err != nil {
		return err
	}
	return w.out.Flush()
}

func (t *table) write(w *trimmer) error {
	if t.plain || t.rows.rows > mostDrawn {
		return t.writePlain(w)
	}
	return t.draw(w)
}

// leastWidths returns how far each column may shrink.
func (t *table) leastWidths() []int {
	least := make([]int, len(t.header))
	for i, h := range t.header {
		least[i] = max(leastCut, h.width)
	}
	return least
}
