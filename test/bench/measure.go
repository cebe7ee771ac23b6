package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// figures are what one benchmark came to, by unit.
type figures map[string]float64

// processors is what `go test` appends to a name: the number of processors.
var processors = regexp.MustCompile(`-\d+$`)

// measure runs benchmarks, as often as the source says, and returns the best figures by
// name. Whole rounds are repeated, so that whatever else the machine does slows down the
// subject and its reference alike.
func measure(s source) (map[string]figures, error) {
	args := []string{"test", "-tags=integration", "-run=^$", "-bench=^" + s.pattern + "$", "-benchtime=" + s.time, s.pkg}
	best := map[string]figures{}
	for range s.rounds {
		out, err := exec.Command("go", args...).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
		}
		best = better(best, parse(string(out)))
	}
	return best, nil
}

// better has the lower of two figures of each benchmark and unit: load makes them higher
// only.
func better(a, b map[string]figures) map[string]figures {
	for name, f := range b {
		for unit, value := range a[name] {
			f[unit] = min(f[unit], value)
		}
	}
	return b
}

// parse reads lines of the Go benchmark format
// (https://go.dev/design/14313-benchmark-format).
func parse(out string) map[string]figures {
	all := map[string]figures{}
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		f := figures{}
		for i := 2; i+1 < len(fields); i += 2 {
			if value, err := strconv.ParseFloat(fields[i], 64); err == nil {
				f[fields[i+1]] = value
			}
		}
		all[processors.ReplaceAllString(fields[0], "")] = f
	}
	return all
}
