package commands

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/output"
)

// fetchPlan reads the command line of feed get.
func (c *call) fetchPlan(f *getFlags) *fetchPlan {
	p := &fetchPlan{
		path:        c.setting("path").text,
		checksums:   c.checksums(f.checksums),
		verify:      choice(c, c.setting("verify"), client.Verifications()),
		destination: c.destination(f.force),
	}
	p.annotation, p.origins = c.annotation()
	if c.setting("path").given() {
		c.excludes("path", "feed", "type", "package", "version", "group", "qualifier")
		return p
	}
	p.feed = c.requiredFeed().text
	purl := false
	p.pkg, purl = c.identity()
	if c.hasVersions(p.pkg.Type) {
		c.requireIdentity("package", "version")
	} else {
		c.requireIdentity("package")
	}
	c.packageType(p, purl)
	c.qualifiers(p, f.qualifiers)
	return p
}

// hasVersions tells a feed of packages from an asset directory, whose files
// have paths alone.
func (c *call) hasVersions(t ecosystem.Type) bool {
	return t != ecosystem.Asset && ecosystem.ParseType(c.setting("type").text) != ecosystem.Asset
}

// excludes names the flags that make no sense beside flag, and the argument.
func (c *call) excludes(flag string, others ...string) {
	for _, other := range others {
		if c.cmd.Flags().Changed(other) {
			c.problems.addf("--%s and --%s exclude each other", flag, other)
		}
	}
	if len(c.args) > 0 {
		c.problems.addf("--%s and the package URL %q exclude each other", flag, c.args[0])
	}
}

// packageType puts --type and the package URL's type together. A package URL
// calls Chocolatey packages and PowerShell modules nuget; a type that says
// something else than the package URL is a contradiction.
func (c *call) packageType(p *fetchPlan, purl bool) {
	given := c.setting("type")
	purl = purl && p.pkg.Type != "" // else it could not be read, which has been said
	if given.text == "" {
		if purl && !p.pkg.Type.Known() {
			c.problems.addf("the package URL's type %q is not known: known are %s", p.pkg.Type, joined(ecosystem.KnownTypes(), ", "))
		}
		return
	}
	t := ecosystem.ParseType(given.text)
	switch {
	case !t.Known():
		c.problems.addf("--type %q is not known: known are %s", given.text, joined(ecosystem.KnownTypes(), ", "))
	case !purl || t == p.pkg.Type:
	case p.pkg.Type == ecosystem.NuGet && (t == ecosystem.Chocolatey || t == ecosystem.PowerShell):
	default:
		c.problems.addf("--type %q contradicts the package URL, whose type is %q", given.text, p.pkg.Type)
	}
	if purl {
		p.pkg.Type = t
	} else {
		c.regroup(p, t)
	}
}

// regroup gives the package of --package its type, which tells whether a part of
// the name is a group.
func (c *call) regroup(p *fetchPlan, t ecosystem.Type) {
	p.pkg.Type = t
	if !c.setting("group").given() {
		p.pkg.Group, p.pkg.Name = ecosystem.SplitName(t, c.setting("package").text)
	}
}

// qualifiers adds --qualifier KEY=VALUE to what the package URL says.
func (c *call) qualifiers(p *fetchPlan, given []string) {
	for _, q := range given {
		key, value, found := strings.Cut(q, "=")
		if !found || key == "" || value == "" {
			if valueProblem("", q) == "" {
				c.problems.addf("--qualifier %q is not KEY=VALUE", q)
			}
			continue
		}
		key = strings.ToLower(key)
		if had, twice := p.pkg.Qualifiers[key]; twice && had != value {
			c.problems.addf("the qualifier %q is given twice: %q and %q", key, had, value)
		}
		if p.pkg.Qualifiers == nil {
			p.pkg.Qualifiers = map[string]string{}
		}
		p.pkg.Qualifiers[key] = value
	}
}

// checksums reads --checksum ALGORITHM:HEX.
func (c *call) checksums(given []string) []feedtype.Checksum {
	var all []feedtype.Checksum
	for _, text := range given {
		if valueProblem("", text) != "" {
			continue
		}
		algorithm, sum, found := strings.Cut(text, ":")
		if !found {
			c.problems.addf("--checksum %q is not ALGORITHM:HEX", text)
			continue
		}
		checksum, err := client.ParseChecksum(strings.ToLower(algorithm), sum)
		if err != nil {
			c.problems.addf("--checksum: %s", err)
			continue
		}
		checksum.Source = "--checksum"
		all = append(all, checksum)
	}
	return all
}

// destination reads --output-file: a file, a folder, or - for stdout.
func (c *call) destination(force bool) client.Destination {
	out := c.setting("output-file")
	d := client.Destination{Overwrite: force}
	switch info, err := os.Stat(out.text); {
	case out.text == "":
	case out.text == "-":
		d.Stream = c.env.Stdout
		c.checkStream()
	case err == nil && info.IsDir():
		d.Folder = out.text
	case err == nil && !info.Mode().IsRegular():
		c.problems.addf("%s %q is neither a file nor a folder: write to it with --output-file - and a redirection", out.from, out.text)
	case os.IsPathSeparator(out.text[len(out.text)-1]):
		c.problems.addf("%s: the folder %q is not there", out.from, out.text)
	default:
		d.Folder, d.Name, d.Overwrite = filepath.Dir(out.text), filepath.Base(out.text), true
		if folder, err := os.Stat(d.Folder); err != nil || !folder.IsDir() {
			c.problems.addf("%s: the folder %q is not there", out.from, d.Folder)
		}
	}
	return d
}

// checkStream makes sure that stdout can take the bytes of a package.
func (c *call) checkStream() {
	if c.global.format != output.Table {
		c.problems.addf("--output-file - puts the package on standard output: it does not go with -o %s", c.global.format)
	}
	if c.env.StdoutTerminal {
		c.problems.addf("standard output is a terminal: a package is not written there; redirect it")
	}
}

// planFetch shows the request that would be sent.
func (c *call) planFetch(s *server, p *fetchPlan, content feedtype.Content) error {
	var headers []client.Property
	if p.annotation != nil {
		var err error
		if headers, err = client.DeploymentHeaders(*p.annotation); err != nil {
			return err
		}
	}
	if !c.forPerson() {
		return writeAll(c, plannedView(), plannedFetch{URL: s.Downloads.URL(content), Headers: headerMap(headers), headers: headers})
	}
	if _, err := fmt.Fprint(c.env.Stdout, p.origins.comments(s, headers)); err != nil {
		return err
	}
	if err := c.say("GET %s", s.Downloads.URL(content)); err != nil {
		return err
	}
	for _, h := range headers {
		value := h.Value
		if cli.Harmless(value) != value { // as in the comment above: it is sent as it is
			value = output.Quote(value) + " (JSON-quoted)"
		}
		if err := c.say("%s: %s", h.Name, value); err != nil {
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

func plannedView() output.View[plannedFetch] {
	type column = output.Column[plannedFetch]
	return output.View[plannedFetch]{Single: true, Columns: []column{
		{Header: "url", Cell: func(p plannedFetch) string { return p.URL }},
		{Header: "headers", Cell: func(p plannedFetch) string {
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
