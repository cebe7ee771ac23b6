package plans

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// checkServer asks the framework whether the participant understands the server that it dials,
// if that runs in this cluster. Users of a site may not see the server's namespace, and most
// servers run elsewhere: then the participant itself finds out.
func (l *Launch) checkServer(ctx context.Context, typed kubernetes.Interface, namespace string) error {
	checker := l.Framework.ServerChecker
	if checker == nil || l.kit.Role == kit.RoleServer {
		return nil
	}
	pods, err := l.serverPods(ctx, typed, namespace)
	if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) {
		return nil
	}
	for i := range pods {
		if err := checker.CheckServer(l.kit, &pods[i]); err != nil {
			return err
		}
	}
	return err
}

// serverPods are the pods of the Deployments to which the name that the participant dials leads.
func (l *Launch) serverPods(ctx context.Context, typed kubernetes.Interface, namespace string) ([]corev1.PodSpec, error) {
	service, err := l.serverService(ctx, typed, namespace)
	if service == nil || err != nil {
		return nil, err
	}
	list, err := typed.AppsV1().Deployments(service.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	var found []corev1.PodSpec
	for i := range list.Items {
		if template := &list.Items[i].Spec.Template; labels.SelectorFromSet(service.Spec.Selector).Matches(labels.Set(template.Labels)) {
			found = append(found, template.Spec)
		}
	}
	return found, nil
}

// serverService is the Service whose name the participant dials; nil if it dials another name, or if
// the Service leads elsewhere.
func (l *Launch) serverService(ctx context.Context, typed kubernetes.Interface, namespace string) (*corev1.Service, error) {
	host := workloads.ParseHost(l.kit.Dials().Host, l.Participant.ClusterDomain)
	switch {
	case host.Kind == workloads.HostService:
		namespace = host.Namespace
	case host.Kind != workloads.HostBare:
		return nil, nil
	case l.Participant.ServerNamespace != "":
		namespace = l.Participant.ServerNamespace
	}
	service, err := typed.CoreV1().Services(namespace).Get(ctx, host.Service, metav1.GetOptions{})
	if err != nil || len(service.Spec.Selector) == 0 {
		return nil, err
	}
	return service, nil
}
