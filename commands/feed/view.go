package feed

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/delivery"
	"github.com/progetctl/progetctl/internal/ledger"
	"github.com/progetctl/progetctl/internal/records"
	"github.com/progetctl/progetctl/output"
)

// fetchedPackage is the result of feed get.
type fetchedPackage struct {
	File       string        `json:"file,omitempty"` // left out if the bytes went to stdout
	URL        string        `json:"url"`
	Feed       string        `json:"feed,omitempty"`
	Package    string        `json:"package,omitempty"`
	Version    string        `json:"version,omitempty"` // as the feed spells it
	Asked      string        `json:"asked,omitempty"`   // the version that was asked for, if the feed spells it differently
	Bytes      int64         `json:"bytes"`
	SHA256     string        `json:"sha256"`
	Verified   []string      `json:"verified"`
	Attempts   int           `json:"attempts"`
	Resumed    bool          `json:"resumed"`
	Deployment *ledger.Entry `json:"deployment,omitempty"`

	existing bool
}

// fetched puts the result together.
func fetched(t target, got client.Fetched, record *delivery.Fetch) fetchedPackage {
	out := fetchedPackage{
		File: got.File, URL: got.URL, Feed: t.feed, Package: ecosystem.JoinName(t.pkg.Type, t.pkg.Group, t.pkg.Name),
		Version: t.pkg.Version, Bytes: got.Bytes, SHA256: got.SHA256, Verified: got.Verified,
		Attempts: got.Attempts, Resumed: got.Resumed, existing: got.Existing, Asked: t.asked,
	}
	if out.Verified == nil {
		out.Verified = []string{}
	}
	if record != nil {
		out.Deployment = &record.Entry
	}
	return out
}

// record is the deployment record that an annotated fetch leaves.
func (t target) record(annotation client.Annotation) records.Record {
	r := annotation
	r.FeedName, r.PackageName, r.Version, r.GroupName = t.feed, t.pkg.Name, t.pkg.Version, t.pkg.Group
	return r
}

// show writes the result, unless stdout was for the package itself.
func (f fetchedPackage) show(ctx context.Context, io *cli.IO) error {
	if f.File == "" {
		if f.Asked != "" {
			io.Note("version %q is %s", f.Asked, f.Version)
		}
		return nil
	}
	if io.InWords() {
		return io.Say("%s", f.sentence(io.StdoutTerminal))
	}
	return cli.WriteAll(ctx, io, fetchedView(), &f)
}

// unshown is the error of a result that could not be written. It says what was done, because
// nothing else does.
func (f fetchedPackage) unshown(err error) error {
	said := fmt.Sprintf("cannot write the result: %s; what was done: %s", err, f.sentence(false))
	return &cli.Failure{Kind: client.KindInternal, Err: err, Lines: []string{said}}
}

// sentence says in words what was fetched; a terminal gets the beginning of the checksum, a pipe
// all of it.
func (f fetchedPackage) sentence(terminal bool) string {
	sum := f.SHA256
	if terminal && len(sum) > 12 {
		sum = sum[:12] + "…"
	}
	verb := "Saved"
	if f.existing {
		verb = "Already downloaded:"
	}
	facts := fmt.Sprintf("%s, sha256 %s", output.FormatBytes(f.Bytes), sum)
	if f.Asked != "" && !strings.Contains(filepath.Base(f.File), f.Version) {
		facts = "version " + f.Version + ", " + facts
	}
	text := fmt.Sprintf("%s %s (%s)", verb, f.File, facts)
	if f.Deployment != nil {
		text += fmt.Sprintf(", deployment to %s %s", f.Deployment.Record.Target, f.Deployment.Status)
	}
	return text
}

func fetchedView() output.View[*fetchedPackage] {
	type column = output.Column[*fetchedPackage]
	status := func(f *fetchedPackage) string {
		if f.Deployment == nil {
			return ""
		}
		return string(f.Deployment.Status)
	}
	return output.View[*fetchedPackage]{Single: true, Columns: []column{
		{Header: "file", Cell: func(f *fetchedPackage) string { return f.File }},
		{Header: "url", Cell: func(f *fetchedPackage) string { return f.URL }},
		{Header: "feed", Cell: func(f *fetchedPackage) string { return f.Feed }},
		{Header: "package", Cell: func(f *fetchedPackage) string { return f.Package }},
		{Header: "version", Cell: func(f *fetchedPackage) string { return f.Version }},
		{Header: "asked", Cell: func(f *fetchedPackage) string { return f.Asked }},
		{Header: "bytes", Cell: func(f *fetchedPackage) string { return strconv.FormatInt(f.Bytes, 10) }},
		{Header: "sha256", Cell: func(f *fetchedPackage) string { return f.SHA256 }},
		{Header: "verified", Cell: func(f *fetchedPackage) string { return strings.Join(f.Verified, ", ") }},
		{Header: "attempts", Cell: func(f *fetchedPackage) string { return strconv.Itoa(f.Attempts) }},
		{Header: "resumed", Cell: func(f *fetchedPackage) string { return strconv.FormatBool(f.Resumed) }},
		{Header: "deployment", Cell: status},
	}}
}

// watchTransfer draws the progress of a transfer on a terminal.
func watchTransfer(io *cli.IO, name string) (*output.Progress, func(done, size int64)) {
	progress := io.Progress()
	if !io.ShowsProgress() {
		return progress, nil
	}
	var bar *output.Bar
	var shown int64
	return progress, func(done, size int64) {
		if bar == nil {
			bar = progress.Bytes(name, size)
		}
		// A transfer that begins again catches up with what was shown.
		if done > shown {
			bar.Add(done - shown)
			shown = done
		}
	}
}
