package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/url"
	"strings"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// PackagesService looks at the packages of a feed, whatever its type.
type PackagesService service

// Versions asks for the versions of a package that a feed holds or has cached, in the server's
// order, and for each file of a version that has several: GET /api/packages/{feed}/versions. With a
// version in pkg, only that one. A package that does not exist is an empty sequence; [KindNotFound]
// means that there is no such feed, or that the server is older than ProGet 2023.
//
// One is held at a time. An error ends the sequence: what came before it is not the whole list.
func (s *PackagesService) Versions(ctx context.Context, feed string, pkg ecosystem.Package) iter.Seq2[PackageVersion, error] {
	pkg = storedName(pkg)
	query := []string{"name=" + url.QueryEscape(pkg.Name)}
	if pkg.Group != "" {
		query = append(query, "group="+url.QueryEscape(pkg.Group))
	}
	if pkg.Version != "" {
		query = append(query, "version="+url.QueryEscape(pkg.Version))
	}
	return s.rows(ctx, "api/packages/"+url.PathEscape(feed)+"/versions?"+strings.Join(query, "&"), "a list of versions", versionsLimit)
}

// Latest asks for the packages of a feed, each with its newest version, and for each file of that
// if it has several: GET /api/packages/{feed}/latest (Inedo docs, proget/api/packages/list). It is
// as [PackagesService.Versions] otherwise. The lists leave out Docker, Bower and classic Maven
// feeds: an empty one says nothing of them.
func (s *PackagesService) Latest(ctx context.Context, feed string) iter.Seq2[PackageVersion, error] {
	return s.rows(ctx, "api/packages/"+url.PathEscape(feed)+"/latest", "a list of packages", elementsLimit)
}

// versionsLimit is how many versions and files a package may have: what is done with each takes
// longer than reading it.
const versionsLimit = 1_000_000

// rows asks for a list and yields its rows, no more than most.
func (s *PackagesService) rows(ctx context.Context, ref, expected string, most int) iter.Seq2[PackageVersion, error] {
	return func(yield func(PackageVersion, error) bool) {
		resp, err := s.c.read(ctx, ref, "application/json")
		if err == nil {
			read := 0
			err = readAnswer(resp, func(text io.Reader) error {
				return decodeVersions(text, func(v PackageVersion) error {
					if read++; read > most {
						return shapeError(fmt.Sprintf("it has more than %d elements", most))
					}
					if !yield(v, nil) {
						return errStopped
					}
					return nil
				})
			})
			if err != nil && !errors.Is(err, errStopped) {
				err = s.c.failures.unreadable(ctx, resp, expected+" as JSON", err)
			}
			_ = resp.Body.Close()
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(PackageVersion{}, err)
		}
	}
}

// storedName names pkg as ProGet does if a package URL has other words: no vendor before a package
// of an operating system, an extension's publisher and a module's provider as parts of the name.
func storedName(pkg ecosystem.Package) ecosystem.Package {
	switch pkg.Type {
	case ecosystem.Alpine, ecosystem.Debian, ecosystem.RPM:
		pkg.Group = ""
	case ecosystem.VSIX:
		pkg.Name, pkg.Group = strings.TrimPrefix(pkg.Group+"."+pkg.Name, "."), ""
	case ecosystem.Terraform:
		if namespace, module, ok := strings.Cut(pkg.Group, "/"); ok {
			pkg.Group, pkg.Name = namespace, module+"."+pkg.Name
		}
	}
	return pkg
}

// Type is the type in the package URL, "" if the server gave none.
func (v PackageVersion) Type() ecosystem.Type {
	named, _ := ecosystem.ParsePURL(v.PURL) // what cannot be read names no type
	return named.Type
}

// Find returns a version of a package that a feed has, nil if it has none. The server is asked for
// that version and, if it finds none, for all of them: it may compare versions by their text, in
// which 1.0 and 1.0.0 differ. If it may not list packages of the feed's type, that it has none is
// an error of [KindUnavailable], not a no.
func (s *PackagesService) Find(ctx context.Context, feed string, pkg ecosystem.Package) (*PackageVersion, error) {
	all, empty := pkg, true
	all.Version = ""
	for _, question := range []ecosystem.Package{pkg, all} {
		for v, err := range s.Versions(ctx, feed, question) {
			if err != nil {
				return nil, err
			}
			empty = false
			if ecosystem.SameVersion(cmp.Or(v.Type(), pkg.Type), v.Version, pkg.Version) {
				return &v, nil
			}
		}
	}
	if empty {
		return nil, s.listed(ctx, feed, pkg.Type)
	}
	return nil, nil
}

// Has reports whether a feed has a version of a package, as [PackagesService.Find] does.
func (s *PackagesService) Has(ctx context.Context, feed string, pkg ecosystem.Package) (bool, error) {
	found, err := s.Find(ctx, feed, pkg)
	return found != nil, err
}

// listed returns an error if a feed's packages are not in the lists of GET /api/packages, so that
// an empty one says nothing: Docker's and Bower's, and those of classic Maven feeds, which answer
// to the same word as the new ones (Inedo docs, proget/api/packages). t is the type of the package,
// "" if unknown.
func (s *PackagesService) listed(ctx context.Context, feed string, t ecosystem.Type) error {
	if t == "" {
		info, _ := (&FeedsService{s.c}).Info(ctx, feed) // a server that does not say leaves the list its word
		t = info.Type
	}
	switch t {
	case ecosystem.Docker, ecosystem.Bower, ecosystem.Maven:
		return &Error{Kind: KindUnavailable, Message: fmt.Sprintf("the server may not list packages of the type %s, and an empty list says nothing of feed %s", t, feed)}
	}
	return nil
}
