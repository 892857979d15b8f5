package output

// typedWriter is all of a Writer that is compiled for each type of items: it holds the current one
// for the closures of a shape.
type typedWriter[T any] struct {
	rows    writer
	row     func(T, int) (T, bool) // see View.Row
	current T
}

func (t *typedWriter[T]) Flush() error { return t.rows.Flush() }

func (t *typedWriter[T]) Close() error { return t.rows.Close() }

func (t *typedWriter[T]) Write(item T) error {
	if t.row == nil {
		t.current = item
		return t.rows.writeCurrent()
	}
	for i := 0; ; i++ {
		row, ok := t.row(item, i)
		if !ok {
			return nil
		}
		t.current = row
		if err := t.rows.writeCurrent(); err != nil {
			return err
		}
	}
}

// shape is a View without its type: its functions speak of the current item or row.
type shape struct {
	columns []column // of a table in a pipe, and of markdown
	screen  []column // of a table on a terminal, and of wide
	csv     []column
	empty   string     // sentence for a person, instead of a table without rows
	element func() any // what stands for it in the JSON array
	line    func() any // what stands for it in ndjson
	single  bool
}

// column is a Column without its type.
type column struct {
	header string
	cell   func() string
	brief  func() string // on a terminal; nil: as cell
	clean  func(string) string
	shrink Shrink
	show   Show
	spare  uint8
	least  int
	style  func() Style // nil: Plain
}

func (v View[T]) shape(current *T) shape {
	s := shape{columns: columnsOf(v.Columns, current), single: v.Single, empty: v.Empty}
	s.csv, s.screen = s.columns, s.columns
	if v.Screen != nil {
		s.screen = columnsOf(v.Screen, current)
	}
	if v.CSV != nil {
		s.csv = columnsOf(v.CSV, current)
	}
	s.element = func() any { return *current }
	if v.JSON != nil {
		s.element = func() any { return v.JSON(*current) }
	}
	s.line = s.element
	if v.Line != nil {
		s.line = func() any { return v.Line(*current) }
	}
	return s
}

// ColumnsFor shows items in the columns of what is in them: of gives it.
func ColumnsFor[U, T any](columns []Column[T], of func(U) T) []Column[U] {
	all := make([]Column[U], len(columns))
	for i, c := range columns {
		all[i] = Column[U]{
			Header: c.Header, Cell: func(item U) string { return c.Cell(of(item)) }, Prose: c.Prose, Show: c.Show, Shrink: c.Shrink, Spare: c.Spare, Least: c.Least,
		}
		if c.Brief != nil {
			all[i].Brief = func(item U) string { return c.Brief(of(item)) }
		}
		if c.Style != nil {
			all[i].Style = func(item U) Style { return c.Style(of(item)) }
		}
	}
	return all
}

func columnsOf[T any](typed []Column[T], current *T) []column {
	columns := make([]column, len(typed))
	for i, c := range typed {
		columns[i] = column{
			header: c.Header, cell: func() string { return c.Cell(*current) }, clean: Clean,
			shrink: c.Shrink, show: c.Show, spare: c.Spare, least: int(c.Least),
		}
		if c.Brief != nil {
			columns[i].brief = func() string { return c.Brief(*current) }
		}
		if c.Prose {
			columns[i].clean = CleanProse
		}
		if c.Style != nil {
			columns[i].style = func() Style { return c.Style(*current) }
		}
	}
	return columns
}
