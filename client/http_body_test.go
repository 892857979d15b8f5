package client

import (
	"context"
	"errors"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// drip is a body of one byte every so often, without end.
type drip struct {
	ctx   context.Context
	every time.Duration
}

func (d drip) Read(p []byte) (int, error) {
	select {
	case <-time.After(d.every):
		return copy(p, "x"), nil
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	}
}

func (drip) Close() error { return nil }

// What nobody needs to its end is cut short however steadily it drips; data is only cut where
// nothing comes.
func TestWatchedBody(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		every time.Duration
		inAll time.Duration
		want  int
		err   error
	}{
		"data that comes slowly":  {every: 9 * time.Second, want: 100},
		"data that stops":         {every: 11 * time.Second, err: errStalled},
		"a document that drips":   {every: 9 * time.Second, inAll: 100 * time.Second, want: 11, err: errTooSlow},
		"a document that stops":   {every: 11 * time.Second, inAll: 100 * time.Second, err: errStalled},
		"an error that drips":     {every: 3 * time.Second, inAll: 10 * time.Second, want: 3, err: errStalled},
		"an error that is silent": {every: 11 * time.Second, inAll: 10 * time.Second, err: errStalled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancelCause(t.Context())
				b := &watchedBody{body: drip{ctx, tt.every}, ctx: ctx, cancel: cancel, limit: 10 * time.Second, inAll: tt.inAll}
				read, err := io.ReadFull(b, make([]byte, 100))
				if read != tt.want || !errors.Is(err, tt.err) {
					t.Errorf("read %d bytes (%v), want %d (%v)", read, err, tt.want, tt.err)
				}
				if err := b.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
