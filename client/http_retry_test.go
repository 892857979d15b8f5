package client

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

// allEffects are a read, a record and an annotated fetch.
func allEffects() []effect { return []effect{effectNone, effectRecord, effectAnnotated} }

// TestJudge is the table of what one request's outcome means: for a read, a record and an annotated
// fetch.
func TestJudge(t *testing.T) {
	t.Parallel()
	const (
		done, again, nothing, uncertain     = verdictDone, verdictAgain, verdictNothing, verdictUncertain
		rejected, unauthorised, notFoundErr = verdictRejected, verdictAuth, verdictNotFound
	)
	for _, c := range []struct {
		name                    string
		o                       observed
		read, record, annotated verdict
	}{
		{"name not found", observed{at: phaseResolving}, again, again, again},
		{"no connection", observed{at: phaseConnecting}, again, again, again},
		{"connected, nothing sent", observed{at: phaseConnected}, again, again, again},
		{"proxy refuses", observed{at: phaseProxy}, nothing, nothing, nothing},
		{"no agreement on TLS", observed{at: phaseTLS}, nothing, nothing, nothing},
		{"another protocol", observed{at: phaseOtherProtocol}, nothing, nothing, nothing},
		{"sent and lost", observed{at: phaseSent}, again, uncertain, uncertain},

		{"101", observed{at: phaseAnswered, status: 101}, again, uncertain, uncertain},
		{"200", observed{at: phaseAnswered, status: 200}, done, done, done},
		{"201", observed{at: phaseAnswered, status: 201}, done, done, done},
		{"204", observed{at: phaseAnswered, status: 204}, done, done, done},
		{"200 with a page", observed{at: phaseAnswered, status: 200, page: true}, nothing, uncertain, uncertain},
		{"300", observed{at: phaseAnswered, status: 300}, nothing, nothing, uncertain},
		{"301", observed{at: phaseAnswered, status: 301}, nothing, nothing, uncertain},
		{"302", observed{at: phaseAnswered, status: 302}, nothing, nothing, uncertain},
		{"303", observed{at: phaseAnswered, status: 303}, nothing, uncertain, uncertain},
		{"304", observed{at: phaseAnswered, status: 304}, nothing, nothing, uncertain},
		{"307", observed{at: phaseAnswered, status: 307}, nothing, nothing, uncertain},
		{"308", observed{at: phaseAnswered, status: 308}, nothing, nothing, uncertain},
		{"399", observed{at: phaseAnswered, status: 399}, nothing, nothing, uncertain},
		{"400", observed{at: phaseAnswered, status: 400}, rejected, rejected, rejected},
		{"401", observed{at: phaseAnswered, status: 401}, unauthorised, unauthorised, unauthorised},
		{"403", observed{at: phaseAnswered, status: 403}, unauthorised, unauthorised, unauthorised},
		{"404", observed{at: phaseAnswered, status: 404}, notFoundErr, notFoundErr, notFoundErr},
		{"405", observed{at: phaseAnswered, status: 405}, rejected, rejected, rejected},
		{"407", observed{at: phaseAnswered, status: 407}, nothing, nothing, nothing},
		{"408", observed{at: phaseAnswered, status: 408}, again, again, again},
		{"408 of a proxy that lost the server", observed{at: phaseAnswered, status: 408, lost: true}, again, uncertain, uncertain},
		{"409", observed{at: phaseAnswered, status: 409}, rejected, rejected, rejected},
		{"429", observed{at: phaseAnswered, status: 429}, again, again, again},
		{"499", observed{at: phaseAnswered, status: 499}, rejected, rejected, rejected},
		{"500", observed{at: phaseAnswered, status: 500}, again, uncertain, uncertain},
		{"502", observed{at: phaseAnswered, status: 502}, again, uncertain, uncertain},
		{"503", observed{at: phaseAnswered, status: 503}, again, again, again},
		{"503 of a proxy that lost the server", observed{at: phaseAnswered, status: 503, lost: true}, again, uncertain, uncertain},
		{"504", observed{at: phaseAnswered, status: 504}, again, uncertain, uncertain},
		{"520", observed{at: phaseAnswered, status: 520}, again, uncertain, uncertain},
		{"600", observed{at: phaseAnswered, status: 600}, again, uncertain, uncertain},
	} {
		for effect, want := range map[effect]verdict{effectNone: c.read, effectRecord: c.record, effectAnnotated: c.annotated} {
			o := c.o
			o.effect = effect
			if got := classify(o); got != want {
				t.Errorf("%s, effect %d: verdict %d, want %d", c.name, effect, got, want)
			}
		}
	}
}

// TestJudgeHolds goes over every status, sign and effect for what must always be true.
func TestJudgeHolds(t *testing.T) {
	t.Parallel()
	for status := 100; status < 700; status++ {
		for signs := range 4 {
			for _, effect := range allEffects() {
				o := observed{effect: effect, at: phaseAnswered, status: status, page: signs&1 != 0, lost: signs&2 != 0}
				v := classify(o)
				if v == verdictDone && (status < 200 || status > 299 || o.page) {
					t.Errorf("%+v is called done", o)
				}
				if v == verdictUncertain && effect == effectNone {
					t.Errorf("%+v is uncertain, and stores nothing", o)
				}
				if effect != effectNone && status >= 500 && status != 503 && v.kind() != KindUncertain {
					t.Errorf("%+v: kind %q, want uncertain", o, v.kind())
				}
				if effect != effectNone && (o.lost || o.page && status/100 == 2) && v != verdictUncertain {
					t.Errorf("%+v: verdict %d, want uncertain", o, v)
				}
			}
		}
	}
}

// TestSniffKeepsError holds that a body that breaks while it is looked at breaks for its reader
// too.
func TestSniffKeepsError(t *testing.T) {
	t.Parallel()
	broken := fmt.Errorf("connection lost")
	body := io.MultiReader(strings.NewReader("[1,"), failingReader{broken})
	x := exchange{phase: phaseAnswered, resp: &http.Response{StatusCode: 200, Body: io.NopCloser(body)}}
	x.look()
	if x.page {
		t.Error("taken for a page")
	}
	rest, err := io.ReadAll(x.resp.Body)
	if string(rest) != "[1," || err != broken {
		t.Errorf("read %q, %v; want what came and then the error", rest, err)
	}
}
