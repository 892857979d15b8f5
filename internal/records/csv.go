package records

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// columns is where a CSV file's header puts things.
type columns struct {
	header     []string // as written
	properties []int    // for each column the place of its property, or -1 for one that is passed over
	// id, madeAt and status are the columns of this program's own output; -1 in any other.
	id, madeAt, status int
}

// table reads CSV (RFC 4180) with a header line; quoted cells may hold line breaks.
func (in *input) table() {
	r := csv.NewReader(in.buf)
	r.ReuseRecord = true
	r.FieldsPerRecord = -1 // counted here, for a message that says how many there are
	offset := in.line - 1
	head, err := r.Read()
	if err != nil {
		in.fail(in.cell(r, err, offset))
		return
	}
	cols, problems := readHeader(slices.Clone(head))
	if len(problems) > 0 {
		in.emit(linePlace(in.line), line{problems: problems})
		return
	}
	in.rows(r, cols, offset)
}

// rows reads what stands below the header.
func (in *input) rows(r *csv.Reader, cols columns, offset int) {
	for {
		in.src.next()
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

// cell gives a CSV error's place, at the line where its row begins, and its words without the package's own position.
func (in *input) cell(r *csv.Reader, err error, offset int) (string, error) {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return "", err
	}
	return linePlace(parse.StartLine + offset), fmt.Errorf("not CSV: %w", parse.Err)
}

// readHeader finds the ten properties. Columns of this program's own CSV output are passed over, but only in such
// output: it has a time and a status. Elsewhere a column called "id" is somebody's mistake.
func readHeader(header []string) (columns, []error) {
	cols := columns{header: header, id: -1, madeAt: -1, status: -1}
	var problems []error
	seen := map[string]int{}
	properties := new(Record).Properties()
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := seen[name]; twice {
			problems = append(problems, doubled(header[i]))
		}
		seen[name] = i
		cols.properties = append(cols.properties, find(&properties, name))
	}
	at, timed := seen["made_at"]
	status, settled := seen["status"]
	if timed && settled {
		cols.madeAt, cols.status = at, status
		if id, named := seen["id"]; named {
			cols.id = id
		}
	}
	for i, name := range header {
		lower := strings.ToLower(strings.TrimSpace(name))
		if cols.properties[i] < 0 && (cols.status < 0 || !slices.Contains(envelope()[1:], lower)) {
			problems = append(problems, unknown(name))
		}
	}
	return cols, problems
}

// repeated tells the header of a further file that was put behind the first. Excel begins each with a byte order mark.
func (c *columns) repeated(row []string) bool {
	return slices.EqualFunc(row, c.header, func(cell, name string) bool { return strings.TrimPrefix(cell, "\ufeff") == name })
}

// read reads one row.
func (c columns) read(row []string, o Options) line {
	if len(row) != len(c.header) {
		return line{problems: []error{fmt.Errorf("%d cells where the header has %d", len(row), len(c.header))}}
	}
	var l line
	if c.status >= 0 {
		id := ""
		if c.id >= 0 {
			id = row[c.id]
		}
		l = readHead(id, row[c.madeAt], row[c.status], o)
	}
	properties := l.Record.Properties()
	for i, place := range c.properties {
		if place >= 0 {
			*properties[place].Value = row[i]
		}
	}
	return l
}
