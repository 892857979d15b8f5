package cli

import (
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
		fmt.Fprintf(&b, " --data-binary %s", ShellQuote(string(shownBody(plan.Body))))
	}
	return b.String()
}

// shownBody is a body as it may be shown, which means the same to the server. A
// form has nothing that would need it: all of it is percent-encoded.
func shownBody(body []byte) []byte {
	if json.Valid(body) {
		return output.EscapeJSON(body)
	}
	return body
}

// ShellQuote quotes for a POSIX shell. What a terminal or a build system would act
// on is left to the shell's printf to write.
func ShellQuote(s string) string {
	text := strings.TrimRight(s, "\n") // $(…) drops them
	if Harmless(text) == text {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	var b strings.Builder
	b.WriteString(`"$(printf '`)
	for i := range len(text) {
		switch c := text[i]; {
		case c < ' ' || c > '~' || c == '\'' || c == '#' || c == '-' && i == 0 || c == ':' && strings.HasPrefix(text[i:], "::"):
			fmt.Fprintf(&b, `\%03o`, c)
		case c == '%' || c == '\\':
			b.Write([]byte{c, c})
		default:
			b.WriteByte(c)
		}
	}
	b.WriteString(`')"`)
	if trailing := s[len(text):]; trailing != "" {
		b.WriteString("'" + trailing + "'")
	}
	return b.String()
}

// Origin is a comment line of a dry run that says where a value came from. The
// value is JSON-quoted, so that it cannot end the comment.
func Origin(name, value, from string) string {
	return fmt.Sprintf("# %s: %s (%s)\n", name, output.Quote(value), Harmless(from))
}
