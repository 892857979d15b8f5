package commands

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
	"github.com/progetctl/progetctl/internal/delivery"
)

// getFlags are the flags of feed get.
type getFlags struct {
	pkg        packageFlags
	texts      [11]string
	qualifiers []string
	checksums  []string
	force      bool
	dryRun     bool
}

func (a *app) feedGet() *cobra.Command {
	f := &getFlags{}
	cmd := &cobra.Command{
		Use:   "get [PURL]",
		Short: "Fetch a package, and leave a deployment record by doing so",
		Long: `Fetch a package from a feed. With --deployment-* flags, the one request that
fetches its content carries ProGet's deployment headers, and so leaves a
deployment record: never twice, and never for an index or a resumed transfer.

` + purlHelp + `

The file appears whole and checked, or not at all.

` + ciHelp + `

` + exitStatus(codeDone, codeInternal, codeUsage, codeRejected, codeAuth, codeNotFound, codeUnavailable, codePartial, codeIntegrity, codeInterrupted),
		Example: `  # a plain download
  progetctl feed get pkg:nuget/Newtonsoft.Json@12.0.3 --feed DefaultNuGet

  # fetch and record the deployment in one
  progetctl feed get pkg:nuget/Newtonsoft.Json@12.0.3 --feed DefaultNuGet --deployment-application HDARS \
    --deployment-description "Deployed by HDARS to Testing" --deployment-target web01

  # a path below the server's address, to standard output
  progetctl feed get --path nuget/DefaultNuGet/package/Newtonsoft.Json/12.0.3 -O - > package.nupkg`,
		Args: onePURL,
		RunE: a.runs(func(c *call) error { return c.get(f) }),
	}
	f.register(cmd)
	return cmd
}

func (f *getFlags) register(cmd *cobra.Command) {
	f.pkg.register(cmd)
	flags := cmd.Flags()
	for i, t := range []struct{ name, short, kind, usage string }{
		{"feed", "", "FEED", "feed that the package is in (PROGET_FEED)"},
		{"type", "", "TYPE", "type of the feed; without it and a package URL, the server is asked"},
		{"path", "", "PATH", "fetch this path below the server's address, and ask for nothing else"},
		{"deployment-application", "", "TEXT", "application or system that deploys (PROGETCTL_APPLICATION)"},
		{"deployment-description", "", "TEXT", "what the deployment is (PROGETCTL_DESCRIPTION)"},
		{"deployment-target", "", "TEXT", "server or environment that is deployed to (PROGETCTL_TARGET)"},
		{"deployment-url", "", "URL", "page of the deployment, http or https (PROGETCTL_DEPLOYMENT_URL)"},
		{"deployment-user", "", "NAME", "who deploys (PROGETCTL_DEPLOYMENT_USER); without it, the authenticated user"},
		{"deployment-date", "", "DATE", "when: 2026-11-21, or 2026-11-21T10:00:00Z; without it, the server's clock"},
		{"output-file", "O", "PATH", "file or folder to write; - is standard output"},
		{"verify", "", kinds(client.Verifications()), "check what the feed's index publishes (default auto)"},
	} {
		flags.VarP(rawValue{&f.texts[i], t.kind}, t.name, t.short, t.usage)
	}
	flags.Var(rawValues{&f.qualifiers, "KEY=VALUE"}, "qualifier", "what a package URL's qualifier would say: file_name, classifier, arch; repeat it")
	flags.Var(rawValues{&f.checksums, "ALGORITHM:HEX"}, "checksum", "check the content (sha256, sha512, sha1, md5); repeat it")
	flags.BoolVar(&f.force, "force", false, "overwrite an existing file")
	flags.BoolVar(&f.dryRun, "dry-run", false, "print the URL and the headers; the index may be asked, the package is not")
	ledgerFlag(cmd)
	ciFlag(cmd)
}

// fetchPlan is what feed get was asked to do.
type fetchPlan struct {
	path        string // instead of feed and package
	feed        string
	pkg         ecosystem.Package
	asked       string // the version that was asked for, where the feed spells it differently or it was a word: latest
	annotation  *client.Annotation
	origins     headerOrigins
	checksums   []feedtype.Checksum
	verify      client.Verify
	destination client.Destination
}

