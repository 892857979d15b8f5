// Package records has the deployment record, with one table of its properties
// ([Record.Properties]), and reads records from files that people, spreadsheets and scripts write:
// JSON, NDJSON, CSV and lists of package URLs, in UTF-8 or UTF-16. It detects the format by the
// content, reads one record at a time in constant memory, and names every problem with its place
// instead of stopping at the first.
//
// It checks the shape of a record (known properties, text values), not its sense: whether a
// required property is given or a date can be read is checked by the caller, who has the values of
// flags and environment.
package records

import (
	"fmt"
	"strings"
	"time"

	"github.com/progetctl/progetctl/internal/jsontext"
)

// Record is one deployment in the words of ProGet's API. An empty string means "not given": such a
// property is neither sent nor printed. Source: Inedo docs, proget/packages/package-deployment.
type Record struct {
	Application string // what was deployed, or what deployed it
	Description string // free text
	Target      string // the server or environment that now runs the package
	FeedName    string
	PackageName string // without its group
	Version     string
	GroupName   string // npm scope, Maven group id, universal package's group
	UserName    string // who deployed; the server's authenticated user if empty
	URL         string // absolute http or https URL of the deployment
	Date        string // DateLayout once it was checked; the server's clock if empty
}

// DateLayout is how dates are sent in deployment records: UTC, whole seconds.
const DateLayout = "2006-01-02T15:04:05Z"

// DateProblem says why a deployment cannot have a date, which may be a day ahead of this machine's
// clock and no more: what is dated later would count as what its target runs until then.
func DateProblem(t time.Time, text string, now time.Time) error {
	switch {
	case t.Year() <= 1: // what .NET writes for a date that was never set
		return fmt.Errorf("%q is an unset date (year 1)", text)
	case t.After(now.Add(24 * time.Hour)):
		return fmt.Errorf("%q is more than a day in the future", text)
	}
	return nil
}

// Property is one property of a record.
type Property struct {
	Name     string // in the API's own spelling
	Column   string // of the ledger's table
	Required bool
	Header   bool // a header of an annotated fetch carries it; the others are in the fetch's URL
	Value    *string
}

// propertyCount is how many properties a record has.
const propertyCount = 10

// Properties are the properties of r, in the order in which they are documented and printed. This
// is the one place that lists them: what is read, sent, stored, checked and shown is made from it.
func (r *Record) Properties() [propertyCount]Property {
	return [...]Property{
		{"Application", "application", true, true, &r.Application},
		{"Description", "description", true, true, &r.Description},
		{"Target", "target", true, true, &r.Target},
		{"FeedName", "feed", true, false, &r.FeedName},
		{"PackageName", "package", true, false, &r.PackageName},
		{"Version", "version", true, false, &r.Version},
		{"GroupName", "grp", false, false, &r.GroupName},
		{"UserName", "user", false, true, &r.UserName},
		{"Url", "url", false, true, &r.URL},
		{"Date", "date", false, true, &r.Date},
	}
}

// Names lists the names of the properties, in the order of [Record.Properties].
func Names() []string {
	names := make([]string, 0, propertyCount)
	for _, p := range new(Record).Properties() {
		names = append(names, p.Name)
	}
	return names
}

// HeaderPrefix begins the name of each header that makes a fetch leave a record; the rest is the
// property's name.
const HeaderPrefix = "X-ProGet-Deployment-"

// Fill returns the record with the values of defaults if it has none of its own.
func (r Record) Fill(defaults Record) Record {
	from := defaults.Properties()
	for i, p := range r.Properties() {
		if *p.Value == "" {
			*p.Value = *from[i].Value
		}
	}
	return r
}

// AppendJSON appends what is sent to the API: an object of the values that are given, HTML not
// escaped.
func (r Record) AppendJSON(b []byte) []byte {
	b = append(b, '{')
	for _, p := range r.Properties() {
		if *p.Value != "" {
			b = jsontext.AppendProperty(b, p.Name, *p.Value)
		}
	}
	return append(b, '}')
}

// MarshalJSON is AppendJSON for encoding/json.
func (r Record) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

// find returns the place of a property in any letter case, or -1. People type "feedname" into
// spreadsheets, and PowerShell's cmdlets keep whatever case the script used.
func find(properties *[propertyCount]Property, name string) int {
	for i := range properties {
		if strings.EqualFold(name, properties[i].Name) {
			return i
		}
	}
	return -1
}
