package output

import (
	"bufio"
	"strings"
)

// markdownWriter makes a table of GitHub Flavored Markdown (GFM spec 0.29, section 4.10), as CI job
// summaries show it. Its columns are not aligned in the source, so that rows can be passed on as
// they come.
type markdownWriter struct {
	out     *bufio.Writer
	columns []column
	escape  *strings.Replacer
	line    []byte // the row being made
}

func newMarkdownWriter(out *bufio.Writer, s shape) *markdownWriter {
	w := &markdownWriter{out: out, columns: s.columns, escape: newMarkdownEscaper()}
	for _, c := range s.columns {
		w.addCell(Clean(c.header))
	}
	_ = w.endRow() // an error of the stream comes again with Flush
	w.line = append(w.line, strings.Repeat("| --- ", len(s.columns))...)
	_ = w.endRow()
	return w
}

// newMarkdownEscaper returns what keeps the text of a cell text: no markup, no HTML, no end of the
// cell. GFM takes a backslash before any ASCII punctuation (section 2.4).
func newMarkdownEscaper() *strings.Replacer {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `\`, `\\`, "|", `\|`,
		"`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "$", `\$`)
}

func (w *markdownWriter) takesItems() bool { return false }

func (w *markdownWriter) writeCurrent() error {
	for _, c := range w.columns {
		w.addCell(c.clean(c.cell()))
	}
	return w.endRow()
}

// addCell adds clean text.
func (w *markdownWriter) addCell(text string) {
	text = w.escape.Replace(text)
	for strings.Contains(text, "##") { // a build system may take it for an order
		text = strings.ReplaceAll(text, "##", `#\#`)
	}
	w.line = append(append(append(w.line, "| "...), text...), ' ')
}

func (w *markdownWriter) endRow() error {
	_, err := w.out.Write(append(w.line, "|\n"...))
	w.line = w.line[:0]
	return err
}

func (w *markdownWriter) Flush() error { return w.out.Flush() }

func (w *markdownWriter) Close() error { return w.out.Flush() }
