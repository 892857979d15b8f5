package cli

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
	"github.com/progetctl/progetctl/output"
)

// deploymentColumn is a column of a table of deployments.
type deploymentColumn = output.Column[ledger.Entry]

// DeploymentView shows the deployments of one run: they have the server and, nearly, the time in
// common.
func DeploymentView() output.View[ledger.Entry] {
	c := deploymentColumns()
	failure := c.failure
	failure.Cell = failure.Brief // the summary has the URL once
	return output.View[ledger.Entry]{
		Columns: []deploymentColumn{c.status, c.pkg, c.version, c.target, c.feed, failure},
		Screen:  []deploymentColumn{c.status, c.pkg, c.version, c.target, c.feed, c.failure, c.asked, c.id},
		CSV:     deploymentProperties(),
	}
}

// LedgerView shows the deployments of a ledger; empty is the sentence for none.
func LedgerView(empty string) output.View[ledger.Entry] {
	c := deploymentColumns()
	c.failure.Spare = 2 // the status says that there is one
	return output.View[ledger.Entry]{
		Columns: []deploymentColumn{c.status, c.pkg, c.version, c.target, c.feed, c.server, named("MADE AT", c.when), c.id, c.failure},
		Screen:  []deploymentColumn{c.target, c.pkg, c.version, c.when, c.status, c.user, c.feed, c.server, c.failure, c.application, c.asked, c.id},
		CSV:     deploymentProperties(),
		Empty:   empty,
	}
}

// PendingView is LedgerView for records that wait for a decision: a person needs their IDs. Now is
// what their age is counted from.
func PendingView(empty string, now time.Time) output.View[ledger.Entry] {
	view, c := LedgerView(empty), deploymentColumns()
	pkg, id, server := c.pkg, c.id, c.server
	pkg.Cell = func(e ledger.Entry) string { return RecordedPackage(e.Record) + " " + e.Record.Version }
	id.Show = output.ShowFilled
	server.Spare = 1 // the commands below the table name it, too
	pkg.Least = 16   // of a name and a version, less says little
	age := deploymentColumn{Header: "AGE", Cell: func(e ledger.Entry) string {
		return output.FormatDuration(max(now.Sub(e.MadeAt), 0).Truncate(time.Second))
	}}
	failure := c.failure
	failure.Spare = 2
	view.Screen = []deploymentColumn{id, c.target, pkg, c.status, age, server, failure, c.feed, c.application}
	return view
}

// columnsOfDeployments are the columns of tables of deployments.
type columnsOfDeployments struct {
	status, pkg, version, target, feed, server, when, id, user, application, asked, failure deploymentColumn
}

func deploymentColumns() columnsOfDeployments {
	return columnsOfDeployments{
		status:      deploymentColumn{Header: "STATUS", Cell: func(e ledger.Entry) string { return string(e.Status) }, Style: statusStyle},
		pkg:         deploymentColumn{Header: "PACKAGE", Cell: func(e ledger.Entry) string { return RecordedPackage(e.Record) }, Shrink: output.ShrinkLast},
		version:     deploymentColumn{Header: "VERSION", Cell: func(e ledger.Entry) string { return e.Record.Version }, Shrink: output.ShrinkLast},
		target:      deploymentColumn{Header: "TARGET", Cell: func(e ledger.Entry) string { return e.Record.Target }, Shrink: output.ShrinkLast},
		feed:        deploymentColumn{Header: "FEED", Cell: func(e ledger.Entry) string { return e.Record.FeedName }, Shrink: output.ShrinkLate, Spare: 3},
		server:      deploymentColumn{Header: "SERVER", Cell: func(e ledger.Entry) string { return hostOf(e.Server) }, Shrink: output.ShrinkLate, Show: output.ShowVaried},
		when:        deploymentColumn{Header: "WHEN", Cell: madeAt, Brief: func(e ledger.Entry) string { return ShortDate(e.MadeAt) }, Shrink: output.ShrinkDate},
		id:          deploymentColumn{Header: "ID", Cell: func(e ledger.Entry) string { return e.ID }, Show: output.ShowWide},
		user:        deploymentColumn{Header: "BY", Cell: func(e ledger.Entry) string { return e.Record.UserName }, Prose: true, Shrink: output.ShrinkLate, Spare: 1},
		application: deploymentColumn{Header: "APPLICATION", Cell: func(e ledger.Entry) string { return e.Record.Application }, Prose: true, Show: output.ShowWide},
		asked:       deploymentColumn{Header: "ASKED FOR", Cell: func(e ledger.Entry) string { return e.Asked }, Show: output.ShowWide},
		failure:     deploymentColumn{Header: "ERROR", Cell: errorMessage, Brief: briefError, Shrink: output.ShrinkEarly},
	}
}

// named is a column under another name.
func named(header string, c deploymentColumn) deploymentColumn {
	c.Header = header
	return c
}

// ShortDate is a date as a table on a terminal shows it, in UTC; "" for none.
func ShortDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04")
}

// SentenceDate is such a date in a sentence; "" for none.
func SentenceDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return ShortDate(t) + " UTC"
}

// deploymentProperties are the columns of CSV: the properties of the API, then ours.
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

// briefError is the error of one row among others: the status and the server's own words ("400:
// Package not found."), else what failed, without the request.
func briefError(e ledger.Entry) string {
	message := errorMessage(e)
	before, request, ok := strings.Cut(message, " (")
	method, _, _ := strings.Cut(request, " ")
	_, words, closed := strings.Cut(request, ")")
	if !ok || !closed || method != http.MethodPost && method != http.MethodGet {
		return message
	}
	words = strings.TrimPrefix(words, ": ")
	switch {
	case e.Error.Status == 0:
		return before
	case words == "":
		return fmt.Sprintf("%d %s", e.Error.Status, http.StatusText(e.Error.Status))
	}
	return fmt.Sprintf("%d: %s", e.Error.Status, words)
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

// DeploymentSentence describes the outcome of one deployment; known is the status of the record
// that it was skipped for.
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
