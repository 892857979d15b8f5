package output

// tooWide reports whether a line of the table is wider than the terminal even
// with every column shrunk as far as it goes: wrapped lines cannot be read.
func (t *table) tooWide(width int) bool {
	line := gap * (len(t.widths) - 1)
	for _, w := range t.widths {
		line += w
	}
	return width > 0 && line > width
}

// writeStacked writes each row as a block, one column a line under its header's
// name, empty cells left out. Nothing is cut: a long value wraps by itself.
func (t *table) writeStacked(w *trimmer) error {
	label := 0
	for _, h := range t.header {
		label = max(label, h.width)
	}
	var block []byte
	for row := range t.rows.all() {
		if block != nil {
			block = append(block[:0], '\n')
		}
		for i, c := range row {
			if len(c.text) == 0 {
				continue
			}
			block = t.header[i].style.append(block, t.header[i].text)
			block = appendBlanks(block, label-t.header[i].width+gap)
			block = append(c.style.append(block, c.text), '\n')
		}
		if _, err := w.Write(block); err != nil {
			return err
		}
	}
	return nil
}
