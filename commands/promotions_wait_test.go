package commands

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/progetctl/progetctl/client/progettest"
	"github.com/progetctl/progetctl/internal/scripttest"

	"github.com/progetctl/progetctl/commands/internal/cli"
)

// sleeper counts the waits of a run, and may end it in the middle of one.
type sleeper struct {
	clock *scripttest.Clock
	waits []time.Duration
	then  func(n int) // after the nth wait
}

func (s *sleeper) sleep(ctx context.Context, d time.Duration) error {
	s.waits = append(s.waits, d)
	_ = s.clock.Sleep(ctx, d)
	if s.then != nil {
		s.then(len(s.waits))
	}
	return ctx.Err()
}

func (r *promotionRun) watch() *sleeper {
	s := &sleeper{clock: r.clock}
	r.env.Sleep = s.sleep
	return s
}

// questions counts the questions with a version: each that finds nothing is asked a second time
// without.
func (r *promotionRun) questions() (n int) {
	for _, request := range r.server.Requests() {
		if strings.Contains(request.Target, "version=") {
			n++
		}
	}
	return n
}

// approved is what arrives while somebody waits for it.
func approved(at time.Time) progettest.PromotedPackage {
	return progettest.PromotedPackage{Type: "nuget", Name: "Acme.Web", Version: "1.2.0", Promotions: []progettest.Promotion{
		{FromFeed: "nuget-test", ToFeed: "nuget-prod", Date: at, User: "mweber", ID: 99}}}
}

func TestWaitEndsWhenThePromotionComes(t *testing.T) {
	t.Parallel()
	r := newPromotionRun(t, progettest.Options{})
	r.watch().then = func(n int) {
		if n == 3 {
			r.server.AddPromotions(approved(r.clock.Now()))
		}
	}
	code := r.run("check", "pkg:nuget/Acme.Web@1.2.0", "--to-feed", "nuget-prod", "--wait", "30m", "-o", "ndjson")
	if code != cli.CodeDone || !strings.Contains(r.stdout.String(), `"id":99`) {
		t.Errorf("exit code %d: %s%s", code, &r.stdout, &r.stderr)
	}
}

// The first wait is the interval, the waits grow to a minute, and the last ends with the time that
// was given. Each is spread by a fifth at most.
func TestWaitsGrowToAMinute(t *testing.T) {
	t.Parallel()
	r := newPromotionRun(t, progettest.Options{})
	s := r.watch()
	began := r.clock.Now()
	if code := r.run("check", "pkg:nuget/Acme.Web@1.2.0", "--to-feed", "nuget-prod", "--wait", "30m", "--interval", "2s", "-q"); code != cli.CodeUnmet {
		t.Errorf("exit code %d: %s", code, &r.stderr)
	}
	if first := s.waits[0]; first < 1600*time.Millisecond || first > 2400*time.Millisecond {
		t.Errorf("first wait %v", first)
	}
	// A wait may be cut in two by the line that is due in the middle of it.
	if longest := slices.Max(s.waits); longest < 30*time.Second || longest > time.Minute {
		t.Errorf("longest wait without a word %v", longest)
	}
	if took := r.clock.Now().Sub(began); took != 30*time.Minute {
		t.Errorf("took %v", took)
	}
	if asked := r.questions(); asked < 25 || asked > 60 {
		t.Errorf("asked %d times in 30 minutes", asked)
	}
}

