package rollout

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"

	"github.com/kubectl-flare/kubectl-flare/policies/labelvalue"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// watch keeps a local copy of the participant's objects.
type watch struct {
	deployments cache.SharedIndexInformer
	sets        cache.SharedIndexInformer
	pods        cache.SharedIndexInformer
	changed     chan struct{} // holds a token if something has changed
	failed      chan error
}

func newWatch(ctx context.Context, typed kubernetes.Interface, t Target) (*watch, error) {
	selector := labels.Set{names.LabelParticipant: labelvalue.Of(t.Participant)}.String()
	factory := informers.NewSharedInformerFactoryWithOptions(typed, 0,
		informers.WithNamespace(t.Namespace),
		informers.WithTweakListOptions(func(o *metav1.ListOptions) { o.LabelSelector = selector }))
	w := &watch{
		deployments: factory.Apps().V1().Deployments().Informer(),
		sets:        factory.Apps().V1().ReplicaSets().Informer(),
		pods:        factory.Core().V1().Pods().Informer(),
		changed:     make(chan struct{}, 1),
		failed:      make(chan error, 1),
	}
	informers := []cache.SharedIndexInformer{w.deployments, w.sets, w.pods}
	for _, informer := range informers {
		if err := w.connect(informer); err != nil {
			return nil, err
		}
	}
	factory.Start(ctx.Done())
	// Until all three have synced, a pod that is missing here may exist.
	go func() {
		factory.WaitForCacheSync(ctx.Done())
		w.touch()
	}()
	return w, nil
}

func (w *watch) connect(informer cache.SharedIndexInformer) error {
	// An informer retries for ever and logs; a missing permission does not come by itself.
	err := informer.SetWatchErrorHandler(func(_ *cache.Reflector, err error) {
		if apierrors.IsForbidden(err) || apierrors.IsUnauthorized(err) {
			select {
			case w.failed <- err:
			default:
			}
		}
	})
	if err != nil {
		return err
	}
	_, err = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { w.touch() },
		UpdateFunc: func(any, any) { w.touch() },
		DeleteFunc: func(any) { w.touch() },
	})
	return err
}

func (w *watch) touch() {
	select {
	case w.changed <- struct{}{}:
	default:
	}
}

// view is what the copy holds now; synced is false until it is complete.
func (w *watch) view() view {
	v := view{synced: w.deployments.HasSynced() && w.sets.HasSynced() && w.pods.HasSynced()}
	v.deployments = listed[*appsv1.Deployment](w.deployments)
	v.sets = listed[*appsv1.ReplicaSet](w.sets)
	v.pods = listed[*corev1.Pod](w.pods)
	return v
}

func listed[T any](informer cache.SharedIndexInformer) []T {
	var out []T
	for _, item := range informer.GetStore().List() {
		if t, ok := item.(T); ok {
			out = append(out, t)
		}
	}
	return out
}
