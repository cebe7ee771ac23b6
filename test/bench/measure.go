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

// measure runs benchmarks and returns their figures by name.
func measure(s source) (map[string]figures, error) {
	args := []string{"test", "-tags=integration", "-run=^$", "-bench=^" + s.pattern + "$", "-benchtime=" + s.time, s.pkg}
	out, err := exec.Command("go", args...).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return parse(string(out)), nil
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
