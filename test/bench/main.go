// Command bench measures what the project promises about its speed, and prints
// each figure as a ratio to a reference that was measured in the same run: the
// ratios hold on any machine, the figures do not.
package main

import (
	"fmt"
	"os"
	"text/tabwriter"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run() error {
	measured := map[source]map[string]figures{}
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "WHAT\tTIME\tALLOCS\tREFERENCE\tTIME\tRATIO\tGOAL")
	for _, r := range rows() {
		if measured[r.source] == nil {
			fmt.Fprintln(os.Stderr, "measuring "+r.pkg+" "+r.pattern)
			var err error
			if measured[r.source], err = measure(r.source); err != nil {
				return err
			}
		}
		line, err := r.line(measured[r.source])
		if err != nil {
			return err
		}
		fmt.Fprintln(out, line)
	}
	return out.Flush()
}
