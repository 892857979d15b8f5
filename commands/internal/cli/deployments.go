package cli

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
	"github.com/progetctl/progetctl/output"
)

// deploymentColumn is a column of a table of deployments.
type deploymentColumn = output.Column[ledger.Entry]

// DeploymentView shows the deployments of one run: they have the server and,
// nearly, the time in common.
func DeploymentView() output.View[ledger.Entry] {
	return output.View[ledger.Entry]{
		Columns: append(deploymentColumns(), deploymentColumn{Header: "ERROR", Cell: errorMessage, Shrink: output.ShrinkEarly}),
		CSV:     deploymentProperties(),
	}
}

// LedgerView shows the deployments of a ledger.
func LedgerView() output.View[ledger.Entry] {
	return output.View[ledger.Entry]{
		Columns: append(deploymentColumns(),
			deploymentColumn{Header: "SERVER", Cell: func(e ledger.Entry) string { return hostOf(e.Server) }, Shrink: output.ShrinkLate},
			deploymentColumn{Header: "MADE AT", Cell: madeAt},
			deploymentColumn{Header: "ID", Cell: func(e ledger.Entry) string { return e.ID }},
			deploymentColumn{Header: "ERROR", Cell: errorMessage, Shrink: output.ShrinkEarly}),
		CSV: deploymentProperties(),
	}
}

func deploymentColumns() []deploymentColumn {
	return []deploymentColumn{
		{Header: "STATUS", Cell: func(e ledger.Entry) string { return string(e.Status) }, Style: statusStyle},
		{Header: "PACKAGE", Cell: func(e ledger.Entry) string { return RecordedPackage(e.Record) }, Shrink: output.ShrinkLate},
		{Header: "VERSION", Cell: func(e ledger.Entry) string { return e.Record.Version }},
		{Header: "TARGET", Cell: func(e ledger.Entry) string { return e.Record.Target }, Shrink: output.ShrinkLate},
		{Header: "FEED", Cell: func(e ledger.Entry) string { return e.Record.FeedName }, Shrink: output.ShrinkLate},
	}
}

// deploymentProperties are the columns of CSV: the properties of the API, then
// ours.
func deploymentProperties() []deploymentColumn {
	var all []deploymentColumn
	for i, name := range records.Names() {
		all = append(all, deploymentColumn{Header: name, Cell: func(e ledger.Entry) string { return *e.Record.Properties()[i].Value }})
	}
	return append(all,
		deploymentColumn{Header: "id", Cell: func(e ledger.Entry) string { return e.ID }},
		deploymentColumn{Header: "server", Cell: func(e ledger.Entry) string { return e.Server }},
		deploymentColumn{Header: "made_at", Cell: madeAt},
		deploymentColumn{Header: "via", Cell: func(e ledger.Entry) string { return string(e.Via) }},
		deploymentColumn{Header: "status", Cell: func(e ledger.Entry) string { return string(e.Status) }},
		deploymentColumn{Header: "attempts", Cell: func(e ledger.Entry) string { return strconv.Itoa(e.Attempts) }},
		deploymentColumn{Header: "error", Cell: errorMessage},
		deploymentColumn{Header: "purl", Cell: ledger.Entry.PURL},
		deploymentColumn{Header: "host", Cell: func(e ledger.Entry) string { return e.Host }},
	)
}

func madeAt(e ledger.Entry) string { return e.MadeAt.Format(time.RFC3339) }

func statusStyle(e ledger.Entry) output.Style {
	switch e.Status {
	case ledger.Recorded:
		return output.Green
	case ledger.Failed:
		return output.Red
	case ledger.Uncertain, ledger.Queued:
		return output.Yellow
	}
	return output.Plain
}

func errorMessage(e ledger.Entry) string {
	if e.Error == nil {
		return ""
	}
	return e.Error.Message
}

// RecordedPackage is the name of a record's package with its group.
func RecordedPackage(r records.Record) string {
	return ecosystem.JoinName("", r.GroupName, r.PackageName)
}

func hostOf(server string) string {
	if u, err := url.Parse(server); err == nil && u.Host != "" {
		return u.Host + u.Path
	}
	return server
}

// DeploymentSentence describes the outcome of one deployment; known is the
// status of the record that it was skipped for.
func DeploymentSentence(e ledger.Entry, known ledger.Status) string {
	verb := map[ledger.Status]string{
		ledger.Recorded: "Recorded", ledger.Queued: "Queued", ledger.Skipped: "Already recorded:", ledger.Planned: "Would record",
		ledger.Failed: "Not recorded:", ledger.Uncertain: "Uncertain:", ledger.Dropped: "Dropped",
		ledger.Retired: "Retired",
	}[e.Status]
	if known == ledger.Dropped {
		verb = "Already dropped:"
	}
	return fmt.Sprintf("%s %s %s on %s (feed %s at %s)", verb,
		RecordedPackage(e.Record), e.Record.Version, e.Record.Target, e.Record.FeedName, hostOf(e.Server))
}
