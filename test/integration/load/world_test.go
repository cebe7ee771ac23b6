//go:build integration

package load

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/snapshot"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// How much is in the full namespace, and how many participants other policies have.
const (
	pods         = 1000
	kits         = 500
	participants = 1000
	// perPolicy is the most that a SitePolicy takes.
	perPolicy = 100
)

// world is an API server, and the webhook as a process that reaches it through a counter.
type world struct {
	config      *rest.Config
	admin       client.Client
	user        kubernetes.Interface
	launchers   map[string]kubernetes.Interface
	empty, full string
	secrets     []string
	webhook     *process
	limit       int64
	lookUps     atomic.Int64
	url, health string
	direct      *http.Client
}

func start(t testing.TB) *world {
	t.Helper()
	w := &world{empty: "load-empty", full: "load-full"}
	env := &envtest.Environment{ControlPlaneStopTimeout: time.Minute, CRDs: []*apiextensionsv1.CustomResourceDefinition{snapshots()}}
	prerequisites, err := manifests.Prerequisites()
	require.NoError(t, err)
	for _, o := range prerequisites {
		if o.GetKind() == "CustomResourceDefinition" {
			env.CRDs = append(env.CRDs, convert[apiextensionsv1.CustomResourceDefinition](t, o))
		}
	}
	w.config, err = env.Start()
	require.NoError(t, err, `(run make lab-up, then eval "$(go run ./test/lab env)")`)
	t.Cleanup(func() { require.NoError(t, env.Stop()) })
	w.config.QPS = -1
	require.NoError(t, v1alpha1.AddToScheme(scheme.Scheme))
	w.admin, err = client.New(w.config, client.Options{Scheme: scheme.Scheme})
	require.NoError(t, err)
	w.fill(t)
	w.serve(t)
	return w
}

// snapshots is a stand-in for the kind of the external snapshotter: of it the API server
// needs to know the name alone.
func snapshots() *apiextensionsv1.CustomResourceDefinition {
	return &apiextensionsv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{
			Name: snapshot.Resource + "." + snapshot.Group,
			// The API server requires it of the groups of Kubernetes.
			Annotations: map[string]string{apiextensionsv1.KubeAPIApprovedAnnotation: "unapproved, a stand-in of a test"},
		},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: snapshot.Group, Scope: apiextensionsv1.NamespaceScoped,
			Names: apiextensionsv1.CustomResourceDefinitionNames{Plural: snapshot.Resource, Kind: snapshot.Kind},
			Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{
				Name: "v1", Served: true, Storage: true,
				Schema: &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{Type: "object", XPreserveUnknownFields: new(true)}},
			}},
		},
	}
}

func convert[T any](t testing.TB, from *unstructured.Unstructured) *T {
	t.Helper()
	into := new(T)
	require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(from.Object, into))
	return into
}

func (w *world) create(t testing.TB, o client.Object) {
	t.Helper()
	require.NoError(t, w.admin.Create(t.Context(), o), o.GetName())
}

// fill makes both namespaces before the webhook is registered: kits of one federation, and
// a parent whose token makes job pods; in the full one also many pods that a Service
// selects.
func (w *world) fill(t testing.TB) {
	t.Helper()
	f := kittest.NewFederation(t, "demo")
	made := make([]*kit.Kit, 0, kits)
	for i := range kits {
		made = append(made, f.Client(fmt.Sprintf("site-%d", i), "hospital").Seal(t, f.Sealer("lead")).Read())
	}
	w.policies(t, f)
	for _, ns := range []string{w.empty, w.full} {
		w.create(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ns, Labels: map[string]string{names.LabelSitePolicy: "load-0"}}})
		w.create(t, &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "all", Namespace: ns}, Spec: corev1.ServiceSpec{
			Selector: map[string]string{"app": "ordinary"}, Ports: []corev1.ServicePort{{Port: 80}},
		}})
		claim := claimOf(source, "")
		claim.Namespace = ns
		w.create(t, claim)
		n := 1
		if ns == w.full {
			n = pods
		}
		for i := range n {
			pod := ordinaryPod(fmt.Sprint("p-", i))
			pod.Namespace = ns
			w.create(t, pod)
		}
		for _, k := range made {
			w.create(t, &corev1.Secret{
				ObjectMeta: metav1.ObjectMeta{Name: kit.SecretName(k), Namespace: ns}, Type: names.KitSecretType, Immutable: new(true), Data: k.SecretData(),
			})
		}
	}
	for _, k := range made {
		w.secrets = append(w.secrets, kit.SecretName(k))
	}
	w.user = users(t, w.config, rest.ImpersonationConfig{UserName: "load", Groups: []string{"system:masters"}})
	parent := ordinaryPod("parent")
	parent.UID = "unknown" // the launcher's pod is looked up, and does not exist
	w.launchers = map[string]kubernetes.Interface{}
	for _, ns := range []string{w.empty, w.full} {
		w.launchers[ns] = users(t, w.config, boundTo("system:serviceaccount:"+ns+":site-0", parent))
	}
}

