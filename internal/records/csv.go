package records

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// columns is where a CSV file's header puts things.
type columns struct {
	header     []string // without padding
	properties []int    // for each column the place of its property; passedOver or unnamed for others
	// id, madeAt and status are the columns of this program's own output; -1 in any other.
	id, madeAt, status int
	purl               int // column of package URLs; -1 without one
}

// What a column is that holds no property.
const (
	passedOver = -1 // of this program's own output
	unnamed    = -2 // spreadsheets write columns that were once in use
)

// table reads CSV (RFC 4180) with a header line; quoted cells may hold line breaks. Cells are
// separated by commas, semicolons (as Excel writes them where the comma is the decimal point) or
// tabs, which the header decides.
func (in *input) table() {
	first, comma, err := in.preamble()
	if err != nil {
		in.fail(linePlace(in.line), err)
		return
	}
	if comma == 0 {
		comma = separator(first)
	}
	offset := in.line - 1
	r := csv.NewReader(newCells(io.MultiReader(bytes.NewReader(first), in.buf), comma))
	r.Comma = comma
	r.ReuseRecord = true
	r.FieldsPerRecord = -1 // counted here, for a message that says how many there are
	head, err := r.Read()
	if errors.Is(err, io.EOF) { // only lines that come before a header, or what nobody sees
		in.fail("", ErrEmpty)
		return
	}
	if err != nil {
		in.fail(in.cell(r, err, offset))
		return
	}
	cols, problems := readHeader(head)
	if len(problems) > 0 {
		in.emit(linePlace(in.line), line{problems: problems})
		return
	}
	in.rows(r, cols, offset)
}

// preamble passes over the lines that Excel and Export-Csv write before the header, and returns the
// line after them; comma is the separator that a line "sep=;" gives, 0 without one.
func (in *input) preamble() (first []byte, comma rune, err error) {
	for {
		first, err = in.firstLine()
		if err != nil {
			return nil, 0, err
		}
		text := trim(string(first))
		given, ok := separatorLine(text)
		switch {
		case ok:
			comma = given
		case !isTypeLine(text):
			return first, comma, nil
		}
		if len(first) == 0 {
			return nil, comma, nil
		}
		in.line++
	}
}

// firstLine reads a line with its end, which may be a carriage return alone.
func (in *input) firstLine() (text []byte, err error) {
	for {
		b, err := in.buf.ReadByte()
		if errors.Is(err, io.EOF) {
			return text, nil
		}
		if err != nil {
			return nil, err
		}
		text = append(text, b)
		if b == '\n' {
			return text, nil
		}
		if b == '\r' {
			if next, _ := in.buf.Peek(1); len(next) == 0 || next[0] != '\n' {
				return text, nil
			}
		}
	}
}

// separatorLine reads a line such as "sep=;", with the separator for Excel.
func separatorLine(text string) (comma rune, ok bool) {
	text = strings.Trim(text, `"`)
	if len(text) < len("sep=") || !strings.EqualFold(text[:len("sep=")], "sep=") {
		return 0, false
	}
	switch value := text[len("sep="):]; {
	case value == "" || value == `\t`: // a tab was trimmed
		return '\t', true
	case len(value) == 1 && value != "\\" && value != "=":
		return rune(value[0]), true
	}
	return 0, false
}

// isTypeLine recognizes the line that Windows PowerShell's Export-Csv begins with.
func isTypeLine(text string) bool {
	text = strings.Trim(text, `"`)
	return strings.HasPrefix(text, "#TYPE ") || text == "#TYPE"
}

// separator is the one of comma, semicolon and tab by which a header has the most known names.
func separator(header []byte) rune {
	best, most := ',', 0
	properties := new(Record).Properties()
	for _, comma := range ",;\t" {
		known := 0
		for name := range strings.SplitSeq(string(header), string(comma)) {
			name = strings.Trim(trim(name), `"`)
			if name = trim(name); find(&properties, name) >= 0 || slices.Contains(envelope(), strings.ToLower(name)) {
				known++
			}
		}
		if known > most {
			best, most = comma, known
		}
	}
	return best
}

// rows reads what is below the header.
func (in *input) rows(r *csv.Reader, cols columns, offset int) {
	for {
		in.src.Next()
		row, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			if !in.fail(in.cell(r, err, offset)) || !errors.As(err, new(*csv.ParseError)) {
				return
			}
			continue
		case cols.repeated(row):
			continue
		}
		at, _ := r.FieldPos(0)
		if !in.emit(linePlace(at+offset), cols.read(row, in.options)) {
			return
		}
	}
}

