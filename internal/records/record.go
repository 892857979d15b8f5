// Package records reads deployment records from files that people, spreadsheets and scripts write: JSON, NDJSON and CSV,
// in UTF-8 or UTF-16. It tells the format from the content, reads one record at a time in constant memory, and names
// every problem with its place instead of stopping at the first.
//
// It checks the shape of a record (known properties, text values), not its sense: whether a required property is there
// or a date can be read is for the caller, who alone knows what flags and environment fill in.
package records

import (
	"iter"
	"strings"

	"github.com/progetctl/progetctl/internal/jsontext"
)

// Record is one deployment in the words of ProGet's API. An empty string means "not given": such a property is neither
// sent nor printed. Source: Inedo docs, proget/packages/package-deployment.
type Record struct {
	Application string `json:"Application,omitempty"` // what was deployed, or what deployed it
	Description string `json:"Description,omitempty"` // free text
	Target      string `json:"Target,omitempty"`      // the server or environment that now runs the package
	FeedName    string `json:"FeedName,omitempty"`
	PackageName string `json:"PackageName,omitempty"` // without its group
	Version     string `json:"Version,omitempty"`
	GroupName   string `json:"GroupName,omitempty"` // npm scope, Maven group id, universal package's group
	UserName    string `json:"UserName,omitempty"`  // who deployed; the server's authenticated user where empty
	Url         string `json:"Url,omitempty"`       // the API's own spelling
	Date        string `json:"Date,omitempty"`      // ISO 8601; the server's clock where empty
}

// Properties lists the ten property names in the order in which they are documented and printed.
func Properties() []string {
	names := propertyNames()
	return names[:]
}

func propertyNames() [10]string {
	return [10]string{
		"Application", "Description", "Target", "FeedName", "PackageName",
		"Version", "GroupName", "UserName", "Url", "Date",
	}
}

// Values returns the ten values in the order of [Properties], the empty string where one was not given.
func (r Record) Values() []string {
	values := make([]string, 0, 10)
	for _, value := range r.All() {
		values = append(values, value)
	}
	return values
}

// All yields the ten names and values in the order of [Properties].
func (r Record) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		names := propertyNames()
		for i, field := range r.fields() {
			if !yield(names[i], *field) {
				return
			}
		}
	}
}

// Fill returns the record with the values of defaults where it has none of its own.
func (r Record) Fill(defaults Record) Record {
	from := defaults.fields()
	for i, field := range r.fields() {
		if *field == "" {
			*field = *from[i]
		}
	}
	return r
}

// AppendJSON appends what encoding/json would write without escaping HTML.
func (r Record) AppendJSON(b []byte) []byte {
	b = append(b, '{')
	for name, value := range r.All() {
		if value != "" {
			b = jsontext.AppendProperty(b, name, value)
		}
	}
	return append(b, '}')
}

// fields gives the ten values' places, in the order of Properties.
func (r *Record) fields() [10]*string {
	return [10]*string{
		&r.Application, &r.Description, &r.Target, &r.FeedName, &r.PackageName,
		&r.Version, &r.GroupName, &r.UserName, &r.Url, &r.Date,
	}
}

// property returns the place of a property in any letter case, or -1. People type "feedname" into spreadsheets, and
// PowerShell's cmdlets keep whatever case the script used.
func property(name string) int {
	for i, known := range propertyNames() {
		if strings.EqualFold(name, known) {
			return i
		}
	}
	return -1
}
