package commands

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/output"
)

// plan shows what would be sent and sends nothing.
func (c *call) plan(s *server, drafts []draft, encoding client.Encoding) error {
	var ids ledger.IDs
	if !c.forPerson() {
		var entries []ledger.Entry
		for _, d := range drafts {
			entries = append(entries, c.entry(&ids, s, d, ledger.Planned))
		}
		return writeAll(c, deploymentView(), entries...)
	}
	for _, d := range drafts {
		plan := s.Deployments.Plan(deployment(d.record), encoding)
		text := origins(s, d, plan) + curl(plan, s.keyFrom != "") + "\n"
		if _, err := fmt.Fprint(c.env.Stdout, text); err != nil {
			return err
		}
	}
	return nil
}

// origins are the comment lines that say where each value came from. Values
// are JSON-quoted, so that none can end its comment.
func origins(s *server, d draft, plan client.Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# server: %s (%s)\n", quote(s.BaseURL()), s.addressFrom)
	for _, p := range deployment(d.record).Properties() {
		from := d.from[p.Name]
		if from == "" {
			from = "default"
		}
		fmt.Fprintf(&b, "# %s: %s (%s)\n", p.Name, quote(p.Value), from)
	}
	return b.String()
}

func quote(s string) string {
	text, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	// encoding/json leaves DEL and the C1 and bidi controls as they are.
	return output.Clean(string(text))
}

// curl writes a request as a command for a POSIX shell, the key as a variable.
func curl(plan client.Plan, withKey bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "curl --fail-with-body -X %s %s", plan.Method, shellQuote(plan.URL))
	if withKey {
		b.WriteString(` -H "X-ApiKey: $PROGET_API_KEY"`)
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