func TestWaitIsInterrupted(t *testing.T) {
	t.Parallel()
	r := newPromotionRun(t, progettest.Options{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r.ctx = ctx
	r.watch().then = func(int) { cancel() }
	code := r.run("check", "pkg:nuget/Acme.Web@1.2.0", "--to-feed", "nuget-prod", "--wait", "30m", "-o", "json")
	if code != cli.CodeInterrupted || r.stdout.Len() > 0 || !strings.Contains(r.stderr.String(), `"kind":"interrupted"`) {
		t.Errorf("exit code %d: %s%s", code, &r.stdout, &r.stderr)
	}
}

// A pipe hears once a minute what is waited for; a terminal has one line, which is wiped.
func TestWaitSaysWhatItAwaits(t *testing.T) {
	t.Parallel()
	for terminal, want := range map[bool]int{true: 0, false: 5} {
		r := newPromotionRun(t, progettest.Options{})
		r.env.StderrTerminal = terminal
		r.run("check", "pkg:nuget/Acme.Web@1.2.0", "--to-feed", "nuget-prod", "--wait", "5m")
		if lines := strings.Count(r.stderr.String(), "m left)\n"); lines != want && lines != want-1 {
			t.Errorf("terminal %v: %d lines for %d questions:\n%s", terminal, lines, r.questions(), &r.stderr)
		}
		if first := "waiting for Acme.Web 1.2.0 to be promoted to nuget-prod (5m left)\n"; !terminal && !strings.HasPrefix(r.stderr.String(), first) {
			t.Errorf("got\n%s", &r.stderr)
		}
	}
}

// A gate that waits rides out what passes, and nothing else.
func TestWaitRidesOut(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fault progettest.Fault
		code  int
		waits bool
	}{
		{"503", progettest.Fault{Status: http.StatusServiceUnavailable, Times: 3}, cli.CodeDone, true},
		{"500", progettest.Fault{Status: http.StatusInternalServerError, Times: 3}, cli.CodeDone, true},
		{"reset", progettest.Fault{Effect: progettest.ResetAfter, Times: 3}, cli.CodeDone, true},
		{"cut", progettest.Fault{Effect: progettest.Cut, After: 20, Times: 3}, cli.CodeDone, true},
		{"429", progettest.Fault{Status: http.StatusTooManyRequests, Times: 1}, cli.CodeDone, true},
		{"sign-in page", progettest.SignInPage(), cli.CodeUnavailable, false},
		{"redirect", progettest.Fault{Status: http.StatusFound, Header: http.Header{"Location": {"https://elsewhere.example/"}}}, cli.CodeUnavailable, false},
		{"401", progettest.Challenge(), cli.CodeAuth, false},
		{"403", progettest.Fault{Status: http.StatusForbidden}, cli.CodeAuth, false},
		{"404", progettest.Fault{Status: http.StatusNotFound}, cli.CodeNotFound, false},
		{"400", progettest.Fault{Status: http.StatusBadRequest}, cli.CodeRejected, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := newPromotionRun(t, progettest.Options{})
			s := r.watch()
			r.server.Fault("/api/promotions/list", test.fault)
			code := r.run("check", "pkg:npm/lodash@4.17.21", "--to-feed", "npm-approved", "--wait", "30m", "-q")
			if code != test.code || (len(s.waits) > 0) != test.waits {
				t.Errorf("exit code %d after %d waits: %s", code, len(s.waits), &r.stderr)
			}
		})
	}
}

// A feed that the server does not have ends the wait, and the mission: nothing will ever arrive
// there.
func TestUnknownFeedEndsTheWait(t *testing.T) {
	t.Parallel()
	for _, feeds := range [][]string{{"--to-feed", "npm-aproved"}, {"--to-feed", "npm-approved", "--from-feed", "npm-unaproved"}} {
		r := newPromotionRun(t, progettest.Options{})
		s := r.watch()
		args := append([]string{"check", "pkg:npm/lodash@9.9.9", "--wait", "5m", "-o", "json"}, feeds...)
		code := r.run(args...)
		feed := feeds[len(feeds)-1]
		if code != cli.CodeNotFound || len(s.waits) > 0 || r.stdout.Len() > 0 || !strings.Contains(r.stderr.String(), `the server has no feed \"`+feed+`\"`) {
			t.Errorf("%s: exit code %d after %d waits: %s%s", feed, code, len(s.waits), &r.stdout, &r.stderr)
		}
	}
}

// With the real clock a wait ends by itself, or immediately with its context.
func TestRealSleep(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	if err := (Env{}).Wait(ctx, time.Nanosecond); err != nil {
		t.Errorf("a short wait: %v", err)
	}
	cancel()
	if err := (Env{}).Wait(ctx, time.Hour); err == nil {
		t.Error("a wait went on without its context")
	}
}