// cell gives a CSV error's place, at the line where its row begins, and its words without the
// package's own position.
func (in *input) cell(r *csv.Reader, err error, offset int) (string, error) {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return "", err
	}
	return linePlace(parse.StartLine + offset), fmt.Errorf("not CSV: %s", quoteProblem(parse.Err))
}

// quoteProblem says in our words what is wrong with a row.
func quoteProblem(err error) string {
	switch {
	case errors.Is(err, csv.ErrBareQuote):
		return `a quote in an unquoted cell; quote the cell and double each quote in it`
	case errors.Is(err, csv.ErrQuote):
		return `unbalanced quotes in a cell; double each quote inside it`
	}
	return "the row cannot be read"
}

// readHeader finds the ten properties. Columns of this program's own CSV output are passed over,
// but only in such output: it has a time and a status. Elsewhere a column called "id" is somebody's
// mistake.
func readHeader(head []string) (columns, []error) {
	cols := columns{id: -1, madeAt: -1, status: -1, purl: -1}
	var problems []error
	seen := map[string]int{}
	properties := new(Record).Properties()
	for i, name := range head {
		name = cellText(name)
		cols.header = append(cols.header, name)
		lower := strings.ToLower(name)
		if name == "" {
			cols.properties = append(cols.properties, unnamed)
			continue
		}
		if _, twice := seen[lower]; twice {
			problems = append(problems, doubled(name))
		}
		seen[lower] = i
		cols.properties = append(cols.properties, find(&properties, name))
	}
	if purl, named := seen[purlName]; named {
		cols.purl = purl
	}
	at, timed := seen["made_at"]
	status, settled := seen["status"]
	if timed && settled {
		cols.madeAt, cols.status = at, status
		if id, named := seen["id"]; named {
			cols.id = id
		}
	}
	for i, name := range cols.header {
		if cols.properties[i] == passedOver && !isPURLName(name) && (cols.status < 0 || !slices.Contains(envelope()[1:], strings.ToLower(name))) {
			problems = append(problems, unknownColumn(name, len(head)))
		}
	}
	return cols, problems
}

// unknownColumn names a column that is not a property. A header of one column may be separated by
// something else.
func unknownColumn(name string, columns int) error {
	if err := unknown(name); columns > 1 || !strings.ContainsAny(name, "|:^~,;\t ") {
		return err
	}
	return fmt.Errorf("%w: the columns must be separated by commas, semicolons or tabs, or as a first line such as sep=| says", unknown(name))
}

// repeated recognizes the header of a further file that was put behind the first, and the lines
// that may come before it. Excel begins each file with a byte order mark.
func (c *columns) repeated(row []string) bool {
	if slices.EqualFunc(row, c.header, func(cell, name string) bool { return cellText(cell) == name }) {
		return true
	}
	if isTypeLine(trim(row[0])) {
		return true
	}
	_, ok := separatorLine(trim(strings.Join(row, "")))
	return ok && len(row) <= 2
}

// read reads one row.
func (c columns) read(row []string, o Options) line {
	if !slices.ContainsFunc(row, func(cell string) bool { return cellText(cell) != "" }) {
		return line{}
	}
	// A row may lack the cells of columns without a name, and have empty ones behind the last
	// column.
	less := len(row) < len(c.header) && slices.ContainsFunc(c.properties[len(row):], func(place int) bool { return place != unnamed })
	if more := slices.ContainsFunc(row[min(len(row), len(c.header)):], func(cell string) bool { return cellText(cell) != "" }); more || less {
		return line{problems: []error{fmt.Errorf("%d cells, but the header has %d", len(row), len(c.header))}}
	}
	text := cellText
	var l line
	if c.status >= 0 { // this program's own output, which is exact
		text = func(cell string) string { return cell }
		id := ""
		if c.id >= 0 {
			id = row[c.id]
		}
		l = readHead(id, row[c.madeAt], row[c.status], o)
	}
	properties := l.Record.Properties()
	for i, place := range c.properties[:min(len(row), len(c.properties))] {
		switch value := text(row[i]); {
		case place >= 0:
			*properties[place].Value = value
		case place == unnamed && value != "":
			l.problems = append(l.problems, fmt.Errorf("%s is in a column without a name", excerpt([]byte(value))))
		}
	}
	switch {
	case c.purl < 0 || c.purl >= len(row):
	case c.status >= 0 && l.Record.PackageName != "":
		l.takeType(row[c.purl])
	default:
		l.fillFromPURL(row[c.purl])
	}
	return l
}
