package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/output"
)

// Curl writes a request as a command for a POSIX shell, the credentials as
// variables.
func (s *Server) Curl(plan client.Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "curl --fail-with-body -X %s ", plan.Method)
	switch s.method {
	case authQuery:
		fmt.Fprintf(&b, `%s"?key=$PROGET_API_KEY"`, ShellQuote(plan.URL))
	case authBasic:
		fmt.Fprintf(&b, `%s -u "api:$PROGET_API_KEY"`, ShellQuote(plan.URL))
	case authUser:
		fmt.Fprintf(&b, `%s -u "$PROGET_USERNAME:$PROGET_PASSWORD"`, ShellQuote(plan.URL))
	case authHeader:
		fmt.Fprintf(&b, `%s -H "X-ApiKey: $PROGET_API_KEY"`, ShellQuote(plan.URL))
	default:
		b.WriteString(ShellQuote(plan.URL))
	}
	for _, option := range s.curlTLS {
		b.WriteString(" " + option)
	}
	for _, name := range slices.Sorted(maps.Keys(plan.Header)) {
		if name != "Accept" {
			fmt.Fprintf(&b, " -H %s", ShellQuote(name+": "+plan.Header.Get(name)))
		}
	}
	if plan.Body != nil {
		fmt.Fprintf(&b, " --data-binary %s", ShellQuote(string(plan.Body)))
	}
	return b.String()
}

// ShellQuote quotes for a POSIX shell.
func ShellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// Quoted is a value in a comment of a dry run: JSON-quoted, so that it cannot end
// the comment.
func Quoted(s string) string {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // text always encodes, and a buffer always takes
	// encoding/json leaves DEL and the C1 and bidi controls as they are.
	return output.Clean(strings.TrimSuffix(text.String(), "\n"))
}
