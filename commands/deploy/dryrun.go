package deploy

import (
	"context"
	"runtime"
	"strings"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/shell"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
)

// dryRun shows what would be sent and sends nothing.
func dryRun(ctx context.Context, io *cli.IO, o recordOptions, drafts draftSequence) error {
	s := o.server
	maker := delivery.Maker{Server: s.BaseURL(), Host: io.Host(), Now: io.Now}
	named := ""
	if origin := o.ledger.Origin(ctx, io); origin != "" {
		named = o.shell.Comment(origin)
	}
	w := cli.NewResult(ctx, io, cli.DeploymentView())
	for d, err := range drafts {
		if err != nil {
			return err
		}
		if io.InWords() {
			plan := s.Deployments.Plan(delivery.Dated(d.Record, d.MadeAt), o.encoding)
			err = io.Print(origins(o.shell, s, d) + named + s.Curl(o.shell, runtime.GOOS, plan) + "\n")
		} else {
			err = w.Write(maker.Entry(d.Item, ledger.Planned))
		}
		if err != nil {
			return err
		}
	}
	if io.InWords() {
		return nil
	}
	return w.Close()
}

// origins are the comment lines that say where each value came from. Values are JSON-quoted, so
// that none can end its comment.
func origins(sh shell.Shell, s *cli.Server, d draft) string {
	var b strings.Builder
	b.WriteString(sh.Comment(cli.Origin("server", s.BaseURL(), s.AddressFrom)))
	sent, own := delivery.Dated(d.Record, d.MadeAt), delivery.Dated(d.own, d.MadeAt)
	inFile := own.Properties()
	for i, p := range sent.Properties() {
		from := d.from[p.Name]
		if *inFile[i].Value != "" {
			from = "--input-file"
		}
		if *p.Value != "" {
			b.WriteString(sh.Comment(cli.Origin(p.Name, *p.Value, from)))
		}
	}
	return b.String()
}
