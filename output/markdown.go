package output

import (
	"bufio"
	"strings"
)

// markdownWriter makes a table of GitHub Flavored Markdown (GFM spec 0.29, section 4.10), as CI job summaries show it.
// Its columns are not aligned in the source, so that rows can be passed on as they come.
type markdownWriter[T any] struct {
	out    *bufio.Writer
	view   View[T]
	escape *strings.Replacer
	line   []byte // the row being made
}

func newMarkdownWriter[T any](out *bufio.Writer, v View[T]) *markdownWriter[T] {
	w := &markdownWriter[T]{out: out, view: v, escape: newMarkdownEscaper()}
	for _, c := range v.Columns {
		w.addCell(c.Header)
	}
	_ = w.endRow() // an error of the stream comes again with Flush
	w.line = append(w.line, strings.Repeat("| --- ", len(v.Columns))...)
	_ = w.endRow()
	return w
}

// newMarkdownEscaper returns what keeps the text of a cell text: no markup, no HTML, no end of the cell. GFM takes a
// backslash before any ASCII punctuation (section 2.4).
func newMarkdownEscaper() *strings.Replacer {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `\`, `\\`, "|", `\|`,
		"`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "$", `\$`)
}

func (w *markdownWriter[T]) Write(item T) error { return w.view.each(item, w.writeRow) }

func (w *markdownWriter[T]) writeRow(row T) error {
	for _, c := range w.view.Columns {
		w.addCell(c.Cell(row))
	}
	return w.endRow()
}

func (w *markdownWriter[T]) addCell(text string) {
	text = w.escape.Replace(Clean(text))
	for strings.Contains(text, "##") { // a build system may take it for an order
		text = strings.ReplaceAll(text, "##", `#\#`)
	}
	w.line = append(append(append(w.line, "| "...), text...), ' ')
}

func (w *markdownWriter[T]) endRow() error {
	_, err := w.out.Write(append(w.line, "|\n"...))
	w.line = w.line[:0]
	return err
}

func (w *markdownWriter[T]) Flush() error { return w.out.Flush() }

func (w *markdownWriter[T]) Close() error { return w.out.Flush() }
