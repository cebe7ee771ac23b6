// Package step tells a person what goes on, and how long each step took.
package step

import (
	"fmt"
	"io"
	"time"
)

// Reporter prints a line before and after each step.
type Reporter struct {
	Out io.Writer
}

// Do runs a step and prints its name, its outcome and its time.
func (r Reporter) Do(name string, run func() error) error {
	start := time.Now()
	fmt.Fprintf(r.Out, "        … %s\n", name)
	err := run()
	took := time.Since(start).Seconds()
	if err != nil {
		fmt.Fprintf(r.Out, "%6.1fs  ✗ %s\n", took, name)
		return fmt.Errorf("%s: %w", name, err)
	}
	fmt.Fprintf(r.Out, "%6.1fs  ✓ %s\n", took, name)
	return nil
}

// Note prints a line that is no step.
func (r Reporter) Note(format string, args ...any) {
	fmt.Fprintf(r.Out, "        "+format+"\n", args...)
}
