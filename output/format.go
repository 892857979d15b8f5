package output

// Format is the shape of a result on stdout, the value of the flag --output.
type Format string

// The formats. JSON is one array, complete or nothing; NDJSON is one object a line; CSV has a
// header line of property names; Table, Wide and Markdown are for people. Wide is the table of a
// terminal with every column and nothing cut, the same in a pipe.
const (
	Table    Format = "table"
	Wide     Format = "wide"
	JSON     Format = "json"
	NDJSON   Format = "ndjson"
	CSV      Format = "csv"
	Markdown Format = "markdown"
)

// Formats returns the names of the formats, the default first.
func Formats() []string {
	return []string{string(Table), string(Wide), string(JSON), string(NDJSON), string(CSV), string(Markdown)}
}

// ForPeople reports whether the format is a table: a command may say a result of one line as a
// sentence instead.
func (f Format) ForPeople() bool { return f == "" || f == Table || f == Wide }
