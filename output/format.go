package output

import (
	"fmt"
	"slices"
	"strings"
)

// Format is the shape of a result on stdout, the value of the flag --output.
type Format string

// The formats. JSON is one array, complete or nothing; NDJSON is one object a line; CSV has a header line of
// property names; Table and Markdown are for people.
const (
	Table    Format = "table"
	JSON     Format = "json"
	NDJSON   Format = "ndjson"
	CSV      Format = "csv"
	Markdown Format = "markdown"
)

// Formats returns the names that [ParseFormat] takes, the default first.
func Formats() []string {
	return []string{string(Table), string(JSON), string(NDJSON), string(CSV), string(Markdown)}
}

// ParseFormat returns the format of that name, in lower case. The error for any other names the known ones.
func ParseFormat(s string) (Format, error) {
	if !slices.Contains(Formats(), s) {
		return "", fmt.Errorf("unknown format %q: known are %s", s, strings.Join(Formats(), ", "))
	}
	return Format(s), nil
}
