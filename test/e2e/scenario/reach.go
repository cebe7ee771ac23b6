package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Target is an address that a pod tries to reach.
type Target struct {
	// Name says what it is.
	Name string
	Host string
	Port int
}

// probe connects to each HOST:PORT of its arguments and prints a JSON object that says
// which ones it reached.
const probe = `
import json, socket, sys
reached = {}
for target in sys.argv[1:]:
    host, port = target.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), 5).close()
        reached[target] = True
    except OSError:
        reached[target] = False
print(json.dumps(reached))
`

// Reach says which targets a container of a pod reaches, by their names. Its image must have
// Python.
func (e Env) Reach(ctx context.Context, namespace, pod string, targets []Target) (map[string]bool, error) {
	argv := []string{e.Kubectl, "exec", "--namespace", namespace, pod, "--", "python3", "-c", probe}
	for _, t := range targets {
		argv = append(argv, t.address())
	}
	out, err := Must(ctx, nil, argv...)
	if err != nil {
		return nil, err
	}
	reached := map[string]bool{}
	if err := json.Unmarshal([]byte(out), &reached); err != nil {
		return nil, fmt.Errorf("%q: %w", out, err)
	}
	named := map[string]bool{}
	for _, t := range targets {
		named[t.Name] = reached[t.address()]
	}
	return named, nil
}

func (t Target) address() string { return t.Host + ":" + strconv.Itoa(t.Port) }

// outside are two pods in a namespace without a policy: one can be reached by all.
const outside = `apiVersion: apps/v1
kind: Deployment
metadata: {name: outside}
spec:
  replicas: 2
  selector: {matchLabels: {app: outside}}
  template:
    metadata: {labels: {app: outside}}
    spec:
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
      containers:
      - name: outside
        image: %s
        command: [python3, -m, http.server, "8080", --directory, /tmp]
        readinessProbe: {tcpSocket: {port: 8080}, periodSeconds: 1}
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
`

// Outside runs a pod outside of governed namespaces to which everyone may connect, and
// another one that may connect to everyone. It gives their names and the first one's
// address.
func (g *Governed) Outside(ctx context.Context) (namespace, from string, listener Target, err error) {
	namespace = g.Prefix + "-outside"
	if err := g.addNamespace(ctx, g.Prefix, namespace); err != nil {
		return "", "", Target{}, err
	}
	file := filepath.Join(g.Dir, namespace+".yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, outside, g.Image), 0o600); err != nil {
		return "", "", Target{}, err
	}
	if _, err := Must(ctx, nil, g.Kubectl, "apply", "--namespace", namespace, "--filename", file); err != nil {
		return "", "", Target{}, err
	}
	if _, err := Must(ctx, nil, g.Kubectl, "rollout", "status", "deployment/outside", "--namespace", namespace, "--timeout=2m"); err != nil {
		return "", "", Target{}, err
	}
	out, err := Must(ctx, nil, g.Kubectl, "get", "pods", "--namespace", namespace, "-o", `jsonpath={range .items[*]}{.metadata.name} {.status.podIP}{"\n"}{end}`)
	if err != nil {
		return "", "", Target{}, err
	}
	fields := strings.Fields(out)
	if len(fields) != 4 {
		return "", "", Target{}, fmt.Errorf("two pods were expected: %q", out)
	}
	return namespace, fields[2], Target{Name: "a pod elsewhere", Host: fields[1], Port: 8080}, nil
}

// breakGlassTime is longer than the look from inside takes.
const breakGlassTime = 10 * time.Minute

// Inside opens break-glass in a namespace, tries what the client's pod reaches, and ends it.
func (g *Governed) Inside(ctx context.Context, namespace string, targets []Target) (reached map[string]bool, err error) {
	if _, err := g.Run(ctx, "site", "break-glass", namespace, "--reason=what the client reaches", "--for="+breakGlassTime.String()); err != nil {
		return nil, err
	}
	reached, err = g.Reach(ctx, namespace, "deployment/"+Site1, targets)
	if _, end := g.Run(ctx, "site", "break-glass", namespace, "--end"); err == nil {
		err = end
	}
	return reached, err
}
