package feed

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
	"github.com/progetctl/progetctl/commands/internal/cli"
	"github.com/progetctl/progetctl/internal/safefile"
)

// declare declares the values. A path is used instead of a feed and a package.
func (o *getOptions) declare(f *cli.Flags, io *cli.IO) {
	var path, feed, kind, out cli.Text
	var qualifiers, checksums []cli.Text
	var force bool
	f.Group("Package")
	byPath := f.Text(&path, cli.Flag{Name: "path", Word: "PATH", Usage: "download this path relative to the server URL, with no other requests"})
	byPackage := func() bool { return !byPath.OnLine() } // else no variable says what is fetched
	excluded := []*cli.Value{
		f.SourceFeed(&feed, cli.Flag{Usage: "feed with the package", Required: true, Unless: byPath, When: byPackage}),
		f.Text(&kind, cli.Flag{Name: "type", Word: "TYPE", Usage: "feed type", Default: "from the package URL, or from the server"}),
	}
	excluded[1].Suggests(func() []string { return cli.Words(ecosystem.KnownTypes()) })
	excluded = append(excluded, f.Package(&o.pkg)...)
	f.RequirePackage(byPath, func() bool {
		return o.pkg.Type != ecosystem.Asset && ecosystem.ParseType(kind.Value) != ecosystem.Asset
	})
	excluded = append(excluded, f.Texts(&qualifiers, cli.Flag{Name: "qualifier", Word: "KEY=VALUE", Usage: "package URL qualifier, such as file_name, classifier or arch"}))
	f.Group("File")
	f.Texts(&checksums, cli.Flag{Name: "checksum", Word: "ALGORITHM:HEX", Usage: "expected checksum: sha256, sha512, sha1 or md5"})
	cli.Choice(f, &o.verify, client.Verifications(), cli.Flag{Name: "verify", Usage: "verify the checksums that the feed publishes", Default: "auto"})
	f.Path(&out, cli.Flag{Name: "output-file", Short: "O", Usage: "file or folder to write to; - writes to standard output"})
	f.Switch(&force, cli.Flag{Name: "force", Usage: "overwrite an existing file"})
	f.Switch(&o.dryRun, cli.Flag{Name: "dry-run", Usage: "print the URL and headers; don't download"})
	f.Group("Deployment record")
	o.declareAnnotation(f)
	f.CIDefaults()
	f.Ledger(&o.ledger)
	f.Server(&o.server, cli.ServerUse{})
	f.Excludes(byPath, excluded...)
	f.Check(func(p *cli.Problems) {
		o.path, o.feed, o.checksums = path.Value, feed.Value, parseChecksums(checksums, p)
		o.destination = parseDestination(out, force, io, p)
		if byPath.OnLine() {
			o.pkg = cli.Package{}
			return
		}
		o.checkType(kind, p)
		o.addQualifiers(qualifiers, p)
	})
}

// checkType puts --type and the package URL's type together. A package URL calls Chocolatey
// packages and PowerShell modules nuget; a type that says something else than the package URL is a
// contradiction.
func (o *getOptions) checkType(given cli.Text, p *cli.Problems) {
	if given.Value == "" {
		return
	}
	// Otherwise the package URL is invalid, which has been reported.
	purl := o.pkg.URL != "" && o.pkg.Type.Known()
	t := ecosystem.ParseType(given.Value)
	switch {
	case !t.Known():
		p.Addf("--type %q is not a valid value; use %s", given.Value, cli.Either(ecosystem.KnownTypes()))
	case !purl || t == o.pkg.Type:
	case o.pkg.Type == ecosystem.NuGet && (t == ecosystem.Chocolatey || t == ecosystem.PowerShell):
	default:
		p.Addf("--type %q contradicts the package URL, whose type is %q", given.Value, o.pkg.Type)
	}
	o.pkg.SetType(t)
}

// addQualifiers adds --qualifier KEY=VALUE to what the package URL says.
func (o *getOptions) addQualifiers(given []cli.Text, p *cli.Problems) {
	for _, t := range given {
		q := t.Value
		key, value, found := strings.Cut(q, "=")
		if !found || key == "" || value == "" {
			p.Addf("--qualifier %q is not KEY=VALUE", q)
			continue
		}
		key = strings.ToLower(key)
		if had, twice := o.pkg.Qualifiers[key]; twice && had != value {
			p.Addf("the qualifier %q is given twice: %q and %q", key, had, value)
		}
		if o.pkg.Qualifiers == nil {
			o.pkg.Qualifiers = map[string]string{}
		}
		o.pkg.Qualifiers[key] = value
	}
}

// parseChecksums reads --checksum ALGORITHM:HEX, and what a lock file has instead: sha512-BASE64.
func parseChecksums(given []cli.Text, p *cli.Problems) []feedtype.Checksum {
	var all []feedtype.Checksum
	for _, t := range given {
		text := t.Value
		algorithm, sum, found := strings.Cut(text, ":")
		if !found {
			algorithm, sum, found = strings.Cut(text, "-")
		}
		if !found {
			p.Addf("--checksum %q is not ALGORITHM:HEX", text)
			continue
		}
		checksum, err := client.ParseChecksum(algorithm, sum)
		if err != nil {
			p.Addf("--checksum: %s", err)
			continue
		}
		checksum.Source = "--checksum"
		all = append(all, checksum)
	}
	return all
}

// parseDestination reads --output-file: a file, a folder, or - for stdout.
func parseDestination(out cli.Text, force bool, io *cli.IO, p *cli.Problems) client.Destination {
	d := client.Destination{Overwrite: force}
	switch info, err := os.Stat(out.Value); {
	case out.Value == "":
	case out.Value == "-":
		d.Stream = io.Stdout
		checkStream(io, p)
	case err == nil && info.IsDir():
		d.Folder = out.Value
	case err == nil && !info.Mode().IsRegular():
		p.Addf("%s %s is neither a file nor a folder; to write to it, use --output-file - and redirect the output", out.From, safefile.Quote(out.Value))
	case os.IsPathSeparator(out.Value[len(out.Value)-1]):
		p.Addf("%s: folder %s does not exist", out.From, safefile.Quote(out.Value))
	default:
		d.Folder, d.Name, d.Overwrite = filepath.Dir(out.Value), filepath.Base(out.Value), true
		if folder, err := os.Stat(d.Folder); err != nil || !folder.IsDir() {
			p.Addf("%s: folder %s does not exist", out.From, safefile.Quote(d.Folder))
		} else if err := safefile.CheckName(d.Name); err != nil {
			p.Addf("%s: %s", out.From, err)
		}
	}
	return d
}

// checkStream makes sure that stdout can take the bytes of a package.
func checkStream(io *cli.IO, p *cli.Problems) {
	if !io.InWords() {
		p.Addf("--output-file - writes the package to standard output, so it can't be used with -o %s", io.Format)
	}
	if io.StdoutTerminal {
		p.Addf("refusing to write a package to the terminal; redirect the output or use -O FILE")
	}
}
