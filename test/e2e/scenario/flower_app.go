package scenario

import (
	"context"
	"fmt"
	"strings"
)

// FlowerResult is what the app of test/testdata/jobs/flower-fedavg prints at its end: three
// rounds, each of which adds (1·10 + 2·20) / 30.
const FlowerResult = "RESULT [5.0, 5.0, 5.0]"

// RunApp runs an app and returns the line of its log with its result.
func (f *Flower) RunApp(ctx context.Context, folder string) (string, error) {
	id, err := f.Run(ctx, "job", "submit", folder, "--wait", "--timeout=5m", "-o", "name", "-n", f.ServerNamespace())
	if err != nil {
		return "", err
	}
	log, err := f.Run(ctx, "job", "logs", strings.TrimSpace(id), "-n", f.ServerNamespace())
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(log) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "RESULT ") {
			return line, nil
		}
	}
	return "", fmt.Errorf("the app printed no result: %s", log)
}
