package plans

import (
	"context"
	"io"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

const (
	// serverLines is how many lines of the log of each container of a server are read, and
	// serverLog how many bytes: the participant's last attempt was a moment ago.
	serverLines = 5000
	serverLog   = 4 << 20
)

// askServer looks into the logs of the server, if it runs in this cluster and the user may read
// them: a server may log why it does not take a participant, and not tell the participant. It is
// the zero value if the logs do not say.
func (l *Launch) askServer(ctx context.Context, typed kubernetes.Interface, namespace string) workloads.Rejection {
	service, err := l.serverService(ctx, typed, namespace)
	if service == nil || err != nil {
		return workloads.Rejection{}
	}
	selector := labels.SelectorFromSet(service.Spec.Selector).String()
	pods, err := typed.CoreV1().Pods(service.Namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil {
		return workloads.Rejection{}
	}
	var last workloads.Rejection
	for i := range pods.Items {
		pod := &pods.Items[i]
		for j := range pod.Spec.Containers {
			if r := l.readServer(ctx, typed, pod, pod.Spec.Containers[j].Name); r.Reason != "" {
				last = r
			}
		}
	}
	return last
}

// readServer is the last rejection in the log of a container.
func (l *Launch) readServer(ctx context.Context, typed kubernetes.Interface, pod *corev1.Pod, container string) workloads.Rejection {
	var last workloads.Rejection
	stream, err := typed.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{
		Container: container, TailLines: new(int64(serverLines)), LimitBytes: new(int64(serverLog)),
	}).Stream(ctx)
	if err != nil {
		return last
	}
	defer func() { _ = stream.Close() }()
	_ = workloads.ReadLog(io.LimitReader(stream, serverLog), func(line string) {
		if r, ok := l.Framework.Rejecter.ServerRejection(l.kit, line); ok {
			last = r
		}
	})
	return last
}
