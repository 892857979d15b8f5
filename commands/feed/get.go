package feed

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/delivery"
)

// getOptions say what is fetched, where to, and what is recorded.
type getOptions struct {
	server      *cli.Server
	path        string // instead of feed and package
	feed        string
	pkg         cli.Package
	annotation  *client.Annotation // nil for a plain download
	origins     headerOrigins
	checksums   []feedtype.Checksum
	verify      client.Verify
	destination client.Destination
	dryRun      bool
	ledger      cli.Ledger
}

func newGet(app *cli.App, run func(context.Context, *cli.IO, getOptions) error) *cobra.Command {
	var o getOptions
	cmd := &cobra.Command{
		Use:        "get [PURL]",
		SuggestFor: []string{"download", "fetch", "pull", "install", "restore", "cp", "copy", "dl"},
		Short:      "Download a package, optionally recording the deployment",
		Long: `Download a package from a feed. The file is written only when complete and verified.

With --deployment flags, the one request for the package's content carries ProGet's
deployment headers, so that ProGet records the deployment: never twice, and never
for an index or a resumed transfer.

` + cli.CIHelp + `

` + cli.ExitStatus(cli.CodeDone, cli.CodeInternal, cli.CodeUsage, cli.CodeRejected, cli.CodeAuth, cli.CodeNotFound, cli.CodeUnavailable, cli.CodePartial, cli.CodeIntegrity, cli.CodeInterrupted),
		Example: `  # download a package
  progetctl feed get pkg:nuget/Newtonsoft.Json@12.0.3 --feed DefaultNuGet

  # download and record the deployment in one request
  progetctl feed get pkg:nuget/Newtonsoft.Json@12.0.3 --feed DefaultNuGet --deployment-application HDARS \
    --deployment-description "Deployed by HDARS" --deployment-target web01

  # download a path of the server, to standard output
  progetctl feed get --path nuget/DefaultNuGet/package/Acme.Web/1.1.0 -O - > package.nupkg`,
	}
	f := app.Flags(cmd)
	o.declare(f, app.IO)
	f.Run(func(ctx context.Context, io *cli.IO) error { return run(ctx, io, o) })
	return cmd
}

// get runs the command.
func get(ctx context.Context, io *cli.IO, o getOptions) error {
	t, err := locate(ctx, io, o)
	if err != nil {
		return o.server.WithCredentialHint(err)
	}
	if o.dryRun {
		return dryRun(ctx, io, o, t)
	}
	return fetch(ctx, io, o, t)
}

// target is the content that is fetched, with the package that it is.
type target struct {
	content feedtype.Content
	path    string // "" for a package of a feed
	feed    string
	pkg     ecosystem.Package
	asked   string // the version that was asked for, if the feed spells it differently or it was a word: latest
}

// name is what progress calls it.
func (t target) name() string { return cmp.Or(t.content.FileName, t.path) }

// locate finds the content, asking the server for the feed's type if it was not given.
func locate(ctx context.Context, io *cli.IO, o getOptions) (t target, err error) {
	downloads := o.server.Downloads
	if o.path != "" {
		t.path = o.path
		t.content, err = downloads.LocatePath(o.path)
		t.feed, t.pkg = feedtype.ParsePath(o.path)
		return t, err
	}
	if o.pkg.Type == "" {
		info, err := o.server.Feeds.Info(ctx, o.feed)
		if err != nil {
			return t, typeHint(err)
		}
		o.pkg.SetType(info.Type)
	}
	t.feed, t.pkg = o.feed, o.pkg.Package
	if t.content, err = downloads.Locate(ctx, t.feed, t.pkg); err != nil {
		return t, o.server.ExplainMissing(ctx, t.feed, t.pkg, err)
	}
	if found := t.content.Version; found != "" && found != t.pkg.Version {
		t.asked, t.pkg.Version = t.pkg.Version, found
	}
	if o.verify != client.VerifyOff {
		// It is not a failure if the feed publishes no checksum, unless one is required.
		t.content, _ = downloads.Published(ctx, t.feed, t.pkg, t.content)
		for _, ignored := range t.content.Ignored {
			io.Warn("%s; it is ignored", ignored)
		}
	}
	return t, nil
}

// typeHint says what to do if the server can't report a feed's type, which ProGet does from 2023
// on.
func typeHint(err error) error {
	if client.KindOf(err) != client.KindNotFound {
		return err
	}
	return cli.WithHint(err, "check the feed's name; older servers can't report a feed's type, so give it with --type or a package URL")
}

// fetch fetches and shows the result.
func fetch(ctx context.Context, io *cli.IO, o getOptions, t target) error {
	got, record, err := download(ctx, io, o, t)
	if err != nil {
		if t.path == "" {
			err = o.server.ExplainMissing(ctx, t.feed, t.pkg, err)
		}
		return withSettleHint(o.ledger, record, o.server.WithCredentialHint(err))
	}
	for _, warning := range got.Warnings {
		io.Warn("%s", warning)
	}
	result := fetched(t, got, record)
	if err := result.show(ctx, io); err != nil {
		return result.unshown(err)
	}
	if got.Deployment == client.DeploymentUncertain {
		return withSettleHint(o.ledger, record, uncertainFetch(got))
	}
	return nil
}

// download fetches, with the deployment record of an annotated fetch in the ledger.
func download(ctx context.Context, io *cli.IO, o getOptions, t target) (got client.Fetched, record *delivery.Fetch, err error) {
	if o.annotation != nil {
		if record, err = beginRecord(ctx, io, o, t); err != nil {
			return got, record, err
		}
		defer func() { concludeRecord(ctx, io, o.ledger, record, got, err) }()
		io.Sent.Store(true)
	}
	progress, watch := watchTransfer(io, t.name())
	defer progress.Close()
	got, err = o.server.Downloads.Fetch(ctx, client.FetchRequest{
		Content: t.content, Annotation: o.annotation, Checksums: o.checksums, Verify: o.verify,
		Destination: o.destination, Progress: watch,
	})
	return got, record, err
}

// uncertainFetch is the error if the package was downloaded, but its record is uncertain.
func uncertainFetch(got client.Fetched) error {
	why := "the request with the headers got no response"
	if got.DeploymentError != nil {
		why = got.DeploymentError.Error()
	}
	return &cli.Failure{
		Kind:  client.KindUncertain,
		Lines: []string{fmt.Sprintf("the package was downloaded, but it is uncertain whether the deployment was recorded: %s", why)},
		Hint:  "check the package's history in ProGet; to download it again, leave out the --deployment-* flags",
	}
}
