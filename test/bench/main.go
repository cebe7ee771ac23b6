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
	out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "WHAT\tTIME\tALLOCS\tREFERENCE\tTIME\tRATIO\tGOAL")
	for _, r := range rows() {
		measured, err := measure(r.pkg, r.pattern)
		if err != nil {
			return err
		}
		subject, reference := measured[r.subject], measured[r.reference]
		if subject.nanoseconds == 0 || reference.nanoseconds == 0 {
			return fmt.Errorf("%s: no figure for %q or %q among %v", r.pkg, r.subject, r.reference, measured)
		}
		fmt.Fprintf(out, "%s\t%.1f µs\t%.0f\t%s\t%.1f µs\t%.2f\t%s\n", r.what, subject.nanoseconds/1e3, subject.allocations,
			r.against, reference.nanoseconds/1e3, subject.nanoseconds/reference.nanoseconds, r.goal)
	}
	return out.Flush()
}

// row is one promise.
type row struct {
	what, against, goal string
	// pkg and pattern choose benchmarks, subject and reference are their names.
	pkg, pattern       string
	subject, reference string
}

func rows() []row {
	const evaluate = "BenchmarkEvaluate"
	verdict := func(what, name string) row {
		return row{
			what: what, against: "pod-security-admission, restricted", goal: "≤ 10 µs, ≤ 30 allocs",
			pkg: "./policies", pattern: evaluate,
			subject: evaluate + "/" + name, reference: evaluate + "/pod-security-admission/3-containers",
		}
	}
	return []row{
		verdict("verdict on another pod, 3 containers", "other/3-containers"),
		verdict("verdict on a client", "client"),
		verdict("verdict on a job pod", "job"),
	}
}
