package client

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/progetctl/progetctl/internal/records"
)

// deploymentPath keeps its trailing slash, as Inedo documents it.
const deploymentPath = "api/package-deployment/"

// DateLayout is how dates are sent in deployment records: UTC, whole seconds.
const DateLayout = records.DateLayout

// Deployment is what ProGet records of one deployment (Inedo docs,
// proget/packages/package-deployment):
//
//	Application, Description, Target  what deployed, free text, and the server or environment
//	FeedName, PackageName, Version    the package, by its name without its group
//	GroupName                         group, scope or namespace, as its ecosystem writes it
//	UserName                          who deployed; without it the server takes the authenticated user
//	URL                               absolute http or https URL of the deployment
//	Date                              when, as [DateLayout]; without it the server takes its own clock
//
// All are texts. The first six are required, which is left to the server to say: nothing is checked
// here. What is empty is not sent.
type Deployment = records.Record

// Encoding is one of the two bodies that the endpoint takes.
type Encoding string

// The encodings of a record.
const (
	EncodingJSON Encoding = "json" // application/json, the default
	EncodingForm Encoding = "form" // application/x-www-form-urlencoded
)

// Encodings lists every encoding, the default first.
func Encodings() []Encoding { return []Encoding{EncodingJSON, EncodingForm} }

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
	return Plan{r.method, s.c.scrub.url(r.url), r.header.Clone(), r.body}
}

// DeploymentsService records deployments.
type DeploymentsService struct {
	c *Client
	// What all records of a batch have in common; nothing changes it.
	url        *url.URL
	json, form http.Header
}

func newDeployments(c *Client) *DeploymentsService {
	u := *c.base
	u.Path += deploymentPath
	if u.RawPath != "" {
		u.RawPath += deploymentPath
	}
	header := func(contentType string) http.Header {
		return http.Header{"Accept": {"*/*"}, "Content-Type": {contentType}}
	}
	return &DeploymentsService{c, &u, header("application/json"), header("application/x-www-form-urlencoded")}
}

// RecordOptions say how a record is sent.
type RecordOptions struct {
	Encoding Encoding // the zero value is EncodingJSON
	// Resend sends a record again that was sent and not answered, which may leave two.
	Resend bool
	// Waiting, if set, is called before a wait for the next attempt of a record that is certain not
	// to be stored. What it returns, if anything, is called after the wait; its error ends the
	// attempts.
	Waiting func() (resume func() error)
}

// Receipt says how a record went. It is filled in next to an error, too.
type Receipt struct {
	Attempts           int  // requests that were sent, or tried
	PossiblyDuplicated bool // an earlier attempt may have been stored as well
}

// Record sends one deployment record: POST /api/package-deployment/.
//
// What never reached the server, or was asked to retry later, is retried. What was sent and not
// answered gives [KindUncertain] and is not sent again without [RecordOptions.Resend]. A nil error
// means that the server answered 2xx. [KindNotFound] means that the server has no such feed.
func (s *DeploymentsService) Record(ctx context.Context, d Deployment, o RecordOptions) (Receipt, error) {
	r := s.request(d, o.Encoding)
	a := newAttempts(s.c)
	doubt := false
	for {
		x := s.c.http.send(ctx, r, followSame)
		a.count(x)
		v := x.verdict()
		if v == verdictDone {
			drain(x.resp.Body)
			return Receipt{a.made, doubt}, nil
		}
		failed := s.c.failures.of(ctx, x, v)
		resend := v == verdictUncertain && o.Resend && !x.page
		if v == verdictAgain || resend {
			a.waiting = o.whileNotStored(doubt || resend)
			again, err := a.wait(ctx, x)
			doubt = doubt || resend && again
			if again {
				continue
			}
			if v == verdictAgain {
				failed = orEnded(failed, err)
			}
		}
		if doubt {
			failed = failed.as(KindUncertain)
		}
		return Receipt{a.made, doubt}, failed
	}
}

// whileNotStored is the callback for a wait; nil if the record may be stored.
func (o RecordOptions) whileNotStored(doubt bool) func() func() error {
	if doubt {
		return nil
	}
	return o.Waiting
}

// orEnded is the error of attempts that a callback's error ended, else of those that were
// interrupted.
func orEnded(failed *Error, err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return orInterrupted(failed, err)
}

func (s *DeploymentsService) request(d Deployment, encoding Encoding) request {
	if encoding == EncodingForm {
		return request{method: http.MethodPost, url: s.url, header: s.form, body: formBody(d)}
	}
	return request{method: http.MethodPost, url: s.url, header: s.json, body: d.AppendJSON(make([]byte, 0, 512))}
}

func formBody(d Deployment) []byte {
	var pairs []string
	for _, p := range d.Properties() {
		if *p.Value != "" {
			pairs = append(pairs, url.QueryEscape(p.Name)+"="+url.QueryEscape(*p.Value))
		}
	}
	return []byte(strings.Join(pairs, "&"))
}
