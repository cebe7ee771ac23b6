//go:build integration

package admission

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const noPolicy = "does not exist or is not loaded"

// request is something that must end at one of our webhooks.
type request struct {
	name, webhook string
	do            func(ctx context.Context, ns string) error
}

func podRequests() []request {
	pods := world.typed.CoreV1().Pods
	patch := func(subresource, body string) func(context.Context, string) error {
		return func(ctx context.Context, ns string) error {
			_, err := pods(ns).Patch(ctx, "old", types.StrategicMergePatchType, []byte(body), metav1.PatchOptions{}, subresource)
			return err
		}
	}
	connect := func(verb, resource, name, subresource string) func(context.Context, string) error {
		return func(ctx context.Context, ns string) error {
			return world.typed.CoreV1().RESTClient().Verb(verb).Namespace(ns).Resource(resource).Name(name).SubResource(subresource).Do(ctx).Error()
		}
	}
	binding := func() *corev1.Binding {
		return &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: "old"}, Target: corev1.ObjectReference{Kind: "Node", Name: "n1"}}
	}
	return []request{
		{"pod", "pods", func(ctx context.Context, ns string) error {
			_, err := pods(ns).Create(ctx, podOf("new"), metav1.CreateOptions{})
			return err
		}},
		{"pod update", "pods", patch("", `{"spec":{"containers":[{"name":"main","image":"registry.test/y"}]}}`)},
		{"ephemeral container", "pods", patch("ephemeralcontainers", `{"spec":{"ephemeralContainers":[{"name":"debug","image":"busybox"}]}}`)},
		{"resize", "pods", patch("resize", `{"spec":{"containers":[{"name":"main","resources":{"requests":{"cpu":"2"}}}]}}`)},
		{"pods/binding", "bindings", func(ctx context.Context, ns string) error {
			return pods(ns).Bind(ctx, binding(), metav1.CreateOptions{})
		}},
		{"bindings", "bindings", func(ctx context.Context, ns string) error {
			return world.typed.CoreV1().RESTClient().Post().Namespace(ns).Resource("bindings").Body(binding()).Do(ctx).Error()
		}},
		{"exec", "connect", connect("POST", "pods", "old", "exec")},
		{"attach", "connect", connect("POST", "pods", "old", "attach")},
		{"port-forward", "connect", connect("POST", "pods", "old", "portforward")},
		{"proxy", "connect", connect("GET", "pods", "http:old:80", "proxy")},
		{"proxy of a Service", "connect", connect("GET", "services", "http:old:80", "proxy")},
	}
}

func workloadRequests() []request {
	template := corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"a": "b"}}, Spec: podOf("x").Spec}
	once := *template.DeepCopy()
	once.Spec.RestartPolicy = corev1.RestartPolicyNever
	selector := &metav1.LabelSelector{MatchLabels: template.Labels}
	meta, o := metav1.ObjectMeta{Name: "new"}, metav1.CreateOptions{}
	c := world.typed
	return []request{
		{"deployment", "templates", func(ctx context.Context, ns string) error {
			_, err := c.AppsV1().Deployments(ns).Create(ctx, &appsv1.Deployment{ObjectMeta: meta, Spec: appsv1.DeploymentSpec{Selector: selector, Template: template}}, o)
			return err
		}},
		{"replica set", "templates", func(ctx context.Context, ns string) error {
			_, err := c.AppsV1().ReplicaSets(ns).Create(ctx, &appsv1.ReplicaSet{ObjectMeta: meta, Spec: appsv1.ReplicaSetSpec{Selector: selector, Template: template}}, o)
			return err
		}},
		{"stateful set", "templates", func(ctx context.Context, ns string) error {
			_, err := c.AppsV1().StatefulSets(ns).Create(ctx, &appsv1.StatefulSet{ObjectMeta: meta, Spec: appsv1.StatefulSetSpec{Selector: selector, Template: template}}, o)
			return err
		}},
		{"daemon set", "templates", func(ctx context.Context, ns string) error {
			_, err := c.AppsV1().DaemonSets(ns).Create(ctx, &appsv1.DaemonSet{ObjectMeta: meta, Spec: appsv1.DaemonSetSpec{Selector: selector, Template: template}}, o)
			return err
		}},
		{"job", "templates", func(ctx context.Context, ns string) error {
			_, err := c.BatchV1().Jobs(ns).Create(ctx, &batchv1.Job{ObjectMeta: meta, Spec: batchv1.JobSpec{Template: once}}, o)
			return err
		}},
		{"cron job", "templates", func(ctx context.Context, ns string) error {
			spec := batchv1.CronJobSpec{Schedule: "0 0 1 1 *", JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: once}}}
			_, err := c.BatchV1().CronJobs(ns).Create(ctx, &batchv1.CronJob{ObjectMeta: meta, Spec: spec}, o)
			return err
		}},
		{"replication controller", "templates", func(ctx context.Context, ns string) error {
			spec := corev1.ReplicationControllerSpec{Selector: template.Labels, Template: &template}
			_, err := c.CoreV1().ReplicationControllers(ns).Create(ctx, &corev1.ReplicationController{ObjectMeta: meta, Spec: spec}, o)
			return err
		}},
		{"pod template", "templates", func(ctx context.Context, ns string) error {
			_, err := c.CoreV1().PodTemplates(ns).Create(ctx, &corev1.PodTemplate{ObjectMeta: meta, Template: template}, o)
			return err
		}},
	}
}

