package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// How a deployment came to be recorded.
const (
	ViaPost = "post" // the deployment API
	ViaGet  = "get"  // headers on the GET of a package
)

// Deployment is a recorded deployment: the ten properties of the API, and what the server adds.
type Deployment struct {
	Application string
	Description string
	Target      string
	FeedName    string
	PackageName string
	Version     string
	GroupName   string
	// UserName as given, else the authenticated user.
	UserName string
	URL      string
	// Date as given, else the time of arrival; UTC.
	Date time.Time

	// Via is ViaPost or ViaGet.
	Via string
	// ReceivedAt is when the request arrived, by Options.Now.
	ReceivedAt time.Time
	// User is the user of the credentials, independent of UserName.
	User string
}

// deploymentsAPI answers /api/package-deployment.
type deploymentsAPI struct{ *Server }

// post is POST /api/package-deployment (Inedo docs, proget/packages/package-deployment).
func (s deploymentsAPI) post(x *exchange, rest []string) {
	if len(rest) > 0 {
		x.text(http.StatusNotFound, "Not found.")
		return
	}
	if !x.allow(http.MethodPost) {
		return
	}
	given, unreadable := readProperties(x.r)
	who := keysOf(x.r)
	for _, name := range []string{"api_key", "key"} {
		if key := given[name]; key != "" {
			who.keys = append(who.keys, key)
		}
	}
	// The key may be in the body, so the body is read before the credentials are checked.
	if !x.admit(who) {
		x.text(http.StatusForbidden, forbidden)
		return
	}
	if unreadable != "" {
		x.text(http.StatusBadRequest, unreadable)
		return
	}
	deployment, problem := toDeployment(given)
	if problem != "" {
		x.text(http.StatusBadRequest, problem)
		return
	}
	f := s.lookup(deployment.FeedName)
	if f == nil {
		feedNotFound(x, deployment.FeedName)
		return
	}
	deployment.Via = ViaPost
	s.record(x, f, deployment)
	x.Header().Set("Content-Length", "0")
	x.WriteHeader(http.StatusOK)
}

// toDeployment checks the properties; the problem is a sentence for the caller, empty if there is
// none.
func toDeployment(given properties) (Deployment, string) {
	d := Deployment{
		Application: given["application"],
		Description: given["description"],
		Target:      given["target"],
		FeedName:    given["feedname"],
		PackageName: given["packagename"],
		Version:     given["version"],
		GroupName:   given["groupname"],
		UserName:    given["username"],
		URL:         given["url"],
	}
	if missing := d.missing(); len(missing) > 0 {
		return d, "Missing required properties: " + strings.Join(missing, ", ") + "."
	}
	if text := given["date"]; text != "" {
		date, err := parseDate(text)
		if err != nil {
			return d, "Invalid property Date: " + strconv.Quote(text) + " is not an ISO 8601 date."
		}
		d.Date = date
	}
	return d, ""
}

// missing names the properties that a POST needs and that are blank.
func (d Deployment) missing() []string {
	return append(d.blank(), blankOf(
		named{"FeedName", d.FeedName}, named{"PackageName", d.PackageName}, named{"Version", d.Version})...)
}

// blank is like missing, for a GET, whose path identifies the package: an asset may have no
// version.
func (d Deployment) blank() []string {
	return blankOf(named{"Application", d.Application}, named{"Description", d.Description}, named{"Target", d.Target})
}

// named is a property with its name in the documentation.
type named struct{ name, value string }

// blankOf treats white space as empty: a history with blank targets would be useless.
func blankOf(properties ...named) []string {
	var names []string
	for _, p := range properties {
		if strings.TrimSpace(p.value) == "" {
			names = append(names, p.name)
		}
	}
	return names
}

// parseDate reads ISO 8601: a date, or date and time with or without fraction and zone; without a
// zone it is UTC.
func parseDate(text string) (time.Time, error) {
	var first error
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		date, err := time.Parse(layout, text)
		if err == nil {
			return date.UTC(), nil
		}
		if first == nil {
			first = err
		}
	}
	return time.Time{}, first
}
