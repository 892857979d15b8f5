package commands

import (
	"bytes"
	"context"
	"testing"

	"github.com/progetctl/progetctl/client/progettest"
	"github.com/progetctl/progetctl/internal/scripttest"
)

// promotionRun is one run of the program against a fake ProGet, in this process, so that terminals,
// clocks and interruptions can be feigned.
type promotionRun struct {
	server *progettest.Server
	env    Env
	clock  *scripttest.Clock
	ctx    context.Context
	stdout bytes.Buffer
	stderr bytes.Buffer
}

func newPromotionRun(t *testing.T, o progettest.Options) *promotionRun {
	t.Helper()
	clock := scripttest.NewClock("2026-11-21T12:00:00Z")
	o.Now = clock.Now
	server := progettest.New(t, progettest.WithOptions(func(all *progettest.Options) { *all = o }))
	r := &promotionRun{server: server, clock: clock, ctx: context.Background()}
	r.env = Env{
		Stdin: &bytes.Buffer{}, Stdout: &r.stdout, Stderr: &r.stderr, Now: clock.Now, Sleep: clock.Sleep,
		Environ: func() []string { return []string{"PROGET_URL=" + server.URL, "HOME=" + t.TempDir()} },
		Width:   func() int { return 100 },
	}
	return r
}

// run returns the exit code; earlier output is dropped.
func (r *promotionRun) run(args ...string) int {
	r.stdout.Reset()
	r.stderr.Reset()
	return Main(r.ctx, r.env, append([]string{"promotions"}, args...))
}
