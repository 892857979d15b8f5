package ci

import (
	"net/url"
	"slices"
	"strings"
)

// pageParameters are the query parameters that the pages of known systems need: Azure's, TeamCity's
// and CodeBuild's. All others are dropped, because they may hold secrets.
func pageParameters() []string {
	return []string{"buildId", "releaseId", "_a", "buildTypeId", "region"}
}

// pageLimit is 2,000 bytes, which every server and browser takes; a longer address would be of no
// use when cut.
const pageLimit = 2000

// page returns the address of a web page without what may be secret in it, or "" for anything else.
func page(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (!strings.EqualFold(u.Scheme, "http") && !strings.EqualFold(u.Scheme, "https")) {
		return ""
	}
	u.User = nil
	u.RawQuery = keptQuery(u.RawQuery)
	u.ForceQuery = false
	// A fragment that is a path is the route of a page; another may be a token.
	if !strings.HasPrefix(u.Fragment, "/") {
		u.Fragment, u.RawFragment = "", ""
	}
	text := u.String()
	if len(text) > pageLimit {
		return ""
	}
	return text
}

// keptQuery drops parameters and keeps the order and spelling of the rest.
func keptQuery(query string) string {
	return strings.Join(slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return !slices.Contains(pageParameters(), name)
	}), "&")
}
