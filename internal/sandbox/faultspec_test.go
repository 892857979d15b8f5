package sandbox

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParseFault(t *testing.T) {
	t.Parallel()
	page := SignInPage()
	page.Status = 403
	for spec, want := range map[string]struct {
		pattern string
		fault   Fault
	}{
		"path=/api/package-deployment;status=503;retry-after=2;times=3": {"/api/package-deployment",
			Fault{Status: 503, Header: http.Header{"Retry-After": {"2"}}, Times: 3}},
		" Path = /x ; Effect = cut ; after = 10 ; times = always ; ": {"/x", Fault{Effect: Cut, After: 10, Times: -1}},
		"path=/x;method=get;status=307;location=https://h/y?a=b": {"/x",
			Fault{Method: "GET", Status: 307, Header: http.Header{"Location": {"https://h/y?a=b"}}}},
		"path=/x;delay=1.5s":                {"/x", Fault{Delay: 1500 * time.Millisecond}},
		"path=/x;status=500;body=No;size=9": {"/x", Fault{Status: 500, Body: "No", Fill: 9}},
		"path=/x;header=etag:;header=A: b:c": {"/x",
			Fault{Header: http.Header{"Etag": {""}, "A": {"b:c"}}}},
		"status=403;answer=sign-in;path=*.nupkg$": {"*.nupkg$", page},
		"path=/x;answer=challenge":                {"/x", Challenge()},
	} {
		pattern, fault, err := ParseFault(spec)
		if err != nil || pattern != want.pattern || !reflect.DeepEqual(fault, want.fault) {
			t.Errorf("%q: %q %+v %v", spec, pattern, fault, err)
		}
	}
	for name, effect := range effectNames() {
		if _, fault, err := ParseFault("path=/;effect=" + name); err != nil || fault.Effect != effect {
			t.Errorf("%s: %v %v", name, fault.Effect, err)
		}
	}
}

func TestParseFaultRefuses(t *testing.T) {
	t.Parallel()
	for spec, text := range map[string]string{
		"":                       "no path",
		"status=500":             "no path",
		"path=/x;500":            `"500"`,
		"path=/x;status=abc":     `"abc"`,
		"path=/x;status=99":      `"99"`,
		"path=/x;times=0":        `"0"`,
		"path=/x;after=-1":       `"-1"`,
		"path=/x;delay=soon":     `"soon"`,
		"path=/x;effect=explode": `"explode"`,
		"path=/x;answer=maybe":   `"maybe"`,
		"path=/x;colour=red":     `"colour"`,
	} {
		if _, _, err := ParseFault(spec); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%q: %v", spec, err)
		}
	}
}

func FuzzParseFault(f *testing.F) {
	f.Add("path=/api/package-deployment;status=503;retry-after=2;times=3")
	f.Add("path=/x;effect=slow;after=1;delay=1s;header=:;answer=challenge")
	f.Fuzz(func(t *testing.T, spec string) {
		pattern, fault, err := ParseFault(spec)
		if err != nil {
			return
		}
		// What is accepted has a path and nothing that the server would choke on.
		if pattern == "" || fault.After < 0 || fault.Fill < 0 || fault.Status != 0 && fault.Status < 200 {
			t.Errorf("%q became %q %+v", spec, pattern, fault)
		}
	})
}