func objectRequests() []request {
	const digest = "-00000000000000000000000000000000"
	return []request{
		{"kit Secret", "objects", func(ctx context.Context, ns string) error {
			kit := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "flare-kit-site-1" + digest}, Type: "kubectl-flare.dev/startup-kit", Immutable: new(true)}
			_, err := world.typed.CoreV1().Secrets(ns).Create(ctx, kit, metav1.CreateOptions{})
			return err
		}},
		{"local ConfigMap", "objects", func(ctx context.Context, ns string) error {
			local := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "flare-local-site-1" + digest}, Immutable: new(true)}
			_, err := world.typed.CoreV1().ConfigMaps(ns).Create(ctx, local, metav1.CreateOptions{})
			return err
		}},
		{"NetworkPolicy", "networks", func(ctx context.Context, ns string) error {
			_, err := world.typed.NetworkingV1().NetworkPolicies(ns).Create(ctx, &networkingv1.NetworkPolicy{ObjectMeta: metav1.ObjectMeta{Name: "open"}}, metav1.CreateOptions{})
			return err
		}},
		{"Ingress", "networks", func(ctx context.Context, ns string) error {
			backend := &networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: "a", Port: networkingv1.ServiceBackendPort{Number: 80}}}
			_, err := world.typed.NetworkingV1().Ingresses(ns).Create(ctx, &networkingv1.Ingress{ObjectMeta: metav1.ObjectMeta{Name: "in"}, Spec: networkingv1.IngressSpec{DefaultBackend: backend}}, metav1.CreateOptions{})
			return err
		}},
		{"Service", "networks", func(ctx context.Context, ns string) error {
			_, err := world.typed.CoreV1().Services(ns).Create(ctx, &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "new"}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}}}, metav1.CreateOptions{})
			return err
		}},
		{"EndpointSlice", "networks", func(ctx context.Context, ns string) error {
			_, err := world.typed.DiscoveryV1().EndpointSlices(ns).Create(ctx, &discoveryv1.EndpointSlice{ObjectMeta: metav1.ObjectMeta{Name: "new"}, AddressType: discoveryv1.AddressTypeIPv4}, metav1.CreateOptions{})
			return err
		}},
		{"deletion of a claim", "claims", func(ctx context.Context, ns string) error {
			return world.typed.CoreV1().PersistentVolumeClaims(ns).Delete(ctx, "old", metav1.DeleteOptions{})
		}},
		{"copy of a claim", "claims", func(ctx context.Context, ns string) error {
			claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "copy"}, Spec: corev1.PersistentVolumeClaimSpec{
				AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
				Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
				DataSource:  &corev1.TypedLocalObjectReference{Kind: "PersistentVolumeClaim", Name: "data"},
			}}
			_, err := world.typed.CoreV1().PersistentVolumeClaims(ns).Create(ctx, claim, metav1.CreateOptions{})
			return err
		}},
	}
}

// TestRegisteredRules sends a request for every line of design §6's table into a
// namespace whose policy is missing: each must be denied, by the right webhook.
// In the same namespace before it was governed, each reached no webhook.
func TestRegisteredRules(t *testing.T) {
	ns := createNamespace(t, "rules", "")
	old := podOf("old")
	old.Spec.Containers[0].Resources.Requests = corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1")}
	_, err := world.typed.CoreV1().Pods(ns).Create(t.Context(), old, metav1.CreateOptions{})
	require.NoError(t, err)
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "old"}, Spec: corev1.ServiceSpec{Selector: map[string]string{"a": "b"}, Ports: []corev1.ServicePort{{Port: 80}}}}
	_, err = world.typed.CoreV1().Services(ns).Create(t.Context(), service, metav1.CreateOptions{})
	require.NoError(t, err)
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "old"}, Spec: corev1.PersistentVolumeClaimSpec{
		AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
		Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
	}}
	_, err = world.typed.CoreV1().PersistentVolumeClaims(ns).Create(t.Context(), claim, metav1.CreateOptions{})
	require.NoError(t, err)
	_, err = world.typed.CoreV1().Namespaces().Update(t.Context(), namespaceOf(ns, "absent"), metav1.UpdateOptions{})
	require.NoError(t, err)
	within(t, 5*time.Second, "the API server knows the label", func() bool {
		_, err := world.typed.CoreV1().Pods(ns).Create(t.Context(), podOf("probe"), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err != nil
	})
	for _, r := range append(append(podRequests(), workloadRequests()...), objectRequests()...) {
		t.Run(r.name, func(t *testing.T) {
			denied(t, r.do(t.Context(), ns), `admission webhook "`+r.webhook+`.kubectl-flare.dev" denied the request`, noPolicy, "SitePolicy absent")
		})
	}
	t.Run("an ordinary Secret", func(t *testing.T) {
		_, err := world.typed.CoreV1().Secrets(ns).Create(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "mine"}}, metav1.CreateOptions{})
		require.NoError(t, err)
	})
	t.Run("the scheduler binds", func(t *testing.T) {
		scheduler := impersonate(t, "system:kube-scheduler")
		binding := &corev1.Binding{ObjectMeta: metav1.ObjectMeta{Name: "old"}, Target: corev1.ObjectReference{Kind: "Node", Name: "n1"}}
		require.NoError(t, scheduler.CoreV1().Pods(ns).Bind(t.Context(), binding, metav1.CreateOptions{}))
	})
	t.Run("metadata, as long as the policy is missing", func(t *testing.T) {
		_, err := world.typed.CoreV1().Pods(ns).Patch(t.Context(), "old", types.MergePatchType, []byte(`{"metadata":{"annotations":{"a":"b"}}}`), metav1.PatchOptions{})
		denied(t, err, "pods.kubectl-flare.dev", noPolicy)
	})
}
