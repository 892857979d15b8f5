package feedtype

import (
	"testing"

	"github.com/progetctl/progetctl/client/ecosystem"
)

func TestHelm(t *testing.T) {
	t.Parallel()
	const index = "helm/feed/index.yaml"
	body := `apiVersion: v1
entries:
  acme:
  - {version: 1.9.0, urls: [https://proget.example/pg/helm/feed/acme-1.9.0.tgz], digest: "sha256:` + fill(1, 32) + `"}
  - version: v1.10.0+b
    digest: ` + fill(2, 32) + `
    urls:
    - charts/acme-1.10.0%2Bb.tgz
  - version: 2.0.0-rc.1
    urls: [charts/rc.tgz]
  - version: 3.0.0
    urls: []
  odd: text
generated: "2026-01-01T00:00:00Z"
`
	chart := func(version string) ecosystem.Package {
		return ecosystem.Package{Type: ecosystem.Helm, Name: "acme", Version: version}
	}
	grouped := chart("2.0.0-rc.1")
	grouped.Group = "in/side"
	runLocate(t, []locateTest{
		{
			name:  "absolute",
			pkg:   chart("1.9.0"),
			pages: map[string]string{index: body},
			asked: []string{index},
			want: Content{
				Ref:      "https://proget.example/pg/helm/feed/acme-1.9.0.tgz",
				FileName: "acme-1.9.0.tgz",
				Version:  "1.9.0",
				Size:     -1,
			},
			sums: "sha256:" + fill(1, 32) + " (helm index)",
		},
		{
			name:  "relative, latest stable",
			pkg:   chart("latest-stable"),
			pages: map[string]string{index: `{"entries": {"acme": [{"version": "1.0.0", "urls": ["a.tgz"]}, {"version": "1.1.0-b", "urls": ["b.tgz"]}]}}`},
			want: Content{
				Ref:      "https://proget.example/pg/helm/feed/a.tgz",
				FileName: "acme-1.0.0.tgz",
				Version:  "1.0.0",
				Size:     -1,
			},
		},
		{
			name: "an entry of another chart", pkg: chart("1.0.0"),
			pages: map[string]string{index: "entries:\n  acme:\n  - {name: other, version: 1.0.0, urls: [other.tgz]}\n  - {name: acme, version: 1.0.0, urls: [a.tgz]}\n"},
			want:  Content{Ref: "https://proget.example/pg/helm/feed/a.tgz", FileName: "acme-1.0.0.tgz", Version: "1.0.0", Size: -1},
		},
		{
			name: "the newest is of another chart, JSON", pkg: chart("latest"),
			pages: map[string]string{index: `{"entries": {"acme": [{"name": "other", "version": "2.0.0", "urls": ["other.tgz"]}, {"name": "Acme", "version": "1.0.0", "urls": ["a.tgz"]}]}}`},
			want:  Content{Ref: "https://proget.example/pg/helm/feed/a.tgz", FileName: "acme-1.0.0.tgz", Version: "1.0.0", Size: -1},
		},
		{
			name: "all entries are of another chart", pkg: chart("1.0.0"),
			pages: map[string]string{index: `{"entries": {"acme": [{"name": "other", "version": "1.0.0", "urls": ["other.tgz"]}]}}`},
			fails: `its entries of chart "acme" are of another chart, named "other"`,
		},
		{
			name:  "plus sign as the index has it",
			pkg:   chart("v1.10.0+b"),
			pages: map[string]string{index: body},
			want: Content{
				Ref:      "https://proget.example/pg/helm/feed/charts/acme-1.10.0%2Bb.tgz",
				FileName: "acme-v1.10.0+b.tgz",
				Version:  "v1.10.0+b",
				Size:     -1,
			},
			sums: "sha256:" + fill(2, 32) + " (helm index)",
		},
		{
			name:  "one version in two spellings",
			pkg:   chart("v1.0.0"),
			pages: map[string]string{index: `{"entries": {"acme": [{"version": "v1.0.0", "urls": ["a.tgz"]}, {"version": "1.0.0", "urls": ["b.tgz"]}]}}`},
			want:  Content{Ref: "https://proget.example/pg/helm/feed/a.tgz", FileName: "acme-v1.0.0.tgz", Version: "v1.0.0", Size: -1},
		},
		{
			name: "the newest was withdrawn", pkg: chart("latest"),
			pages: map[string]string{index: `{"entries": {"acme": [{"version": "3.0.0", "urls": []}, {"version": "2.0.0", "urls": [""]}, {"version": "1.0.0", "urls": ["a.tgz"]}]}}`},
			want:  Content{Ref: "https://proget.example/pg/helm/feed/a.tgz", FileName: "acme-1.0.0.tgz", Version: "1.0.0", Size: -1},
		},
		{
			name: "the newest has an odd address", pkg: chart("latest"),
			pages: map[string]string{index: `{"entries": {"acme": [{"version": "3.0.0", "urls": "x.tgz"}, {"version": "1.0.0", "urls": ["a.tgz"]}]}}`},
			fails: `version 3.0.0: "urls" should be a list, is text`,
		},
		{
			name: "without the build metadata", pkg: chart("1.0.0"),
			pages: map[string]string{index: `{"entries": {"acme": [{"version": "1.0.0-b", "urls": ["b.tgz"]}, {"version": "1.0.0+5", "urls": ["a.tgz"]}, {"version": "1.0.1+5", "urls": ["c.tgz"]}]}}`},
			want:  Content{Ref: "https://proget.example/pg/helm/feed/a.tgz", FileName: "acme-1.0.0+5.tgz", Version: "1.0.0+5", Size: -1},
		},
		{
			name: "with other build metadata", pkg: chart("1.0.0+6"),
			pages: map[string]string{index: `{"entries": {"acme": [{"version": "1.0.0+5", "urls": ["a.tgz"]}, {"version": "1.0.0", "urls": ["b.tgz"]}]}}`},
			is:    ErrNotFound,
		},
		{
			name:  "repository in a feed",
			pkg:   grouped,
			pages: map[string]string{"helm/feed/in/side/index.yaml": body},
			want: Content{
				Ref:      "https://proget.example/pg/helm/feed/in/side/charts/rc.tgz",
				FileName: "acme-2.0.0-rc.1.tgz",
				Version:  "2.0.0-rc.1",
				Size:     -1,
			},
		},
		{name: "no address", pkg: chart("3.0.0"), pages: map[string]string{index: body}, is: ErrNotFound},
		{name: "unknown", pkg: chart("7.0.0"), pages: map[string]string{index: body}, is: ErrNotFound},
		{name: "empty index", pkg: chart("7.0.0"), pages: map[string]string{index: ""}, is: ErrNotFound},
		{
			name:  "other shape",
			pkg:   chart("7.0.0"),
			pages: map[string]string{index: "entries: {acme: text}"},
			fails: `"acme" should be a list, is text`,
		},
		{
			name:  "aliases that grow",
			pkg:   chart("7.0.0"),
			fails: "should be an object, is a list",
			pages: map[string]string{index: "entries:\n  a: &a [x,x,x,x,x,x,x,x,x]\n" +
				"  b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n  c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n  d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n  acme: [*d,*d,*d]\n"},
		},
	})
}
