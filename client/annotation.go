package client

import (
	"net/http"
	"strings"
	"time"
)

// Annotation makes a fetch leave a deployment record: the six headers of Inedo
// docs, proget/packages/package-deployment. The first three are required.
type Annotation struct {
	Application string
	Description string
	Target      string
	URL         string    // absolute http or https URL
	UserName    string    // without it the server takes the authenticated user
	Date        time.Time // zero lets the server take its own clock
}

// headers gives each value that is there under its name as documented.
func (a Annotation) headers() []Property {
	date := ""
	if !a.Date.IsZero() {
		date = a.Date.UTC().Format(DateLayout)
	}
	all := []Property{
		{"Application", a.Application}, {"Description", a.Description}, {"Target", a.Target},
		{"Url", a.URL}, {"UserName", a.UserName}, {"Date", date},
	}
	given := all[:0]
	for _, p := range all {
		if p.Value != "" {
			given = append(given, Property{deploymentHeaderPrefix + p.Name, p.Value})
		}
	}
	return given
}

// Headers returns the headers of a, in the documentation's order. It is an
// error for a required one to be empty or for a value to hold a control
// character.
func (a Annotation) Headers() ([]Property, error) {
	if a.Application == "" || a.Description == "" || a.Target == "" {
		return nil, usageError("application, description and target are required for a deployment record")
	}
	for _, p := range a.headers() {
		if strings.ContainsFunc(p.Value, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
			return nil, usageError("the value of %s holds a control character or a line break", p.Name)
		}
	}
	return a.headers(), nil
}

// annotate puts a's headers on h, spelt as documented.
func (a Annotation) annotate(h http.Header) {
	for _, p := range a.headers() {
		h[p.Name] = []string{p.Value}
	}
}
