package client

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestTransferStates goes through each transition of a transfer, one outcome of a request at a
// time.
func TestTransferStates(t *testing.T) {
	t.Parallel()
	tagged := http.Header{"Etag": {`"1"`}}
	lost := errors.New("connection lost")
	for _, test := range []struct {
		name   string
		from   transferState
		status int // 0 for no answer
		phase  phase
		header http.Header
		broken bool // the body breaks off
		away   bool // sent on to another origin
		to     transferState
		again  bool
		record DeploymentState
	}{
		{name: "not connected", from: askAnnotated, phase: phaseConnecting, to: askAnnotated, again: true, record: DeploymentFailed},
		{name: "busy", from: askAnnotated, status: 503, to: askAnnotated, again: true, record: DeploymentFailed},
		{name: "refused", from: askAnnotated, status: 403, to: askAnnotated, record: DeploymentFailed},
		{name: "not answered", from: askAnnotated, phase: phaseSent, to: askAll, again: true, record: DeploymentUncertain},
		{name: "sent on, not answered", from: askAnnotated, phase: phaseSent, away: true, to: askForwarded, again: true, record: DeploymentUncertain},
		{name: "sent on, refused", from: askAnnotated, status: 403, away: true, to: askForwarded, record: DeploymentUncertain},
		{name: "sent on, whole", from: askAnnotated, status: 200, away: true, to: askAll, record: DeploymentRecorded},
		{name: "whole", from: askAnnotated, status: 200, to: askAll, record: DeploymentRecorded},
		{name: "broken off", from: askAnnotated, status: 200, header: tagged, broken: true, to: askRest, again: true, record: DeploymentRecorded},
		{name: "broken off, no way to go on", from: askAnnotated, status: 200, broken: true, to: askAll, again: true, record: DeploymentRecorded},
		{name: "whole from storage", from: askForwarded, status: 200, to: askAll, record: DeploymentRecorded},
		{name: "broken off, plain", from: askAll, status: 200, header: tagged, broken: true, to: askRest, again: true, record: DeploymentFailed},
		{name: "rest broken off", from: askRest, status: 206, header: http.Header{"Content-Range": {"bytes 2-9/10"}}, broken: true, to: askRest, again: true, record: DeploymentFailed},
		{name: "rest of something else", from: askRest, status: 206, header: http.Header{"Content-Range": {"bytes 5-9/10"}}, to: askWhole, again: true, record: DeploymentFailed},
		{name: "no rest", from: askRest, status: 416, to: askWhole, again: true, record: DeploymentFailed},
		{name: "rest refused", from: askRest, status: 403, to: askWhole, again: true, record: DeploymentFailed},
		{name: "rest later", from: askRest, status: 503, to: askRest, again: true, record: DeploymentFailed},
		{name: "never a range again", from: askWhole, status: 200, header: tagged, broken: true, to: askWhole, again: true, record: DeploymentFailed},
	} {
		c := newClient(t, "http://proget.corp.local")
		into := &memorySink{limit: 1 << 20}
		transfer := &transfer{
			c: c, url: mustParse(t, "http://proget.corp.local/x"), into: into, hash: newHasher(nil), attempts: newAttempts(c),
			result: &Fetched{Deployment: DeploymentFailed}, size: -1, state: test.from, annotation: someAnnotation(),
		}
		if test.from == askRest {
			_, _ = into.Write([]byte("ab"))
			transfer.offset, transfer.size, transfer.validator = 2, 10, `"1"`
		}
		r := transfer.request()
		if test.away {
			r.annotation, r.forwarded = nil, true
		}
		x := exchange{request: r, phase: test.phase, err: lost, sends: 1}
		if test.status != 0 {
			body := io.Reader(strings.NewReader("PK content"))
			if test.broken {
				body = io.MultiReader(bytes.NewReader([]byte("PK")), failingReader{lost})
			}
			header := test.header.Clone()
			if header == nil {
				header = http.Header{}
			}
			x.phase, x.err = phaseAnswered, nil
			x.resp = &http.Response{StatusCode: test.status, Header: header, Body: io.NopCloser(body), ContentLength: -1}
		}
		err := transfer.take(t.Context(), x)
		e, _ := errors.AsType[*Error](err)
		if again := e != nil && e.Transient; transfer.state != test.to || again != test.again || transfer.result.Deployment != test.record {
			t.Errorf("%s: state %d, again %v, record %q; want %d, %v, %q (%v)",
				test.name, transfer.state, again, transfer.result.Deployment, test.to, test.again, test.record, err)
		}
		asks := transfer.request()
		if (asks.annotation != nil) != (test.to == askAnnotated) || (asks.header.Get("Range") != "") != (test.to == askRest) {
			t.Errorf("%s: the next request has annotation %v, range %q", test.name, asks.annotation != nil, asks.header.Get("Range"))
		}
	}
}
