package deploy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/client/feedtype"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

// versionWords resolves latest and latest-stable, by asking the feed once for each package. A
// record must say what was deployed, and the word may mean another version tomorrow.
type versionWords struct {
	server     *cli.Server
	qualifiers map[string]string // of the package URL
	known      map[string]resolved
}

// resolved is what a word stands for, and the type of the package.
type resolved struct {
	version string
	kind    ecosystem.Type
}

// resolve replaces the word with the version.
func (w *versionWords) resolve(ctx context.Context, d *draft) error {
	word := strings.ToLower(d.Record.Version)
	if word != feedtype.Latest && word != feedtype.LatestStable {
		return nil
	}
	r := d.Record
	key := strings.Join([]string{r.FeedName, r.GroupName, r.PackageName, word}, "\x00")
	answer, found := w.known[key]
	if !found {
		pkg := ecosystem.Package{Type: d.Type, Group: r.GroupName, Name: r.PackageName, Version: word}
		if d.own.PackageName == "" {
			pkg.Qualifiers = w.qualifiers
		}
		var err error
		if answer, err = w.ask(ctx, r.FeedName, pkg); err != nil {
			return err
		}
		if w.known == nil {
			w.known = map[string]resolved{}
		}
		w.known[key] = answer
	}
	d.Type = cmp.Or(d.Type, answer.kind)
	if answer.version != word {
		d.Asked, d.Record.Version = d.Record.Version, answer.version
	}
	return nil
}

// ask asks the feed. In a Docker feed the word is a tag, and stays.
func (w *versionWords) ask(ctx context.Context, feed string, pkg ecosystem.Package) (resolved, error) {
	if pkg.Type == "" {
		info, err := w.server.Feeds.Info(ctx, feed)
		if err != nil {
			return resolved{}, w.unresolved(pkg, err)
		}
		pkg.Type = info.Type
	}
	if pkg.Type == ecosystem.Docker {
		return resolved{pkg.Version, pkg.Type}, nil
	}
	if pkg.Group == "" {
		pkg.Group, pkg.Name = ecosystem.SplitName(pkg.Type, pkg.Name)
	}
	content, err := w.server.Downloads.Locate(ctx, feed, pkg)
	if several, ok := errors.AsType[*feedtype.QualifierError](err); ok && several.Version != "" {
		return resolved{several.Version, pkg.Type}, nil // one version in several files
	}
	if err != nil {
		return resolved{}, w.unresolved(pkg, err)
	}
	return resolved{content.Version, pkg.Type}, nil
}

// unresolved says why there is no version to record.
func (w *versionWords) unresolved(pkg ecosystem.Package, err error) error {
	err = w.server.WithCredentialHint(err)
	e, ok := errors.AsType[*client.Error](err)
	if !ok {
		return err
	}
	said, hint := *e, cli.HintOf(err)
	said.Message = fmt.Sprintf("cannot find out which version of %s is %q, so nothing was recorded: %s", pkg.Name, pkg.Version, e.Message)
	if _, ok := errors.AsType[*feedtype.QualifierError](err); ok {
		hint = "give the version itself, or the package as a package URL with the qualifier"
	}
	return cli.WithHint(&said, hint)
}
