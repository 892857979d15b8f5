package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/progetctl/progetctl/internal/jsontext"
)

// deploymentPath keeps its trailing slash, as Inedo documents it.
const deploymentPath = "api/package-deployment/"

// DateLayout is how dates travel in deployment records: UTC, whole seconds.
const DateLayout = "2006-01-02T15:04:05Z"

// Deployment is what ProGet records of one deployment (Inedo docs,
// proget/packages/package-deployment). The first six properties are required,
// which is left to the server to say: nothing is checked here. What is empty is
// not sent.
type Deployment struct {
	Application string    // the application or system that deployed
	Description string    // what the deployment was
	Target      string    // server or environment it was deployed to
	FeedName    string    // feed that the package is in
	PackageName string    // name without its group
	Version     string    // version of the package
	GroupName   string    // group, scope or namespace, as its ecosystem writes it
	UserName    string    // who deployed; without it the server takes the authenticated user
	URL         string    // absolute http or https URL of the deployment
	Date        time.Time // when; zero lets the server take its own clock
}

// Encoding is one of the two bodies that the endpoint takes.
type Encoding string

// The encodings of a record.
const (
	EncodingJSON Encoding = "json" // application/json, the default
	EncodingForm Encoding = "form" // application/x-www-form-urlencoded
)

// Encodings lists every encoding, the default first.
func Encodings() []Encoding { return []Encoding{EncodingJSON, EncodingForm} }

// Property is one name and value of a record, as the API spells it.
type Property struct{ Name, Value string }

// Properties yields what is sent of d, in the API's order.
func (d Deployment) Properties() iter.Seq[Property] {
	return func(yield func(Property) bool) {
		date := ""
		if !d.Date.IsZero() {
			date = d.Date.UTC().Format(DateLayout)
		}
		for _, p := range [...]Property{
			{"Application", d.Application}, {"Description", d.Description}, {"Target", d.Target},
			{"FeedName", d.FeedName}, {"PackageName", d.PackageName}, {"Version", d.Version},
			{"GroupName", d.GroupName}, {"UserName", d.UserName}, {"Url", d.URL}, {"Date", date},
		} {
			if p.Value != "" && !yield(p) {
				return
			}
		}
	}
}

// Plan is a request as it would be sent, before credentials.
type Plan struct {
	Method string
	URL    string
	Header http.Header
	Body   []byte
}

// Plan returns the request that [DeploymentsService.Record] would send.
func (s *DeploymentsService) Plan(d Deployment, encoding Encoding) Plan {
	r := s.request(d, encoding)
	return Plan{r.method, s.c.scrub.url(r.url), r.header, r.body}
}

// DeploymentsService records deployments.
type DeploymentsService service

// RecordOptions say how a record is sent.
type RecordOptions struct {
	Encoding Encoding // the zero value is EncodingJSON
	// Resend sends a record again that was sent and not answered, which may
	// leave two.
	Resend bool
}

// Receipt tells how a record went. It is filled in next to an error, too.
type Receipt struct {
	Attempts           int  // requests that were sent, or tried
	PossiblyDuplicated bool // an earlier attempt may have been stored as well
}

// Record sends one deployment record: POST /api/package-deployment/.
//
// What never arrived, or was told to come back, is tried again. What was sent
// and not answered gives [KindUncertain] and is not sent again without
// [RecordOptions.Resend]. A nil error means that the server answered 2xx.
// [KindNotFound] means that the server knows no such feed.
func (s *DeploymentsService) Record(ctx context.Context, d Deployment, o RecordOptions) (Receipt, error) {
	r := s.request(d, o.Encoding)
	a := s.c.newAttempts()
	doubt := false
	for {
		x := s.c.send(ctx, r, followSame)
		a.count(x)
		v := x.judge()
		if v == verdictDone {
			drain(x.resp.Body)
			return Receipt{a.made, doubt}, nil
		}
		page := x.isPage()
		failed := s.c.failure(ctx, x, v)
		resend := v == verdictUncertain && o.Resend && !page
		if v == verdictAgain || resend {
			again, err := a.again(ctx, x)
			doubt = doubt || resend && again
			if again {
				continue
			}
			if v == verdictAgain {
				failed = orInterrupted(failed, err)
			}
		}
		if doubt {
			failed.Kind = KindUncertain
		}
		return Receipt{a.made, doubt}, failed
	}
}

func (s *DeploymentsService) request(d Deployment, encoding Encoding) request {
	u := *s.c.base
	u.Path += deploymentPath
	if u.RawPath != "" {
		u.RawPath += deploymentPath
	}
	r := request{method: http.MethodPost, url: &u, header: http.Header{"Accept": {"*/*"}}}
	if encoding == EncodingForm {
		r.header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.body = formBody(d)
	} else {
		r.header.Set("Content-Type", "application/json")
		r.body = jsonBody(d)
	}
	return r
}

func formBody(d Deployment) []byte {
	var pairs []string
	for p := range d.Properties() {
		pairs = append(pairs, url.QueryEscape(p.Name)+"="+url.QueryEscape(p.Value))
	}
	return []byte(strings.Join(pairs, "&"))
}

// jsonBody keeps the API's order of properties, which a map would not.
func jsonBody(d Deployment) []byte {
	b := append(make([]byte, 0, 512), '{')
	for p := range d.Properties() {
		b = jsontext.AppendProperty(b, p.Name, p.Value)
	}
	return append(b, '}')
}
