package safefile

import "context"

// Wait calls read, which may wait forever, such as for a pipe that nobody writes to, but returns
// with the context's error when the context ends. What read waits for then is left behind: the
// program is about to end.
func Wait[T any](ctx context.Context, read func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := read()
		done <- result{value, err}
	}()
	select {
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	case got := <-done:
		return got.value, got.err
	}
}
