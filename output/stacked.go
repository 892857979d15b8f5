package output

// writeStacked writes each row as a block, one column a line after its header's name, empty cells
// left out. Nothing is cut: a long value goes on under its beginning, and no line is wider than the
// terminal.
func (t *table) writeStacked(w *trimmer) error {
	l := newStackedLayout(t.columns, t.total)
	var block []byte
	for row := range t.rows.all() {
		if block != nil {
			block = append(block[:0], '\n')
		}
		for i, c := range row {
			if column := t.columns[i]; !column.hidden && len(c.text) > 0 {
				block = l.appendValue(block, column.header, c)
			}
		}
		if _, err := w.Write(block); err != nil {
			return err
		}
	}
	return nil
}

// stackedLayout says where the names and values of a block stand.
type stackedLayout struct {
	width  int  // of the terminal
	indent int  // of the values
	under  bool // each value is under its name, because there is too little space beside it
}

func newStackedLayout(all columns, width int) stackedLayout {
	l := stackedLayout{width: width}
	for _, c := range all {
		if !c.hidden {
			l.indent = max(l.indent, c.header.width+gap)
		}
	}
	if l.width-l.indent < leastCut {
		l.indent, l.under = min(gap, l.width/2), true
	}
	return l
}

// appendValue appends the lines of one value.
func (l stackedLayout) appendValue(block []byte, name, value cell) []byte {
	if l.under {
		for line := range wrapped(string(name.text), l.width) {
			block = append(name.style.append(block, []byte(line)), '\n')
		}
	} else {
		block = appendSpaces(name.style.append(block, name.text), l.indent-name.width)
	}
	first := !l.under
	for line := range wrapped(string(value.text), l.width-l.indent) {
		if !first {
			block = appendSpaces(block, l.indent)
		}
		first = false
		block = append(value.style.append(block, []byte(line)), '\n')
	}
	return block
}
