package promotions

import (
	"strconv"
	"time"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// promotedPackage is an item of the list. A row of it is one with a single promotion.
type promotedPackage = client.PromotedPackage

// promotionRow is a package with one of its promotions, counted from 0; ok is false behind the
// last.
func promotionRow(p promotedPackage, i int) (row promotedPackage, ok bool) {
	if i == len(p.Promotions) {
		return p, false
	}
	p.Promotions = p.Promotions[i : i+1 : i+1]
	return p, true
}

// listView shows promotions. NDJSON and CSV are always flat, JSON if that is asked for. Empty is
// the sentence for none.
func listView(flat bool, empty string) output.View[promotedPackage] {
	type column = output.Column[promotedPackage]
	first := func(p promotedPackage) client.Promotion { return p.Promotions[0] }
	view := output.View[promotedPackage]{Row: promotionRow, Line: flattener(), JSON: nester(), Empty: empty, Columns: []column{
		{Header: "PACKAGE", Cell: func(p promotedPackage) string { return ecosystem.JoinName(p.Type, p.Group, p.Name) }, Shrink: output.ShrinkLast},
		{Header: "VERSION", Cell: func(p promotedPackage) string { return p.Version }, Shrink: output.ShrinkLast},
		{Header: "TYPE", Cell: func(p promotedPackage) string { return string(p.Type) }, Spare: 3},
		{Header: "FROM", Cell: func(p promotedPackage) string { return first(p).FromFeed }, Shrink: output.ShrinkLate},
		{Header: "TO", Cell: func(p promotedPackage) string { return first(p).ToFeed }, Shrink: output.ShrinkLate},
		{Header: "DATE", Cell: func(p promotedPackage) string { return shownDate(first(p).Date) }, Brief: func(p promotedPackage) string { return cli.ShortDate(first(p).Date) }, Shrink: output.ShrinkDate},
		{Header: "USER", Cell: func(p promotedPackage) string { return first(p).User }, Prose: true, Shrink: output.ShrinkLate},
		{Header: "COMMENTS", Cell: func(p promotedPackage) string { return first(p).Comments }, Prose: true, Shrink: output.ShrinkEarly, Spare: 1},
	}, CSV: []column{
		{Header: "packageName", Cell: func(p promotedPackage) string { return p.Name }},
		{Header: "groupName", Cell: func(p promotedPackage) string { return p.Group }},
		{Header: "packageType", Cell: func(p promotedPackage) string { return string(p.Type) }},
		{Header: "version", Cell: func(p promotedPackage) string { return p.Version }},
		{Header: "fromFeed", Cell: func(p promotedPackage) string { return first(p).FromFeed }},
		{Header: "toFeed", Cell: func(p promotedPackage) string { return first(p).ToFeed }},
		{Header: "date", Cell: func(p promotedPackage) string { return shownDate(first(p).Date) }},
		{Header: "user", Cell: func(p promotedPackage) string { return first(p).User }},
		{Header: "comments", Cell: func(p promotedPackage) string { return first(p).Comments }},
		{Header: "id", Cell: func(p promotedPackage) string { return shownID(first(p).ID) }},
		{Header: "purl", Cell: purls()},
	}}
	if flat {
		view.JSON = view.Line
	}
	return view
}

func shownID(id int64) string {
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(id, 10)
}

// onDate says in a sentence when something was done; nothing if that is unknown.
func onDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " on " + cli.SentenceDate(t)
}

// shownDate is a date in a table in a pipe; "" for none.
func shownDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
