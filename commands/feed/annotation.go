package feed

import (
	"slices"
	"strings"
	"unicode"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/commands/internal/shell"
)

// headerOrigins have, by the name of a deployment header, where its value came from.
type headerOrigins map[string]string

// declareAnnotation declares the --deployment-* flags. Without any of them the download is a plain
// one, whatever variables and the CI job say.
func (o *getOptions) declareAnnotation(f *cli.Flags) {
	var values []*cli.Value
	annotated := func() bool {
		return slices.ContainsFunc(values, func(v *cli.Value) bool { return v.OnLine() })
	}
	var application, description, to, url, user, date cli.Text
	values = []*cli.Value{
		f.Application(&application, cli.Flag{Name: "deployment-application", Usage: "application or tool doing the deployment; required with any other of these", Variables: []string{"PROGETCTL_APPLICATION"}, CI: cli.CIApplication, Required: true, When: annotated}),
		f.Text(&description, cli.Flag{Name: "deployment-description", Usage: "short summary of the deployment; required with any other of these", Variables: []string{"PROGETCTL_DESCRIPTION"}, CI: cli.CIDescription, Required: true, When: annotated}),
		f.Target(&to, cli.Flag{Name: "deployment-target", Usage: "server or environment deployed to; required with any other of these", Variables: []string{"PROGETCTL_TARGET"}, Required: true, When: annotated}),
		f.URL(&url, cli.Flag{Name: "deployment-url", Usage: "link to more information about the deployment", Variables: []string{"PROGETCTL_DEPLOYMENT_URL"}, CI: cli.CIURL, When: annotated}),
		f.Text(&user, cli.Flag{Name: "deployment-user", Word: "NAME", Usage: "who deployed", Default: "the authenticated user", Variables: []string{"PROGETCTL_DEPLOYMENT_USER"}, CI: cli.CIUser, When: annotated}),
		f.Date(&date, cli.Flag{Name: "deployment-date", Usage: "date of the deployment, such as 2026-11-21 or 2026-11-21T10:00:00Z", Default: "the server's time"}),
	}
	f.Check(func(p *cli.Problems) {
		if !annotated() {
			return
		}
		o.origins = headerOrigins{}
		take := func(header string, t cli.Text) string {
			o.origins["X-ProGet-Deployment-"+header] = t.From
			if strings.ContainsFunc(t.Value, unicode.IsControl) {
				p.Addf("%s contains a control character or a line break, which the header X-ProGet-Deployment-%s can't carry", t.From, header)
			}
			return t.Value
		}
		o.annotation = &client.Annotation{
			Application: take("Application", application), Description: take("Description", description), Target: take("Target", to),
			URL: take("Url", url), UserName: take("UserName", user), Date: take("Date", date),
		}
	})
}

// comments are the lines that say where the server and each value came from.
func (o headerOrigins) comments(s *cli.Server, headers []client.Property) string {
	var b strings.Builder
	b.WriteString(shell.POSIX.Comment(cli.Origin("server", s.BaseURL(), s.AddressFrom)))
	for _, h := range headers {
		b.WriteString(shell.POSIX.Comment(cli.Origin(h.Name, h.Value, o[h.Name])))
	}
	return b.String()
}
