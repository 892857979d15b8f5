package sandbox

import (
	"fmt"
	"net/http"
	"strings"
)

// helmFeeds answers for Helm feeds.
type helmFeeds struct{ *Server }

// answer serves index.yaml and the charts beside it (helm.sh/docs/topics/chart_repository).
func (s helmFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	if len(rest) != 1 {
		x.text(http.StatusNotFound, "Not found.")
		return
	}
	if rest[0] == "index.yaml" {
		x.send(http.StatusOK, "text/yaml; charset=utf-8", []byte(s.helmIndex(f)))
		return
	}
	found := s.list(f, func(p *stored) bool { return p.FileName == rest[0] })
	if len(found) == 0 {
		x.text(http.StatusNotFound, "Chart "+rest[0]+" not found.")
		return
	}
	x.sendPackage(f, found[0], "application/gzip")
}

// helmIndex writes strings with %q: YAML reads JSON strings, and these names have nothing that Go
// quotes differently.
func (s helmFeeds) helmIndex(f *feed) string {
	byName := map[string][]*stored{}
	var order []string
	for _, p := range s.list(f, func(*stored) bool { return true }) {
		if byName[p.Name] == nil {
			order = append(order, p.Name)
		}
		byName[p.Name] = append(byName[p.Name], p)
	}
	var index strings.Builder
	index.WriteString("apiVersion: v1\nentries:\n")
	for _, name := range order {
		fmt.Fprintf(&index, "  %q:\n", name)
		for _, p := range byName[name] {
			fmt.Fprintf(&index, "  - apiVersion: v2\n    name: %q\n    version: %q\n    created: %q\n    digest: %s\n",
				p.Name, p.Version, p.Published.Format("2006-01-02T15:04:05Z"), p.sha256)
			fmt.Fprintf(&index, "    urls:\n    - %q\n", p.FileName)
		}
	}
	return index.String()
}
