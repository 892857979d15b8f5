package feedtype

import (
	"context"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"
)

// maxHelmBytes bounds a chart index: 32 MiB. YAML cannot be read in parts, and takes ten times its size in memory.
const maxHelmBytes = 32 << 20

// chart is one version of a chart in the index (helm.sh, docs/topics/chart_repository).
type chart struct {
	Version string   `yaml:"version"`
	Digest  string   `yaml:"digest"` // sha256 in hex, with or without "sha256:" before it
	URLs    []string `yaml:"urls"`
}

// locateHelm takes the chart's first address from the repository's index. A group is a repository inside the feed.
func locateHelm(ctx context.Context, q query) (content Content, err error) {
	ref := "helm/" + q.feed + "/"
	if q.pkg.Group != "" {
		ref += escapePath(q.pkg.Group) + "/"
	}
	err = q.read(ctx, ref+"index.yaml", "application/yaml, text/yaml, */*", func(doc *Document, r io.Reader) error {
		charts, err := readHelm(r, q.pkg.Name)
		if err != nil {
			return err
		}
		content, err = q.pickChart(doc, charts)
		return err
	})
	return content, err
}

// readHelm gives the versions of one chart. Each is decoded by itself, so that a strange one elsewhere does no harm.
func readHelm(r io.Reader, name string) (charts []chart, err error) {
	var index struct {
		Entries map[string]yaml.Node `yaml:"entries"`
	}
	err = yaml.NewDecoder(&boundedReader{r, maxHelmBytes}).Decode(&index)
	if errors.Is(err, io.EOF) {
		return nil, nil // an empty document is an empty index
	}
	if err != nil {
		return nil, err
	}
	entry, ok := index.Entries[name]
	if !ok {
		return nil, nil
	}
	return charts, entry.Decode(&charts)
}

// pickChart takes the first address, as helm does.
func (q query) pickChart(doc *Document, charts []chart) (content Content, err error) {
	pick, found := newestOf(q.pkg), chart{}
	for _, c := range charts {
		if pick.wanted(q.pkg, c.Version) {
			found = c
		}
	}
	if len(found.URLs) == 0 {
		return Content{}, missing(q.pkg)
	}
	content = Content{FileName: q.pkg.Name + "-" + found.Version + ".tgz", Version: found.Version, Size: -1}
	if content.Ref, err = resolve(doc, found.URLs[0]); err != nil {
		return Content{}, err
	}
	content.publish("helm index", map[string]string{"sha256": found.Digest})
	return content, nil
}
