package feed

import (
	"context"
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/shell"
	"github.com/progetctl/progetctl/output"
)

// dryRun shows the request that would be sent.
func dryRun(ctx context.Context, io *cli.IO, o getOptions, t target) error {
	url := o.server.Downloads.URL(t.content)
	var headers []client.Property
	if o.annotation != nil {
		var err error
		if headers, err = client.DeploymentHeaders(*o.annotation); err != nil {
			return err
		}
	}
	if !io.InWords() {
		return cli.WriteAll(ctx, io, plannedView(), &plannedFetch{URL: url, Headers: headerMap(headers), headers: headers})
	}
	if err := io.Print(o.origins.comments(o.server, headers)); err != nil {
		return err
	}
	if origin := o.ledger.Origin(ctx, io); origin != "" && o.annotation != nil {
		if err := io.Print(shell.POSIX.Comment(origin)); err != nil {
			return err
		}
	}
	// Not wrapped: it is the request as it is sent.
	if err := io.Print("GET " + cli.Harmless(url) + "\n"); err != nil {
		return err
	}
	for _, h := range headers {
		value := h.Value
		if cli.Harmless(value) != value { // as in the comment above: it is sent as it is
			value = output.Quote(value) + " (JSON-quoted)"
		}
		if err := io.Print(h.Name + ": " + cli.Harmless(value) + "\n"); err != nil {
			return err
		}
	}
	return nil
}

// plannedFetch is the result of feed get --dry-run.
type plannedFetch struct {
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	headers []client.Property
}

func plannedView() output.View[*plannedFetch] {
	type column = output.Column[*plannedFetch]
	return output.View[*plannedFetch]{Single: true, Columns: []column{
		{Header: "url", Cell: func(p *plannedFetch) string { return p.URL }},
		{Header: "headers", Cell: func(p *plannedFetch) string {
			var lines []string
			for _, h := range p.headers {
				lines = append(lines, fmt.Sprintf("%s: %s", h.Name, h.Value))
			}
			return strings.Join(lines, "\n")
		}},
	}}
}

func headerMap(headers []client.Property) map[string]string {
	m := map[string]string{}
	for _, h := range headers {
		m[h.Name] = h.Value
	}
	return m
}
