package commands

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/output"
)

// plan shows what would be sent and sends nothing.
func (c *call) plan(s *server, p *recordPlan, drafts draftSequence) error {
	var ids ledger.IDs
	w := newResult(c, deploymentView())
	for d, err := range drafts {
		if err != nil {
			return err
		}
		if c.forPerson() {
			plan := s.Deployments.Plan(delivery.Dated(d.Record, d.MadeAt), p.encoding)
			err = c.print(origins(s, d) + s.curl(plan, c.curlTLS) + "\n")
		} else {
			err = w.Write(delivery.NewEntry(&ids, s.BaseURL(), d.Item, ledger.Planned, c.env.Now()))
		}
		if err != nil {
			return err
		}
	}
	if c.forPerson() {
		return nil
	}
	return w.Close()
}

// origins are the comment lines that say where each value came from. Values
// are JSON-quoted, so that none can end its comment.
func origins(s *server, d draft) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# server: %s (%s)\n", quote(s.BaseURL()), s.addressFrom)
	sent, own := delivery.Dated(d.Record, d.MadeAt), delivery.Dated(d.own, d.MadeAt)
	inFile := own.Properties()
	for i, p := range sent.Properties() {
		from := d.from[p.Name]
		if *inFile[i].Value != "" {
			from = "--input-file"
		}
		if *p.Value != "" {
			fmt.Fprintf(&b, "# %s: %s (%s)\n", p.Name, quote(*p.Value), from)
		}
	}
	return b.String()
}

// print writes text as it is to the result.
func (c *call) print(text string) error {
	_, err := io.WriteString(c.env.Stdout, text)
	return err
}

func quote(s string) string {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // text always encodes, and a buffer always takes
	// encoding/json leaves DEL and the C1 and bidi controls as they are.
	return output.Clean(strings.TrimSuffix(text.String(), "\n"))
}

// curl writes a request as a command for a POSIX shell, the credentials as
// variables; options are further ones of curl.
func (s *server) curl(plan client.Plan, options []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "curl --fail-with-body -X %s ", plan.Method)
	switch s.travels {
	case travelsQuery:
		fmt.Fprintf(&b, `%s"?key=$PROGET_API_KEY"`, shellQuote(plan.URL))
	case travelsBasic:
		fmt.Fprintf(&b, `%s -u "api:$PROGET_API_KEY"`, shellQuote(plan.URL))
	case travelsUser:
		fmt.Fprintf(&b, `%s -u "$PROGET_USERNAME:$PROGET_PASSWORD"`, shellQuote(plan.URL))
	case travelsHeader:
		fmt.Fprintf(&b, `%s -H "X-ApiKey: $PROGET_API_KEY"`, shellQuote(plan.URL))
	default:
		b.WriteString(shellQuote(plan.URL))
	}
	for _, option := range options {
		b.WriteString(" " + option)
	}
	for _, name := range slices.Sorted(maps.Keys(plan.Header)) {
		if name != "Accept" {
			fmt.Fprintf(&b, " -H %s", shellQuote(name+": "+plan.Header.Get(name)))
		}
	}
	if plan.Body != nil {
		fmt.Fprintf(&b, " --data-binary %s", shellQuote(string(plan.Body)))
	}
	return b.String()
}

// shellQuote quotes for a POSIX shell.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
