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
		tablewriter.WithEastAsian(false))
	drawn.Header(t.columns.texts(t.columns.header()))
	for row := range t.rows.all() {
		if err := drawn.Append(t.columns.texts(row)); err != nil {
			return fmt.Errorf("draw the table: %w", err)
		}
	}
	if err := drawn.Render(); err != nil {
		return fmt.Errorf("draw the table: %w", err)
	}
	return nil
}

// texts returns a row as it is shown. The slice is a new one each time: tablewriter keeps it. The
// cells are filled up here, because tablewriter puts a stray reset behind the spaces that it adds
// to a coloured cell.
func (all columns) texts(row []cell) []string {
	texts := make([]string, 0, len(row))
	for i, c := range row {
		if !all[i].hidden {
			texts = append(texts, string(all[i].appendCell(nil, c)))
		}
	}
	return texts
}

// writePlain writes the table to w with the same look as draw, in constant memory.
func (t *table) writePlain(w *trimmer) error {
	line := t.columns.appendLine(nil, t.columns.header())
	_, err := w.Write(line)
	for row := range t.rows.all() {
		if err != nil {
			break
		}
		line = t.columns.appendLine(line[:0], row)
		_, err = w.Write(line)
	}
	return err
}

func (all columns) appendLine(line []byte, row []cell) []byte {
	for i, c := range row {
		if !all[i].hidden {
			line = all[i].appendCell(line, c)
		}
	}
	return append(line, '\n')
}

// appendCell appends a cell as it is shown: cut where its column was shrunk, in its style, and
// filled up with spaces to the width of the column and the gap behind it.
func (c *tableColumn) appendCell(line []byte, shown cell) []byte {
	if c.shrink != ShrinkNever && shown.width > c.width {
		text := shorten(string(shown.text), c.width, c.shrink)
		shown.text, shown.width = []byte(text), textWidth(text)
	}
	return appendSpaces(shown.style.append(line, shown.text), max(c.width-shown.width, 0)+gap)
}

// header returns the names of the columns.
func (all columns) header() []cell {
	names := make([]cell, len(all))
	for i, c := range all {
		names[i] = c.header
	}
	return names
}

// trimmer takes the spaces off the end of each line. tablewriter ignores the errors of Write: out
// keeps the first one for Flush.
type trimmer struct {
	out     *bufio.Writer
	pending int    // spaces that were held back: they count only if more text follows
	trimmed []byte // what is passed on of the part being written
}

// Write takes any part of the text.
func (t *trimmer) Write(part []byte) (int, error) {
	t.trimmed = t.trimmed[:0]
	for line := range bytes.Lines(part) {
		t.add(line)
	}
	_, err := t.out.Write(t.trimmed)
	return len(part), err
}

// add takes a line or a piece of one.
func (t *trimmer) add(line []byte) {
	content, ended := bytes.CutSuffix(line, []byte("\n"))
	text := bytes.TrimRight(content, " ")
	if len(text) > 0 {
		t.trimmed = append(appendSpaces(t.trimmed, t.pending), text...)
		t.pending = 0
	}
	t.pending += len(content) - len(text)
	if ended {
		t.trimmed = append(t.trimmed, '\n')
		t.pending = 0
	}
}

func appendSpaces(b []byte, n int) []byte {
	for range n {
		b = append(b, ' ')
	}
	return b
}
