package commands

import (
	"fmt"

	"github.com/progetctl/progetctl/output"
)

// newResult begins a result in the format that was asked for.
func newResult[T any](c *call, view output.View[T]) output.Writer[T] {
	return output.New(c.env.Stdout, c.outputOptions(), view)
}

// writeAll writes a whole result.
func writeAll[T any](c *call, view output.View[T], items ...T) error {
	w := newResult(c, view)
	for _, item := range items {
		if err := w.Write(item); err != nil {
			return err
		}
	}
	return w.Close()
}

// say writes a line of the result that is in words. Server text in it is
// cleaned, and gives no orders to a CI system.
func (c *call) say(format string, args ...any) error {
	_, err := fmt.Fprintln(c.env.Stdout, c.harmless(output.Clean(fmt.Sprintf(format, args...))))
	return err
}
