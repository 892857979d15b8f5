package commands

import (
	"strings"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
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
			err = c.print(origins(s, d) + s.Curl(plan) + "\n")
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
	b.WriteString(cli.Origin("server", s.BaseURL(), s.AddressFrom))
	sent, own := delivery.Dated(d.Record, d.MadeAt), delivery.Dated(d.own, d.MadeAt)
	inFile := own.Properties()
	for i, p := range sent.Properties() {
		from := d.from[p.Name]
		if *inFile[i].Value != "" {
			from = "--input-file"
		}
		if *p.Value != "" {
			b.WriteString(cli.Origin(p.Name, *p.Value, from))
		}
	}
	return b.String()
}
