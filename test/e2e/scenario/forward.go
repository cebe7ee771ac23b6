package scenario

import (
	"bufio"
	"context"
	"fmt"
	"os/exec"
	"regexp"

	corev1 "k8s.io/api/core/v1"
)

// forwarded is what kubectl port-forward prints first.
var forwarded = regexp.MustCompile(`^Forwarding from (127\.0\.0\.1:\d+)`)

// forward makes a port of a pod reachable at an address until the context ends.
func (e Env) forward(ctx context.Context, pod corev1.Pod, port int) (address string, err error) {
	cmd := exec.CommandContext(ctx, e.Kubectl, "port-forward", "-n", pod.Namespace, "pod/"+pod.Name, fmt.Sprintf(":%d", port))
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return "", err
	}
	context.AfterFunc(ctx, func() { _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("port-forward to pod %s: %w", pod.Name, err)
	}
	found := forwarded.FindStringSubmatch(line)
	if found == nil {
		return "", fmt.Errorf("port-forward to pod %s: %s", pod.Name, line)
	}
	return found[1], nil
}
