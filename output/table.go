package output

import (
	"bufio"
)

// mostDrawn is the number of rows up to which tablewriter draws a table. Above, it would take 30 µs and 1 KB
// for each row, where writePlain takes a tenth of that (BenchmarkTable).
const mostDrawn = 200

// tableWriter keeps the rows until Close, when the widths of the columns are known.
type tableWriter[T any] struct {
	out     *bufio.Writer
	options Options
	view    View[T]
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

func newTableWriter[T any](out *bufio.Writer, o Options, v View[T]) *tableWriter[T] {
	w := &tableWriter[T]{out: out, options: o, view: v, row: make([]cell, len(v.Columns))}
	w.table.rows.columns, w.table.rows.kept.most = len(v.Columns), o.MostHeld
	if o.Terminal {
		w.table.total = o.Width
	}
	w.table.widths = make([]int, len(v.Columns))
	for i, c := range v.Columns {
		header := w.makeCell(c.Header, Plain)
		if o.Color {
			header.style = Bold
		}
		w.table.header = append(w.table.header, header)
		shrink := c.Shrink
		if !o.Terminal {
			shrink = ShrinkNever
		}
		w.table.shrink = append(w.table.shrink, shrink)
		w.table.widen(i, header)
	}
	return w
}

func (w *tableWriter[T]) Write(item T) error { return w.view.each(item, w.writeRow) }

func (w *tableWriter[T]) writeRow(row T) error {
	for i, c := range w.view.Columns {
		style := Plain
		if w.options.Color && c.Style != nil {
			style = c.Style(row)
		}
		w.row[i] = w.makeCell(c.Cell(row), style)
		w.table.widen(i, w.row[i])
	}
	return w.table.rows.add(w.row)
}

// makeCell cleans and measures a text.
func (w *tableWriter[T]) makeCell(text string, style Style) cell {
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

func (w *tableWriter[T]) Flush() error { return nil }

func (w *tableWriter[T]) Close() error {
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