// get runs the command.
func (c *call) get(f *getFlags) error {
	p := c.fetchPlan(f)
	s := c.connect()
	if err := c.ready(); err != nil {
		return err
	}
	content, err := p.locate(c, s)
	if err != nil {
		return s.WithCredentialHint(err)
	}
	if f.dryRun {
		return c.planFetch(s, p, content)
	}
	return c.fetch(s, p, content)
}

// locate finds the content, asking the server for the feed's type where
// nothing tells it.
func (p *fetchPlan) locate(c *call, s *server) (feedtype.Content, error) {
	if p.path != "" {
		content, err := s.Downloads.LocatePath(p.path)
		p.feed, p.pkg = feedtype.ParsePath(p.path)
		return content, err
	}
	if p.pkg.Type == "" {
		info, err := s.Feeds.Info(c.ctx, p.feed)
		if err != nil {
			return feedtype.Content{}, typeHint(err)
		}
		c.regroup(p, info.Type)
	}
	content, err := s.Downloads.Locate(c.ctx, p.feed, p.pkg)
	if err != nil {
		return content, err
	}
	if content.Version != "" && content.Version != p.pkg.Version {
		p.asked, p.pkg.Version = p.pkg.Version, content.Version
	}
	if p.verify != client.VerifyOff {
		// A second opinion that cannot be had is no failure; where a checksum is
		// required, its absence will be.
		content, _ = s.Downloads.Published(c.ctx, p.feed, p.pkg, content)
		for _, ignored := range content.Ignored {
			c.warn("%s; it is ignored", ignored)
		}
	}
	return content, nil
}

// typeHint says what to do where the server cannot tell a feed's type, which
// ProGet does from 2023 on.
func typeHint(err error) error {
	if e, ok := errors.AsType[*client.Error](err); ok && e.Kind == client.KindNotFound {
		e.Hint = "is the feed's name right? an older server cannot tell its type: name it with --type or a package URL"
	}
	return err
}

// fetch fetches and shows the result.
func (c *call) fetch(s *server, p *fetchPlan, content feedtype.Content) error {
	got, record, err := c.download(s, p, content)
	if err != nil {
		return c.withSettleHint(record, s.WithCredentialHint(err))
	}
	for _, warning := range got.Warnings {
		c.warn("%s", warning)
	}
	fetched := c.fetched(p, got, record)
	if err := c.showFetched(fetched); err != nil {
		return fetched.unshown(err)
	}
	if got.Deployment == client.DeploymentUncertain {
		return c.withSettleHint(record, uncertainFetch(got))
	}
	return nil
}

// download fetches, with the deployment record of an annotated fetch in the
// ledger.
func (c *call) download(s *server, p *fetchPlan, content feedtype.Content) (got client.Fetched, record *delivery.Fetch, err error) {
	if p.annotation != nil {
		if record, err = c.beginRecord(s, p); err != nil {
			return got, record, err
		}
		defer func() { c.concludeRecord(record, got, err) }()
		c.Sent.Store(true)
	}
	progress, watch := c.watchTransfer(content, p)
	defer progress.Close()
	got, err = s.Downloads.Fetch(c.ctx, client.FetchRequest{
		Content: content, Annotation: p.annotation, Checksums: p.checksums, Verify: p.verify,
		Destination: p.destination, Progress: watch,
	})
	return got, record, err
}

// uncertainFetch is the error of a package that is here while its record may
// not be.
func uncertainFetch(got client.Fetched) error {
	why := "the annotated request was not answered"
	if got.DeploymentError != nil {
		why = got.DeploymentError.Error()
	}
	return &failure{
		Kind:  client.KindUncertain,
		Lines: []string{fmt.Sprintf("the package is here, but whether the deployment was recorded is uncertain: %s", why)},
		Hint:  "look at the package's history; do not send the deployment headers again",
	}
}
