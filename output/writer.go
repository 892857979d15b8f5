package output

import (
	"bufio"
	"context"
	"io"
)

// bufferSize is the number of bytes that are collected before they are passed on: few system calls
// at hundreds of thousands of lines a second.
const bufferSize = 64 << 10

// Column is one column of a table, of markdown or of csv.
type Column[T any] struct {
	Header string         // shown as given: upper case in tables, the JSON property's name in csv
	Cell   func(T) string // the text as the server sent it: it is cleaned, escaped and cut here
	Brief  func(T) string // a shorter text for a table on a terminal, such as a date without seconds; nil: as Cell
	Prose  bool           // people wrote the text: zero-width joiners that belong to it stay, see [CleanProse]
	Style  func(T) Style  // the cell's look in a table where colour is on; nil: Plain

	// The following is for tables on a terminal; a pipe and [Wide] have every column, whole.

	Show   Show   // when the column is there
	Shrink Shrink // whether, when and how its cells are cut to fit the terminal
	Spare  uint8  // above 0: left out when there is too little space, the highest first
	Least  uint8  // columns below which it is not cut
}

// Shrink says whether, and when, the cells of a column are cut where a line is too long for the
// terminal.
type Shrink uint8

// The order in which columns give up width, the last of these first.
const (
	ShrinkNever Shrink = iota
	ShrinkLast         // what a row is about: a package, a version, a target; cut in the middle
	ShrinkDate         // a date and time, which gives up its time of day
	ShrinkLate         // other names: feeds, users; cut in the middle, too
	ShrinkEarly        // free text
)

// Show says when a table on a terminal has a column.
type Show uint8

// A column that is empty in every row is always left out.
const (
	ShowFilled Show = iota
	ShowVaried      // unless every row has the same text
	ShowWide        // never: it is in pipes and in [Wide] only
)

// View is how the items of one command are shown. T is best a pointer, because all pointers
// share the same compiled code, while each other type adds 16 KB of its own to the program.
type View[T any] struct {
	Columns []Column[T] // of table in a pipe, and of markdown
	Screen  []Column[T] // of table on a terminal, and of wide; nil: as Columns
	CSV     []Column[T] // of csv; nil: as Columns

	// Empty is the sentence that is on a terminal instead of a table without rows; "" is "No
	// results.".
	Empty string

	// Row gives the rows of an item one by one, from 0, and false behind the last, for table,
	// markdown, csv and ndjson, where one element of the JSON array is more than one of them. Nil:
	// the item is its own one row.
	Row func(item T, i int) (row T, ok bool)

	// JSON gives the element of the JSON array; nil: the item. It goes through encoding/json,
	// unless it has a method AppendJSON([]byte) []byte: then that one is called instead, and must
	// append one valid compact JSON value.
	JSON func(T) any
	// Line gives the ndjson object of a row, by the same rule. Nil: as JSON.
	Line func(T) any
	// Single says that the result is one item: its JSON is the element itself, not an array of it,
	// in a filter too.
	Single bool
}

// Options is how a result is written, alike for all commands.
type Options struct {
	Format Format
	// Query is the filter of --jq, nil for none. In ndjson it runs on each object as it comes; in
	// any other format on the whole array, which is then in memory (at most 64 MiB of JSON; but see
	// Complete), and the result is what the filter prints.
	Query *Query
	// Context ends a filter that does not end by itself. Nil: it runs on.
	Context context.Context
	// Terminal says that a person reads the stream: everything is cleaned, ndjson is passed on line
	// by line, and tables leave out and cut what does not fit into Width columns (0: unknown,
	// nothing is cut).
	Terminal bool
	Width    int
	Color    bool // see [ColorEnabled]
	// Complete says that all items are known, or on this machine, when the first is written: then
	// json passes them on one by one, and so does a filter that begins with .[] and looks at each
	// of them.
	Complete bool
	// MostHeld is the number of bytes that json and table may keep until Close, 0 for no limit.
	// Beyond it Write returns a *[SizeError].
	MostHeld int
	// Disarm is what else is done to the cells of a table after [Clean], and to the lines of a raw
	// string on a terminal, so that whatever reads a log obeys nothing in them; nil for nothing.
	Disarm func(string) string
}

// Writer takes the items of a result one by one. It is for one goroutine.
//
// Every method returns the first error of the stream below (a full disk, or a closed pipe:
// [IsClosedPipe]), of the encoding, of a size (*[SizeError]), or of the filter (*[QueryError], or
// the context's error). After an error the writer is of no further use.
type Writer[T any] interface {
	// Write adds an item. Ndjson, csv and markdown pass it on through a buffer of 64 KiB, in
	// constant memory, and so do json and many filters if Options.Complete is set; else json, table
	// and filters keep it until Close.
	Write(item T) error
	// Flush passes on what is buffered, for results that arrive slowly. It does nothing in json and
	// table.
	Flush() error
	// Close completes the result and passes everything on. Without it json and table print nothing
	// at all (but json with Options.Complete), so a result that failed half-way is not to be
	// closed. The stream below stays open.
	Close() error
}

// New returns the writer of a result on w in the format and manner of o. The zero Format is a
// table.
func New[T any](w io.Writer, o Options, v View[T]) Writer[T] {
	t := &typedWriter[T]{row: v.Row}
	t.rows = newWriter(bufio.NewWriterSize(w, bufferSize), o, v.shape(&t.current))
	if t.rows.takesItems() {
		t.row = nil
	}
	return t
}

// writer makes one format of a result, whatever the items are.
type writer interface {
	writeCurrent() error // adds the current row, or the current item if takesItems
	takesItems() bool
	Flush() error
	Close() error
}

func newWriter(out *bufio.Writer, o Options, s shape) writer {
	switch {
	case o.Format == NDJSON, s.single && o.Query != nil:
		return newLineWriter(out, o, s)
	case o.Query != nil && o.Complete && o.Query.each != nil:
		return newEachWriter(out, o, s)
	case o.Query != nil:
		return newFilterWriter(out, o, s)
	case o.Format == JSON:
		return newArrayWriter(out, o, s)
	case o.Format == CSV:
		return newCSVWriter(out, o, s)
	case o.Format == Markdown:
		return newMarkdownWriter(out, s)
	default:
		return newTableWriter(out, o, s)
	}
}
