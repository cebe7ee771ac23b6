package job

import (
	"bytes"
	"context"
	_ "embed" // session.py
	"errors"
	"fmt"
	"io"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/client-go/util/exec"
	"k8s.io/streaming/pkg/httpstream"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
	"github.com/kubectl-flare/kubectl-flare/plugin/framework/nvflare"
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
	complaints := &tail{limit: 8 << 10}
	err = executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: stdin, Stdout: in, Stderr: complaints})
	_ = in.Close()
	// What the session itself said is the better explanation.
	if answer := <-done; answer != nil && !errors.Is(answer, errEnded) {
		return answer
	}
	var exit exec.CodeExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("the admin pod's Python ended with exit code %d: %s", exit.Code, ansi.Strip(complaints.String()))
	}
	return p.clients.Explain(ctx, err)
}

// executor prefers WebSocket and falls back to SPDY, as kubectl does.
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
	return newExecutor(config, request)
}

func newExecutor(config *rest.Config, request *rest.Request) (remotecommand.Executor, error) {
	spdy, err := remotecommand.NewSPDYExecutor(config, "POST", request.URL())
	if err != nil {
		return nil, err
	}
	websocket, err := remotecommand.NewWebSocketExecutor(config, "GET", request.URL().String())
	if err != nil {
		return nil, err
	}
	return remotecommand.NewFallbackExecutor(websocket, spdy, func(err error) bool {
		return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
	})
}

// tail keeps the end of what is written to it.
type tail struct {
	limit int
	buf   bytes.Buffer
}

// Write implements io.Writer.
func (t *tail) Write(data []byte) (int, error) {
	t.buf.Write(data)
	if extra := t.buf.Len() - t.limit; extra > 0 {
		t.buf.Next(extra)
	}
	return len(data), nil
}

// String gives the end, without blank lines around it.
func (t *tail) String() string { return strings.TrimSpace(t.buf.String()) }
