package safefile

import (
	"context"
	"errors"
	"testing"
)

func TestWait(t *testing.T) {
	t.Parallel()
	wrong := errors.New("wrong")
	if got, err := Wait(t.Context(), func() (string, error) { return "text", wrong }); got != "text" || err != wrong {
		t.Errorf("got %q, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	never := make(chan struct{})
	defer close(never)
	got, err := Wait(ctx, func() (string, error) {
		cancel()
		<-never
		return "late", nil
	})
	if got != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("got %q, %v; want the context's error", got, err)
	}
}