// policies are as many as the participants need.
func (w *world) policies(t testing.TB, f *kittest.Federation) {
	t.Helper()
	for n := range participants / perPolicy {
		p := policiestest.Policy(t)
		p.ObjectMeta = metav1.ObjectMeta{Name: fmt.Sprint("load-", n)}
		p.Spec.Kits.TrustRoots, p.Spec.Kits.MinimumSerial = []v1alpha1.TrustRoot{{Name: "demo", SHA256: pki.Fingerprint(f.Root)}}, nil
		p.Spec.Participants, p.Spec.Launchers = nil, []v1alpha1.LauncherRule{{Participant: fmt.Sprint("site-", n*perPolicy), ServiceAccountName: fmt.Sprint("site-", n*perPolicy)}}
		for i := range perPolicy {
			p.Spec.Participants = append(p.Spec.Participants, fmt.Sprint("site-", n*perPolicy+i))
		}
		w.create(t, p)
	}
}

// kitPod mounts one of the kits. It has no more of a participant, and is denied.
func (w *world) kitPod(i int) *corev1.Pod {
	pod := ordinaryPod("kit")
	pod.Spec.Volumes = []corev1.Volume{{Name: "kit", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: w.secrets[i%len(w.secrets)]}}}}
	return pod
}

// jobPod has the name of a launcher's copy, so that mutation looks for its kit.
func (w *world) jobPod() *corev1.Pod {
	known, err := policies.DefaultProfiles()
	if err != nil {
		panic(err)
	}
	pod := ordinaryPod("job")
	pod.Spec.Volumes = []corev1.Volume{{Name: "kit", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: known.Prefixes()[0] + "site-0"}}}}
	return pod
}

// serve starts the webhook with what its manifest says of its memory, and registers it.
func (w *world) serve(t testing.TB) {
	t.Helper()
	known, err := policies.DefaultProfiles()
	require.NoError(t, err)
	objects, err := manifests.Objects(known.Prefixes(), manifests.Options{Image: "none", Certs: manifests.SelfSigned})
	require.NoError(t, err)
	hooks := envtest.WebhookInstallOptions{}
	var limit string
	for _, o := range objects {
		switch o.GetKind() {
		case "MutatingWebhookConfiguration":
			c := convert[admissionregistrationv1.MutatingWebhookConfiguration](t, o)
			for i := range c.Webhooks {
				c.Webhooks[i].ClientConfig.Service.Path = new((*c.Webhooks[i].ClientConfig.Service.Path)[1:])
			}
			hooks.MutatingWebhooks = append(hooks.MutatingWebhooks, c)
		case "ValidatingWebhookConfiguration":
			c := convert[admissionregistrationv1.ValidatingWebhookConfiguration](t, o)
			for i := range c.Webhooks {
				c.Webhooks[i].ClientConfig.Service.Path = new((*c.Webhooks[i].ClientConfig.Service.Path)[1:])
			}
			hooks.ValidatingWebhooks = append(hooks.ValidatingWebhooks, c)
		case "Deployment":
			container := convert[appsv1.Deployment](t, o).Spec.Template.Spec.Containers[0]
			w.limit = container.Resources.Limits.Memory().Value()
			i := slices.IndexFunc(container.Env, func(e corev1.EnvVar) bool { return e.Name == "GOMEMLIMIT" })
			limit = container.Env[i].Value
		}
	}
	require.NoError(t, hooks.PrepWithoutInstalling())
	t.Cleanup(func() { _ = hooks.Cleanup() })
	w.url = "https://" + net.JoinHostPort(hooks.LocalServingHost, strconv.Itoa(hooks.LocalServingPort))
	w.direct = &http.Client{Timeout: time.Minute, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // this test's own server
	w.webhook, w.health = run(t, w.counter(t), w.url[len("https://"):], hooks.LocalServingCertDir, "GOMEMLIMIT="+limit)
	require.NoError(t, hooks.Install(w.config))
	require.Eventually(t, func() bool {
		pod := ordinaryPod("probe")
		pod.Spec.HostPID = true
		_, err := w.user.CoreV1().Pods(w.full).Create(t.Context(), pod, dryRun())
		return err != nil && kindOf(err) == "denied"
	}, 30*time.Second, 100*time.Millisecond)
}

// counter is the webhook's way to the API server, and counts its look-ups and its questions
// about rights.
func (w *world) counter(t testing.TB) string {
	t.Helper()
	target, err := url.Parse(w.config.Host)
	require.NoError(t, err)
	transport, err := rest.TransportFor(w.config)
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.Transport, proxy.ErrorLog = transport, log.New(io.Discard, "", 0)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		looksUp := r.Method == http.MethodGet && r.URL.Query().Get("watch") == ""
		if looksUp || path.Base(r.URL.Path) == "subjectaccessreviews" {
			w.lookUps.Add(1)
		}
		proxy.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.CloseClientConnections)
	return server.URL
}

// slowClient begins a request and sends no more of it.
func (w *world) slowClient(t testing.TB) {
	t.Helper()
	c, err := tls.Dial("tcp", w.url[len("https://"):], &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // this test's own server
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	fmt.Fprint(c, "POST /validate/pods HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 7000000\r\n\r\n{")
}
