package promotions

import (
	"fmt"

	"github.com/progetctl/progetctl/client"
	"github.com/progetctl/progetctl/client/ecosystem"
	"github.com/progetctl/progetctl/commands/internal/cli"
)

// neverListed has the types of feeds whose packages the server does not list (Inedo docs,
// proget/api/packages), and of those that hold no packages. Of Maven feeds, the classic ones are
// not listed either, but have the same type as the others: their list shows it.
func neverListed(t ecosystem.Type) bool {
	return t == ecosystem.Docker || t == ecosystem.Bower || t == ecosystem.Asset
}

// unlistedType is the error of a feed that cannot be audited.
func unlistedType(feed client.Feed) error {
	if feed.Type == ecosystem.Maven {
		f := cli.Usage("the server cannot list the packages of the Maven feed %s, so it cannot be audited", feed.Name)
		f.Hint = "classic Maven feeds have no list; feeds of the new Maven type do (ProGet 2024 or later). An empty feed looks the same"
		return f
	}
	f := cli.Usage("%s is a feed of type %s, which cannot be audited", feed.Name, feed.Type)
	f.Hint = "the server does not list what is in feeds of the types docker, bower, asset and classic Maven"
	return f
}

// missingPart is the error of an audit of which a part is missing: half an audit proves nothing. A
// missing right and an interruption keep their own errors.
func missingPart(err error, part string) error {
	e := cli.ClientError(err)
	if e == nil || e.Kind == client.KindAuth || e.Kind == client.KindInterrupted {
		return err
	}
	f := *cli.Describe(err)
	f.Kind, f.Lines = client.KindUnavailable, append([]string{fmt.Sprintf("cannot read %s, so nothing is listed", part)}, f.Lines...)
	return &f
}

// named reports whether the query is about some packages, and not all.
func (q query) named() bool { return q.pkg.Name != "" || q.pkg.Group != "" }

// names reports whether the query is about a package of a feed, by the rule of
// [client.PromotionsService.List]: without a group, the name alone decides, or the name with its
// group written inside.
func (q query) names(t ecosystem.Type, group, name string) bool {
	switch {
	case q.pkg.Name == "":
		return q.pkg.Group == "" || ecosystem.SameGroup(t, q.pkg.Group, group)
	case q.pkg.Group == "" && !q.ungrouped && ecosystem.SameName(t, q.pkg.Name, name):
		return true
	}
	return ecosystem.SamePackage(t, q.pkg.Group, q.pkg.Name, group, name)
}
