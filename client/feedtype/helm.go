package feedtype

import (
	"context"
	"fmt"
	"io"

	"github.com/progetctl/progetctl/client/ecosystem"
)

// chart is one version of a chart in the index (helm.sh, docs/topics/chart_repository).
type chart struct {
	Name    text // of the chart, as the chart says; "" if it does not
	Version text
	Digest  string   // sha256 in hex, with or without "sha256:" before it
	URLs    []string `json:"urls"`
	odd     error    // why there is no address
}

// url is the first address that is one.
func (c chart) url() string {
	for _, u := range c.URLs {
		if u != "" {
			return u
		}
	}
	return ""
}

// helmQuery looks for a chart.
type helmQuery struct{ query }

// locateHelm takes the chart's first address from the repository's index. A group is a repository
// inside the feed.
func locateHelm(ctx context.Context, of query) (content Content, err error) {
	q := helmQuery{of}
	ref := "helm/" + q.feed + "/"
	if q.pkg.Group != "" {
		ref += escapePath(q.pkg.Group) + "/"
	}
	err = q.read(ctx, ref+"index.yaml", "application/yaml, text/yaml, */*", func(doc *Document, r io.Reader) error {
		found, err := q.findChart(r)
		if err != nil {
			return err
		}
		content, err = q.chartContent(doc, found)
		return err
	})
	return content, err
}

// findChart looks through the versions of the chart. An index that was merged may have a version
// twice: the first is taken.
func (q helmQuery) findChart(r io.Reader) (found chart, err error) {
	pick := newestOf(q.pkg)
	var other text
	unread, err := readHelm(r, q.pkg.Name, func(c chart) {
		if c.Name != "" && !ecosystem.SameName(ecosystem.Helm, string(c.Name), q.pkg.Name) {
			other = c.Name
			return
		}
		if c.withdrawn() && isLatest(q.pkg.Version) {
			return
		}
		if c.Version != "" && c.Version != found.Version && pick.wanted(q.pkg, string(c.Version)) {
			found = c
		}
	})
	if err == nil && found.Version == "" {
		switch {
		case unread != nil:
			err = unread
		case other != "":
			err = fmt.Errorf("its entries of chart %q are of another chart, named %q", q.pkg.Name, other)
		default:
			err = missing(q.pkg)
		}
	}
	return found, err
}

// withdrawn reports whether a version has no address left.
func (c chart) withdrawn() bool { return c.url() == "" && c.odd == nil }

// chartContent makes the answer.
func (q helmQuery) chartContent(doc *Document, found chart) (content Content, err error) {
	switch {
	case found.odd != nil:
		return Content{}, fmt.Errorf("version %s: %w", found.Version, found.odd)
	case found.withdrawn():
		return Content{}, missing(q.pkg)
	}
	version := string(found.Version)
	content = Content{FileName: q.pkg.Name + "-" + version + ".tgz", Version: version, Size: -1}
	if content.Ref, err = resolveContent(doc, version, found.url()); err != nil {
		return Content{}, err
	}
	content.publish("helm index", map[string]string{"sha256": found.Digest})
	return content, nil
}
