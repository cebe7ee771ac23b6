package delivery

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/remotecommand"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/helperpod"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kitvolume"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// ending is how long a receiver may take to end once it has everything.
const ending = time.Minute

// send runs a receiver and streams the kit into it. The private key goes through
// the API server's connection into the pod's standard input, and nowhere else.
func (d *Deliver) send(ctx context.Context, s *engine.Session) error {
	typed, err := s.Clients.Typed()
	if err != nil {
		return err
	}
	// The image may have to be pulled first.
	s.Reporter.Progress("writing the kit (%d files, %d KiB) to claim %s: starting a receiver pod", len(d.Kit.Startup), size(d.Kit.Startup)>>10, d.Kit.Volume.ClaimName)
	runner := helperpod.Runner{Typed: typed, ErrOut: s.Reporter.Warnings(), What: "receiver pod", Holds: "can write to the claim"}
	return runner.With(ctx, d.receiver(s.Namespace, d.security(ctx, typed, s.Namespace)), func(pod *corev1.Pod) error {
		stderr := &helperpod.Tail{Limit: 8 << 10}
		streamed := d.stream(ctx, s, pod, stderr)
		ctx, cancel := context.WithTimeout(ctx, ending)
		defer cancel()
		last, err := runner.Ended(ctx, pod)
		if err != nil {
			return errors.Join(streamed, err)
		}
		// What the receiver says explains more than how the stream broke.
		return d.outcome(s.Reporter, last, streamed)
	})
}

func size(files kit.Files) int {
	total := 0
	for _, f := range files {
		total += len(f.Data)
	}
	return total
}

// security leaves the user to a platform that assigns it. Users who may not read their
// namespace say so themselves.
func (d *Deliver) security(ctx context.Context, typed kubernetes.Interface, name string) *corev1.PodSecurityContext {
	if d.PlatformUser != nil && *d.PlatformUser {
		return workloads.AssignedSecurity()
	}
	namespace, err := typed.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
	if err == nil && d.PlatformUser == nil && workloads.AssignsUsers(namespace) {
		return workloads.AssignedSecurity()
	}
	return workloads.PodSecurity()
}

func (d *Deliver) receiver(namespace string, security *corev1.PodSecurityContext) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: namespace, GenerateName: "flare-receive-" + kit.ObjectName(d.Kit.Participant) + "-",
			Labels: map[string]string{names.LabelManagedBy: names.ManagedBy},
		},
		Spec: kitvolume.ReceiverSpec(d.Image, d.Kit.Digest(), *d.Kit.Volume, security),
	}
}

func (d *Deliver) stream(ctx context.Context, s *engine.Session, pod *corev1.Pod, stderr io.Writer) error {
	typed, err := s.Clients.Typed()
	if err != nil {
		return err
	}
	config, err := s.Clients.ToRESTConfig()
	if err != nil {
		return err
	}
	request := typed.CoreV1().RESTClient().Post().Resource("pods").Namespace(pod.Namespace).Name(pod.Name).SubResource("attach").
		VersionedParams(&corev1.PodAttachOptions{Container: kitvolume.Receiver, Stdin: true, Stdout: true, Stderr: true}, scheme.ParameterCodec)
	executor, err := helperpod.Executor(config, request)
	if err != nil {
		return err
	}
	out, in := io.Pipe()
	go func() { _ = in.CloseWithError(writeTar(in, d.Kit.Startup)) }()
	err = executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdin: out, Stdout: io.Discard, Stderr: stderr})
	_ = out.Close() // ends the writer if the stream broke
	return err
}

// writeTar writes the files as the receiver reads them.
func writeTar(w io.Writer, files kit.Files) error {
	archive := tar.NewWriter(w)
	for _, f := range files {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: "startup/" + f.Name, Mode: 0o440, Size: int64(len(f.Data))}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(f.Data); err != nil {
			return err
		}
	}
	return archive.Close()
}

// outcome reads from the pod's status how the receiver ended.
func (d *Deliver) outcome(r *engine.Reporter, pod *corev1.Pod, streamed error) error {
	for _, s := range pod.Status.ContainerStatuses {
		end := s.State.Terminated
		if end == nil {
			continue
		}
		if end.ExitCode != 0 {
			return fmt.Errorf("flare-kit ended with exit code %d: %s", end.ExitCode, strings.TrimSpace(end.Message))
		}
		r.Progress("the kit is on claim %s, folder %s", d.Kit.Volume.ClaimName, d.Kit.Volume.SubPath)
		return nil
	}
	return errors.Join(streamed, fmt.Errorf("receiver pod %s ended without a message: %s %s", pod.Name, pod.Status.Reason, pod.Status.Message))
}
