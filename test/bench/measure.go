package main

import (
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
)

// figure is what one benchmark came to, per operation.
type figure struct {
	nanoseconds, allocations float64
}

// processors is what `go test` appends to a name: the number of processors.
var processors = regexp.MustCompile(`-\d+$`)

// measure runs benchmarks and returns their figures by name.
func measure(pkg, pattern string) (map[string]figure, error) {
	out, err := exec.Command("go", "test", "-run=^$", "-bench=^"+pattern+"$", "-benchtime=1s", pkg).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go test %s: %w\n%s", pkg, err, out)
	}
	return parse(string(out)), nil
}

// parse reads lines of the Go benchmark format
// (https://go.dev/design/14313-benchmark-format).
func parse(out string) map[string]figure {
	figures := map[string]figure{}
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		var f figure
		for i := 2; i+1 < len(fields); i += 2 {
			value, _ := strconv.ParseFloat(fields[i], 64)
			switch fields[i+1] {
			case "ns/op":
				f.nanoseconds = value
			case "allocs/op":
				f.allocations = value
			}
		}
		figures[processors.ReplaceAllString(fields[0], "")] = f
	}
	return figures
}
