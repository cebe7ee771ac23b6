package scenario

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
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

// Exception is what an app of BreakApp raises.
const Exception = "ValueError: the column age is missing"

// BreakApp writes an app to a folder that differs from another one in that its server raises
// Exception.
func BreakApp(folder, to string) error {
	if err := os.CopyFS(to, os.DirFS(folder)); err != nil {
		return err
	}
	file := filepath.Join(to, "fedavg", "server.py")
	code, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	kind, message, _ := strings.Cut(Exception, ": ")
	broken := strings.Replace(string(code), "    strategy = ", fmt.Sprintf("    raise %s(%q)\n    strategy = ", kind, message), 1)
	return os.WriteFile(file, []byte(broken), 0o600)
}

// UnbuildApp writes an app to a folder that differs from another one in that its ServerApp has another
// name than its description says.
func UnbuildApp(folder, to string) error {
	if err := os.CopyFS(to, os.DirFS(folder)); err != nil {
		return err
	}
	file := filepath.Join(to, "pyproject.toml")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strings.Replace(string(text), "fedavg.server:app", "fedavg.server:nothing", 1)), 0o600)
}

// FailApp runs an app that ends without a result, and returns what `job submit --wait` and `job
// why` say about it.
func (f *Flower) FailApp(ctx context.Context, folder string) (submitted Result, why string, err error) {
	submitted, err = Run(ctx, f.Say, f.Flare, "job", "submit", folder, "--wait", "--timeout=5m", "-o", "name", "-n", f.ServerNamespace())
	if err != nil {
		return submitted, "", err
	}
	why, err = f.Run(ctx, "job", "why", strings.TrimSpace(submitted.Stdout), "-n", f.ServerNamespace())
	return submitted, why, err
}

// AbortApp submits an app that would take days, aborts it, and returns what `job wait` and `job why`
// say then.
func (f *Flower) AbortApp(ctx context.Context, folder string) (waited Result, why string, err error) {
	id, err := f.Run(ctx, "job", "submit", folder, "--set=rounds=1000000", "-o", "name", "-n", f.ServerNamespace())
	if err != nil {
		return waited, "", err
	}
	id = strings.TrimSpace(id)
	if _, err := f.Run(ctx, "job", "abort", id, "-n", f.ServerNamespace()); err != nil {
		return waited, "", err
	}
	if waited, err = Run(ctx, f.Say, f.Flare, "job", "wait", id, "--timeout=1m", "-n", f.ServerNamespace()); err != nil {
		return waited, "", err
	}
	why, err = f.Run(ctx, "job", "why", id, "-n", f.ServerNamespace())
	return waited, why, err
}
