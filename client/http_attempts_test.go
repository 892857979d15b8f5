package client

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/progetctl/progetctl/internal/sandbox"
)

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, value string
		want        time.Duration
		asked       bool
	}{
		{"seconds", "7", 7 * time.Second, true},
		{"immediately", "0", 0, true},
		{"a date", "Sat, 21 Nov 2026 12:00:30 GMT", 30 * time.Second, true},
		{"a date in the older form", "Saturday, 21-Nov-26 12:00:30 GMT", 30 * time.Second, true},
		{"a date in the past", "Sat, 21 Nov 2026 11:59:00 GMT", time.Second, true},
		{"a century", "4294967295", 4294967295 * time.Second, true},
		{"more than fits", "99999999999999999999", 4294967295 * time.Second, true},
		{"negative", "-1", 0, false},
		{"a fraction", "1.5", 0, false},
		{"words", "soon", 0, false},
		{"nothing", "", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			resp := &http.Response{Header: http.Header{"Retry-After": {c.value}}}
			got, asked := retryAfter(resp, noon())
			if got != c.want || asked != c.asked {
				t.Errorf("retryAfter(%q) = %v, %v; want %v, %v", c.value, got, asked, c.want, c.asked)
			}
		})
	}
	// A clock that is off by hours, here or there, makes no difference.
	for _, off := range []time.Duration{-5 * time.Hour, 5 * time.Hour} {
		server := noon().Add(off)
		resp := &http.Response{Header: http.Header{
			"Date": {server.Format(http.TimeFormat)}, "Retry-After": {server.Add(8 * time.Second).Format(http.TimeFormat)},
		}}
		if got, _ := retryAfter(resp, noon()); got != 8*time.Second {
			t.Errorf("with a clock that is off by %v: %v, want 8s", off, got)
		}
	}
	if _, asked := retryAfter(nil, noon()); asked {
		t.Error("asked to retry later by no answer")
	}
}

// TestWaitsObeyRetryAfter counts the waits of one record in each form.
func TestWaitsObeyRetryAfter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, value string
		attempts    int
		waited      time.Duration
	}{
		{"seconds", "3", 5, 12 * time.Second},
		{"date", noon().Add(9 * time.Second).Format(http.TimeFormat), 5, 36 * time.Second},
		{"together more than a minute", "25", 3, 50 * time.Second},
		{"alone more than a minute", "61", 1, 0},
		{"exactly a minute", "60", 2, time.Minute},
		{"centuries away", "Fri, 31 Dec 9999 23:59:59 GMT", 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, address := startSandbox(t, sandbox.Options{})
			s.Fault("/api/", sandbox.Fault{Status: 503, Times: -1, Header: http.Header{
				"Retry-After": {c.value}, "Date": {noon().Format(http.TimeFormat)},
			}})
			w := &waits{}
			receipt, err := newClient(t, address, WithSleep(w.sleep)).Deployments.Record(t.Context(), someDeployment(), RecordOptions{})
			wantKind(t, err, KindUnavailable)
			if receipt.Attempts != c.attempts || w.total() != c.waited || count(s) != c.attempts {
				t.Errorf("%d attempts, %d requests, waited %v; want %d and %v", receipt.Attempts, count(s), w.total(), c.attempts, c.waited)
			}
		})
	}
}

// TestWaitsAreBounded holds for any number of attempts and any answers that the waits of one
// request never exceed a minute.
func TestWaitsAreBounded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := &waits{}
		c := &Client{sleep: w.sleep, now: noon, retries: rapid.IntRange(0, 50).Draw(t, "retries")}
		a := newAttempts(c)
		tries := 1
		for {
			var x exchange
			if rapid.Bool().Draw(t, "asked") {
				// Dates of other centuries, too: such a wait and an earlier one are more than a
				// time.Duration holds.
				value := rapid.OneOf(
					rapid.StringMatching(`[0-9]{1,3}`),
					rapid.Map(rapid.IntRange(1, 9999), func(year int) string {
						return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Format(http.TimeFormat)
					}),
				).Draw(t, "Retry-After")
				x.resp = &http.Response{Header: http.Header{"Retry-After": {value}}}
			}
			again, err := a.wait(t.Context(), x)
			if err != nil {
				t.Fatal(err)
			}
			if !again {
				break
			}
			tries++
		}
		if w.total() > time.Minute || tries > c.retries+1 {
			t.Fatalf("waited %v for %d tries of %d", w.total(), tries, c.retries+1)
		}
	})
}

// TestWaitEndsWithContext uses the real clock: a wait of half a minute ends when the context does.
func TestWaitEndsWithContext(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{})
	waiting := make(chan struct{})
	s.Fault("/api/", sandbox.Fault{Status: 503, Times: -1, Header: http.Header{"Retry-After": {"30"}}})
	c := newClient(t, address, WithSleep(func(ctx context.Context, d time.Duration) error {
		close(waiting)
		return sleep(ctx, d)
	}))
	reason := errors.New("the job was cancelled")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() { <-waiting; cancel(reason) }()
	_, err := c.Deployments.Record(ctx, someDeployment(), RecordOptions{})
	if e := wantKind(t, err, KindInterrupted); !errors.Is(e, reason) || e.Transient {
		t.Errorf("got %v (transient %v), want the reason", e, e.Transient)
	}
	if count(s) != 1 {
		t.Errorf("%d requests, want 1", count(s))
	}
}

func TestSleep(t *testing.T) {
	t.Parallel()
	if err := sleep(t.Context(), 0); err != nil {
		t.Errorf("a wait of nothing: %v", err)
	}
}

// Whoever waits can say which attempt comes next.
func TestNextAttempt(t *testing.T) {
	t.Parallel()
	s, address := startSandbox(t, sandbox.Options{})
	s.Fault("/api/", sandbox.Fault{Status: 503, Times: -1})
	var next []Attempt
	c := newClient(t, address, WithRetries(2), WithSleep(func(ctx context.Context, _ time.Duration) error {
		a, ok := NextAttempt(ctx)
		if !ok {
			t.Error("the wait has no attempt")
		}
		next = append(next, a)
		return nil
	}))
	if _, err := c.Deployments.Record(t.Context(), someDeployment(), RecordOptions{}); KindOf(err) != KindUnavailable {
		t.Errorf("got %v", err)
	}
	if !slices.Equal(next, []Attempt{{2, 3}, {3, 3}}) {
		t.Errorf("next were %v", next)
	}
	if _, ok := NextAttempt(t.Context()); ok {
		t.Error("a context without a wait has an attempt")
	}
}
