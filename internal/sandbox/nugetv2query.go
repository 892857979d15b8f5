package sandbox

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// v2List answers a list of packages, narrowed, ordered and cut as the query asks: $filter,
// $orderby, $skip, $top; with count it answers their number instead
// (odata.org/documentation/odata-version-2-0/uri-conventions, section 4).
func (s nugetFeeds) v2List(x *exchange, f *feed, found []*stored, count bool) {
	query := x.r.URL.Query()
	if text := query.Get("$filter"); text != "" {
		filter, err := parseV2Filter(text)
		if err != nil {
			x.text(http.StatusBadRequest, "The filter "+strconv.Quote(text)+" is not supported: "+err.Error()+".")
			return
		}
		found = slices.DeleteFunc(found, func(p *stored) bool { return filter(s.v2Row(f, p)) != true })
	}
	s.v2Sort(f, found, query.Get("$orderby"))
	if count {
		x.text(http.StatusOK, strconv.Itoa(len(found)))
		return
	}
	total := len(found)
	s.v2Feed(x, f, v2Page(found, query), total)
}

// v2Page cuts a list as $skip and $top say.
func v2Page(found []*stored, query url.Values) []*stored {
	if skip, err := strconv.Atoi(query.Get("$skip")); err == nil && skip > 0 {
		found = found[min(skip, len(found)):]
	}
	if top, err := strconv.Atoi(query.Get("$top")); err == nil && top >= 0 {
		found = found[:min(top, len(found))]
	}
	return found
}

// v2Sort orders by a list such as "Id,Version desc". Other properties of an order do nothing,
// because no package here has been downloaded more often than another.
func (s nugetFeeds) v2Sort(f *feed, found []*stored, order string) {
	if order == "" {
		return
	}
	terms := strings.Split(order, ",")
	slices.SortStableFunc(found, func(a, b *stored) int {
		for _, term := range terms {
			name, direction, _ := strings.Cut(strings.TrimSpace(term), " ")
			c := 0
			switch name {
			case "Id":
				c = cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
			case "Version":
				c = compareVersions(a.Version, b.Version)
			case "Published", "LastUpdated":
				c = a.Published.Compare(b.Published)
			}
			if direction == "desc" {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
}

// v2Flag is a parameter of a call that is true or false; anything else is false.
func v2Flag(query url.Values, name string) bool { return strings.EqualFold(query.Get(name), "true") }

// v2Search answers Search()?searchTerm='x': what has the term in its ID, in any letter case.
// Without pre-releases unless the query includes them.
func (s nugetFeeds) v2Search(x *exchange, f *feed, count bool) {
	query := x.r.URL.Query()
	term, _ := literal(query.Get("searchTerm")) // none at all finds everything
	all := v2Flag(query, "includePrerelease")
	found := s.list(f, func(p *stored) bool {
		return strings.Contains(strings.ToLower(p.Name), strings.ToLower(term)) && (all || !prerelease(p.Version)) && !p.Unlisted
	})
	s.v2List(x, f, found, count)
}

// v2Row are the properties of a package for a filter.
func (s nugetFeeds) v2Row(f *feed, p *stored) v2Row {
	return v2Properties(p, s.isNewest(f, p, true), s.isNewest(f, p, false))
}

func v2Properties(p *stored, latest, absoluteLatest bool) v2Row {
	return func(property string) (any, bool) {
		switch property {
		case "Id", "Title":
			return p.Name, true
		case "Version":
			return v2Version(p.Version), true
		case "NormalizedVersion":
			return normalizeNuGet(p.Version), true
		case "Description", "Tags", "Authors":
			return "", true
		case "PackageSize":
			return float64(len(p.Content)), true
		case "IsLatestVersion":
			return latest, true
		case "IsAbsoluteLatestVersion":
			return absoluteLatest, true
		case "IsPrerelease":
			return prerelease(p.Version), true
		case "Listed":
			return !p.Unlisted, true
		}
		return nil, false
	}
}
