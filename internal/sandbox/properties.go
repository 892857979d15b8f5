package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// properties are the named values of a request, keys in lower case: ProGet takes them in any.
type properties map[string]string

// readProperties collects the properties of a POST from the query string and from the body, which
// is a form or JSON (Inedo docs, proget/packages/package-deployment, prints all three). The body
// wins. The problem is the error message that the caller is answered with, empty if all is well;
// what could be read is returned beside it, so that a key in the query still counts.
func readProperties(r *http.Request) (given properties, problem string) {
	given = properties{}
	given.addValues(r.URL.Query())
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return given, "The request body could not be read."
	}
	if len(body) > maxBody {
		return given, fmt.Sprintf("The request body is larger than %d bytes.", maxBody)
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return given, ""
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return given, "The Content-Type header is missing or invalid."
	}
	switch kind {
	case "application/json", "text/json":
		return given, given.addJSON(body)
	case "application/x-www-form-urlencoded":
		return given, given.addForm(body)
	}
	return given, fmt.Sprintf("The content type %q is not supported.", kind)
}

// addValues takes the last of several values of one name.
func (p properties) addValues(values url.Values) {
	for name, all := range values {
		p[strings.ToLower(name)] = all[len(all)-1]
	}
}

// addForm accepts raw spaces, which PowerShell's -Body string sends and Inedo's own sample has.
func (p properties) addForm(body []byte) string {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return "The form in the request body is invalid."
	}
	p.addValues(values)
	return ""
}

// addJSON takes an object of strings; null means not given, anything else is refused by name.
func (p properties) addJSON(body []byte) string {
	var object map[string]any
	if err := json.Unmarshal(body, &object); err != nil || object == nil {
		return "The request body is not a valid JSON object."
	}
	for name, value := range object {
		switch text := value.(type) {
		case nil:
		case string:
			p[strings.ToLower(name)] = text
		default:
			return fmt.Sprintf("Invalid property %s: a string is expected.", name)
		}
	}
	return ""
}
