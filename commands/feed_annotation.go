package commands

import (
	"strings"
	"unicode"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

// headerOrigins tell, by the name of a deployment header, where its value came
// from.
type headerOrigins map[string]string

// annotation reads the --deployment-* flags; nil where none is given.
func (c *call) annotation() (*client.Annotation, headerOrigins) {
	any := false
	for _, name := range []string{"application", "description", "target", "url", "user", "date"} {
		any = any || c.cmd.Flags().Changed("deployment-"+name)
	}
	if !any {
		return nil, nil
	}
	run, from := c.ciDefaults(), headerOrigins{}
	take := func(header string, s setting) string {
		from["X-ProGet-Deployment-"+header] = s.from
		if strings.ContainsFunc(s.text, unicode.IsControl) {
			c.problems.addf("%s holds a control character or a line break, which the header X-ProGet-Deployment-%s cannot carry", s.from, header)
		}
		return s.text
	}
	date := c.setting("deployment-date")
	from["X-ProGet-Deployment-Date"] = date.from
	return &client.Annotation{
		Application: take("Application", c.requiredOrCI("deployment-application", "PROGETCTL_APPLICATION", run.Application)),
		Description: take("Description", c.requiredOrCI("deployment-description", "PROGETCTL_DESCRIPTION", run.Description)),
		Target:      take("Target", c.required("deployment-target", "PROGETCTL_TARGET")),
		URL:         take("Url", c.webURL(c.setting("deployment-url", "PROGETCTL_DEPLOYMENT_URL").orCI(run.URL))),
		UserName:    take("UserName", c.setting("deployment-user", "PROGETCTL_DEPLOYMENT_USER").orCI(run.UserName)),
		Date:        c.deploymentDate(date),
	}, from
}

// comments are the lines that say where the server and each value came from.
func (o headerOrigins) comments(s *server, headers []client.Property) string {
	var b strings.Builder
	b.WriteString(cli.Origin("server", s.BaseURL(), s.AddressFrom))
	for _, h := range headers {
		b.WriteString(cli.Origin(h.Name, h.Value, o[h.Name]))
	}
	return b.String()
}
