package job

import (
	"context"
	"errors"
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/util/exec"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/helperpod"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// session is a workloads.Session in the first container of a pod.
type session struct {
	clients clients.Clients
	pod     *corev1.Pod
}

// Exec implements workloads.Session.
func (s session) Exec(ctx context.Context, c workloads.Command) error {
	executor, err := s.executor(c)
	if err != nil {
		return err
	}
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := c.Stdout(out)
		// The process can only end when all of its output has been read.
		_, _ = io.Copy(io.Discard, out)
		done <- err
	}()
	stderr := &helperpod.Tail{Limit: 8 << 10}
	err = executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: c.Stdin, Stdout: in, Stderr: stderr})
	_ = in.Close()
	return s.outcome(ctx, <-done, err, stderr.String())
}

// outcome prefers what the process said over how it ended, and both over a missing answer.
func (s session) outcome(ctx context.Context, answer, ended error, stderr string) error {
	var exit exec.CodeExitError
	switch {
	case answer != nil && !errors.Is(answer, workloads.ErrInterrupted), ended == nil:
		return answer
	case errors.As(ended, &exit):
		return &workloads.ExitError{Code: exit.Code, Stderr: stderr}
	}
	return s.clients.Explain(ctx, ended)
}

func (s session) executor(c workloads.Command) (remotecommand.Executor, error) {
	config, err := s.clients.ToRESTConfig()
	if err != nil {
		return nil, err
	}
	typed, err := s.clients.Typed()
	if err != nil {
		return nil, err
	}
	first := s.pod.Spec.Containers[0]
	if len(first.Command) == 0 {
		return nil, fmt.Errorf("container %q of pod %q has no command: launch the admin's kit again", first.Name, s.pod.Name)
	}
	request := typed.CoreV1().RESTClient().Post().Resource("pods").Namespace(s.pod.Namespace).Name(s.pod.Name).SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{
			Container: first.Name, Stdin: c.Stdin != nil, Stdout: true, Stderr: true, Command: append([]string{first.Command[0]}, c.Args...),
		}, scheme.ParameterCodec)
	return helperpod.Executor(config, request)
}
