package output

import (
	"bufio"
	"bytes"
	"fmt"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"
)

// draw has tablewriter write the table to w: no borders, no lines, the cells as they are.
func (t *table) draw(w *trimmer) error {
	drawn := tablewriter.NewTable(w,
		tablewriter.WithRendition(tw.Rendition{Borders: tw.BorderNone,
			Settings: tw.Settings{Lines: tw.LinesNone, Separators: tw.SeparatorsNone}}),
		tablewriter.WithHeaderAlignment(tw.AlignLeft), tablewriter.WithRowAlignment(tw.AlignLeft),
		tablewriter.WithPadding(tw.Padding{Overwrite: true}),
		tablewriter.WithHeaderAutoFormat(tw.Off), tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone), tablewriter.WithTrimSpace(tw.Off),
		// Else the width of characters such as Ω hangs on LANG and TERM.
		tablewriter.WithEastAsian(tw.Off))
	drawn.Header(t.texts(t.header))
	for row := range t.rows.all() {
		if err := drawn.Append(t.texts(row)); err != nil {
			return fmt.Errorf("draw the table: %w", err)
		}
	}
	if err := drawn.Render(); err != nil {
		return fmt.Errorf("draw the table: %w", err)
	}
	return nil
}

// texts returns a row as it is shown. The slice is a new one each time: tablewriter keeps it. The cells are filled up
// here, because tablewriter puts a stray reset behind the blanks that it adds to a coloured cell.
func (t *table) texts(row []cell) []string {
	texts := make([]string, len(row))
	for i, c := range row {
		texts[i] = string(t.appendCell(nil, i, c))
	}
	return texts
}

// writePlain writes the table to w with the same look as draw, in constant memory.
func (t *table) writePlain(w *trimmer) {
	line := t.appendLine(nil, t.header)
	w.Write(line)
	for row := range t.rows.all() {
		line = t.appendLine(line[:0], row)
		w.Write(line)
	}
}

func (t *table) appendLine(line []byte, row []cell) []byte {
	for i, c := range row {
		line = t.appendCell(line, i, c)
	}
	return append(line, '\n')
}

// appendCell appends a cell as it is shown: cut where its column was shrunk, in its style, and filled up with blanks
// to the width of the column and the gap behind it.
func (t *table) appendCell(line []byte, column int, c cell) []byte {
	width := t.widths[column]
	if t.shrink[column] && c.width > width {
		text := cut(string(c.text), width)
		c.text, c.width = []byte(text), textWidth(text)
	}
	line = c.style.append(line, c.text)
	for range max(width-c.width, 0) + gap {
		line = append(line, ' ')
	}
	return line
}

// trimmer takes the blanks off the end of each line. Callers ignore its errors: out keeps the first one for Flush.
type trimmer struct {
	out     *bufio.Writer
	pending int // blanks that were held back
}

// Write takes any part of the text. It always takes all of it: tablewriter would not report an error anyway.
func (t *trimmer) Write(b []byte) (int, error) {
	for rest := b; len(rest) > 0; {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		text := bytes.TrimRight(line, " ")
		if len(text) > 0 {
			t.blanks(t.pending)
			t.out.Write(text)
			t.pending = 0
		}
		t.pending += len(line) - len(text)
		if ended {
			t.out.WriteByte('\n')
			t.pending = 0
		}
		rest = after
	}
	return len(b), nil
}

func (t *trimmer) blanks(n int) {
	for range n {
		t.out.WriteByte(' ')
	}
}
