package sandbox

import (
	"context"
	"time"

	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
	fake "github.com/progetctl/progetctl/internal/sandbox"
)

// showRecorded prints the deployments that the server recorded.
func showRecorded(ctx context.Context, io *cli.IO, r *running) error {
	var ids ledger.IDs
	var entries []ledger.Entry
	for _, d := range r.Deployments() {
		entries = append(entries, entryOf(&ids, r.url, d))
	}
	if io.InWords() && len(entries) == 0 {
		return io.Say("The sandbox recorded no deployments.")
	}
	if io.InWords() {
		if err := io.Say("The sandbox recorded %s:", cli.Plural(len(entries), "deployment", "deployments")); err != nil {
			return err
		}
	}
	return cli.WriteAll(ctx, io, cli.DeploymentView(), entries...)
}

// entryOf shows what a server recorded in the shape of every deployment.
func entryOf(ids *ledger.IDs, url string, d fake.Deployment) ledger.Entry {
	return ledger.Entry{
		ID: ids.New(d.ReceivedAt), Server: url, MadeAt: d.Date.Truncate(time.Second), Via: ledger.Via(d.Via),
		Status: ledger.Recorded, Attempts: 1,
		Record: records.Record{
			Application: d.Application, Description: d.Description, Target: d.Target, FeedName: d.FeedName,
			PackageName: d.PackageName, Version: d.Version, GroupName: d.GroupName, UserName: d.UserName, URL: d.URL,
			Date: d.Date.Format(records.DateLayout),
		},
	}
}
