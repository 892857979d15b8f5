package client

import (
	"net/http"
	"strings"
)

// Annotation makes a fetch leave a deployment record. Application, Description and Target are
// required; URL, UserName and Date may be given; the other properties are in the fetch's URL and
// are not sent (Inedo docs, proget/packages/package-deployment).
type Annotation = Deployment

// Property is one name and value of a request, in the documentation's spelling.
type Property struct{ Name, Value string }

// deploymentHeaders gives each value of a that a header carries.
func deploymentHeaders(a Annotation) []Property {
	var given []Property
	for _, p := range a.Properties() {
		if p.Header && *p.Value != "" {
			given = append(given, Property{deploymentHeaderPrefix + p.Name, *p.Value})
		}
	}
	return given
}

// DeploymentHeaders returns the headers of a. It is an error for a required one to be empty or for
// a value to hold a control character.
func DeploymentHeaders(a Annotation) ([]Property, error) {
	for _, p := range a.Properties() {
		if p.Header && p.Required && *p.Value == "" {
			return nil, usageError("application, description and target are required for a deployment record")
		}
	}
	headers := deploymentHeaders(a)
	for _, h := range headers {
		if strings.ContainsFunc(h.Value, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 }) {
			return nil, usageError("the value of %s holds a control character or a line break", h.Name)
		}
	}
	return headers, nil
}

// annotate puts a's headers on h, spelt as documented.
func annotate(h http.Header, a Annotation) {
	for _, one := range deploymentHeaders(a) {
		h[one.Name] = []string{one.Value}
	}
}
