package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

// gemFeeds answers for RubyGems feeds.
type gemFeeds struct{ *Server }

// answer serves the compact index (info/{gem}, versions, names), gems/{file}
// (guides.rubygems.org/rubygems-org-compact-index-api), and the older indexes that gem itself
// reads.
func (s gemFeeds) answer(x *exchange, f *feed, rest []string) {
	if !x.allow(http.MethodGet, http.MethodHead) {
		return
	}
	which, isSpecs := strings.CutSuffix(rest[len(rest)-1], ".4.8.gz")
	switch {
	case len(rest) == 2 && rest[0] == "info":
		s.gemInfo(x, f, rest[1])
	case len(rest) == 1 && rest[0] == "names":
		x.text(http.StatusOK, s.gemNames(f))
	case len(rest) == 1 && rest[0] == "versions":
		x.text(http.StatusOK, s.gemVersions(f))
	case len(rest) == 1 && isSpecs && slices.Contains([]string{"specs", "latest_specs", "prerelease_specs"}, which):
		s.gemSpecs(x, f, which)
	case len(rest) == 3 && rest[0] == "quick" && rest[1] == "Marshal.4.8":
		s.gemDescription(x, f, rest[2])
	case len(rest) == 2 && rest[0] == "gems":
		x.sendNamed(f, rest[1], "application/octet-stream")
	default:
		x.text(http.StatusNotFound, "Not found.")
	}
}

// gemInfo answers the info document of a gem. The names of gems are exact.
func (s gemFeeds) gemInfo(x *exchange, f *feed, name string) {
	info := s.gemInfoOf(f, name)
	if info == "" {
		x.text(http.StatusNotFound, "Gem "+name+" not found.")
		return
	}
	x.text(http.StatusOK, info)
}

// gemInfoOf writes a line for each file: version[-platform], requirements, checksum. It is empty
// for an unknown gem.
func (s gemFeeds) gemInfoOf(f *feed, name string) string {
	var info strings.Builder
	for _, p := range s.list(f, func(p *stored) bool { return p.Name == name }) {
		info.WriteString(gemNumber(p) + " |checksum:" + p.sha256 + ",ruby:>= 2.5.0\n")
	}
	if info.Len() == 0 {
		return ""
	}
	return "---\n" + info.String()
}

// gemNames lists each gem once, sorted, after the line that begins every document of the compact
// index.
func (s gemFeeds) gemNames(f *feed) string {
	var names []string
	for _, p := range s.list(f, func(*stored) bool { return true }) {
		names = append(names, p.Name)
	}
	slices.Sort(names)
	return "---\n" + strings.Join(slices.Compact(names), "\n") + "\n"
}
