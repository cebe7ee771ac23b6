package job

import (
	"context"
	_ "embed" // session.py
	"errors"
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/util/exec"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
	"github.com/kubectl-flare/kubectl-flare/plugin/helperpod"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/nvflare"
)

//go:embed session.py
var session string

// adminPod is a running pod that holds an admin's kit.
type adminPod struct {
	*options
	namespace, name, container string
}

// run runs a verb of session.py and hands on what it says, until it ends.
func (p adminPod) run(ctx context.Context, stdin io.Reader, handle func(event) error, words ...string) error {
	answered := false
	return p.exec(ctx, stdin, words, func(out io.Reader) error {
		err := readEvents(out, func(e event) error {
			answered = true
			return handle(e)
		})
		if err == nil && !answered {
			return errEnded
		}
		return err
	})
}

// exec runs session.py with words; read gets its standard output. Whatever it
// does with that, the rest is drained, so that the process can end.
func (p adminPod) exec(ctx context.Context, stdin io.Reader, words []string, read func(io.Reader) error) error {
	executor, err := p.executor(words, stdin != nil)
	if err != nil {
		return err
	}
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := read(out)
		_, _ = io.Copy(io.Discard, out)
		done <- err
	}()
	complaints := &helperpod.Tail{Limit: 8 << 10}
	err = executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: stdin, Stdout: in, Stderr: complaints})
	_ = in.Close()
	// What the session itself said is the better explanation.
	if answer := <-done; answer != nil && !errors.Is(answer, errEnded) {
		return answer
	}
	if exit, ok := errors.AsType[exec.CodeExitError](err); ok {
		return fmt.Errorf("the admin pod's Python ended with exit code %d: %s", exit.Code, ansi.Strip(complaints.String()))
	}
	return p.clients.Explain(ctx, err)
}

func (p adminPod) executor(words []string, stdin bool) (remotecommand.Executor, error) {
	config, err := p.clients.ToRESTConfig()
	if err != nil {
		return nil, err
	}
	typed, err := p.clients.Typed()
	if err != nil {
		return nil, err
	}
	request := typed.CoreV1().RESTClient().Post().Resource("pods").Namespace(p.namespace).Name(p.name).SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{
			Container: p.container, Stdin: stdin, Stdout: true, Stderr: true,
			Command: append([]string{"python3", "-c", session, nvflare.AdminKitPath, nvflare.AdminWorkPath}, words...),
		}, scheme.ParameterCodec)
	return helperpod.Executor(config, request)
}
