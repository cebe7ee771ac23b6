package launch

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/builtin"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

const image = "--image=registry.example.org/nvflare:2.9.0"

// bench is a cluster and a federation, with methods to launch.
type bench struct {
	*clientstest.Server
	t          *testing.T
	federation *kittest.Federation
}

func newBench(t *testing.T, objects ...runtime.Object) *bench {
	t.Helper()
	f := kittest.NewFederation(t, "lab_federation", kittest.WithAddress("server1.ns.svc.cluster.local", 8002))
	return &bench{Server: clientstest.Start(t, append(objects, namespace("ns"))...), t: t, federation: f}
}

func registries() Registries {
	return Registries{Kits: frameworks.Default(), Workloads: builtin.Default()}
}

func namespace(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
}

func (b *bench) client() string { return b.federation.Client("Site_2", "hospital_b").WriteDir(b.t) }

func (b *bench) server() string {
	return b.federation.Server("server1", "lab", "server1.ns.svc.cluster.local").WriteDir(b.t)
}

func (b *bench) launch(args ...string) (out, errOut string, err error) {
	b.t.Helper()
	return b.launchIn("ns", args...)
}

func (b *bench) launchIn(namespace string, args ...string) (out, errOut string, err error) {
	b.t.Helper()
	clk := clientstest.FastClock(b.t, time.Now())
	return clientstest.Run(b.t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return NewCommand(b.Clients(namespace), registries(), streams, clk)
	}, args...)
}

// launchUntil launches, and ends the context for the given cause as soon as the command
// has printed the text.
func (b *bench) launchUntil(text string, cause error, args ...string) error {
	b.t.Helper()
	ctx, cancel := context.WithCancelCause(b.t.Context())
	defer cancel(nil)
	clk := clientstest.FastClock(b.t, time.Now())
	_, _, err := clientstest.RunContext(ctx, func(streams genericiooptions.IOStreams) *cobra.Command {
		streams.Out = &trigger{Writer: streams.Out, text: text, fire: func() { cancel(cause) }}
		return NewCommand(b.Clients("ns"), registries(), streams, clk)
	}, args...)
	return err
}

// trigger fires when the text is written.
type trigger struct {
	io.Writer

	text string
	fire func()
}

func (w *trigger) Write(data []byte) (int, error) {
	n, err := w.Writer.Write(data)
	if strings.Contains(string(data), w.text) {
		w.fire()
	}
	return n, err
}

// rejected checks an error's words, and that nothing was written.
func (b *bench) rejected(err error, words ...string) {
	b.t.Helper()
	wants(b.t, err, words...)
	if w := b.Writes(); len(w) > 0 {
		b.t.Errorf("something was written: %v", w)
	}
}

func wants(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("there was no error")
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("the error %q does not say %q", err, w)
		}
	}
}

func contains(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("there is no %q in:\n%s", w, text)
		}
	}
}

func TestLaunchTwice(t *testing.T) {
	b := newBench(t)
	dir := b.client()
	out, errOut, err := b.launch(dir, image, "--wait=false")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, out, "serviceaccount/site-2-809cb9ad created\n", "secret/flare-kit-site-2-809cb9ad-", "deployment.apps/site-2-809cb9ad created\n")
	contains(t, errOut, `Warning: namespace "ns" is not governed: nothing checks what runs next to the data`)
	out, _, err = b.launch(dir, image, "--wait=false")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out, "created") || strings.Contains(out, "configured") {
		t.Errorf("the second launch changes something:\n%s", out)
	}
}

func TestGovernedNamespaceGivesNoWarning(t *testing.T) {
	ns := namespace("governed")
	ns.Labels = map[string]string{"kubectl-flare.dev/site-policy": "hospital-b"}
	b := newBench(t, ns)
	_, errOut, err := b.launchIn("governed", b.client(), image, "--wait=false")
	if err != nil || strings.Contains(errOut, "governed") {
		t.Errorf("error %v, standard error:\n%s", err, errOut)
	}
}

func TestDryRuns(t *testing.T) {
	for mode, suffix := range map[string]string{"client": " created (dry run)\n", "server": " created (server dry run)\n"} {
		t.Run(mode, func(t *testing.T) {
			b := newBench(t)
			out, _, err := b.launch(b.client(), image, "--dry-run="+mode)
			if err != nil {
				t.Fatal(err)
			}
			contains(t, out, "deployment.apps/site-2-809cb9ad"+suffix)
			if w := b.Writes(); len(w) > 0 {
				t.Errorf("written: %v", w)
			}
		})
	}
}

func TestBadInputWritesNothing(t *testing.T) {
	past := time.Now().AddDate(-2, 0, 0)
	for name, tc := range map[string]struct {
		kit  func(b *bench) string
		args []string
		ns   string
		want []string
	}{
		"no image":             {args: []string{"--image="}, want: []string{"--image is missing"}},
		"two images":           {args: []string{"--image=registry.example.org/other:1"}, want: []string{"give the second one as CONTAINER=IMAGE"}},
		"one image twice":      {args: []string{"--image=x=a:1", "--image=x=b:1"}, want: []string{"given twice for the container x"}},
		"not a container":      {args: []string{"--image=a/b=c:1"}, want: []string{`--image "a/b=c:1" is not valid`}},
		"unknown container":    {args: []string{"--image=proxy=nginx:1"}, want: []string{`there is an image for the container "proxy", but the participant's containers are nvflare`}},
		"not a device":         {args: []string{"--device=gpu=1"}, want: []string{"--device gpu=1 is not valid"}},
		"half a device":        {args: []string{"--device=nvidia.com/gpu=0.5"}, want: []string{"--device nvidia.com/gpu=0.5 is not valid"}},
		"no job containers":    {args: []string{"--job-runtime=container"}, want: []string{"nvflare does not run its jobs in containers of their own"}},
		"every flag at once":   {args: []string{"--image=", "--cpu=x", "--memory=-1", "--timeout=1ms"}, want: []string{"--image", "--cpu", "--memory", "--timeout"}},
		"a label of the kit's": {args: []string{"--pod-label=kubectl-flare.dev/role=server", "--pod-annotation=a b=c", "--pod-label=x=a b"}, want: []string{"--pod-label kubectl-flare.dev/role is set from the kit", "--pod-annotation a b=c is not valid", "--pod-label x=a b is not valid"}},
		"no such namespace":    {ns: "absent", want: []string{`namespace "absent" does not exist`, "kubectl create namespace absent"}},
		"not a kit":            {kit: func(b *bench) string { return b.t.TempDir() }, want: []string{"startup"}},
		"expired": {
			kit: func(b *bench) string {
				return b.federation.Client("site-1", "hospital_a", kittest.WithDates(past, past.AddDate(1, 0, 0))).WriteDir(b.t)
			},
			want: []string{"must not be used", "dates"},
		},
		"another key": {
			kit: func(b *bench) string {
				other := b.federation.Client("site-3", "hospital_c").File("startup/client.key")
				return b.federation.Client("site-1", "hospital_a").With("startup/client.key", other).WriteDir(b.t)
			},
			want: []string{"must not be used", "key"},
		},
		"broken settings": {
			kit: func(b *bench) string {
				return b.federation.Client("site-1", "hospital_a").With("local/resources.json", []byte("{\n  \"components\": [],\n}")).WriteDir(b.t)
			},
			want: []string{"must not be used", "local/resources.json: not valid JSON: line 3: "},
		},
		"settings that changed": {
			kit: func(b *bench) string {
				k := b.federation.Client("site-1", "hospital_a").Seal(b.t, b.federation.Sealer("release"))
				return k.With("local/privacy.json", []byte("{}")).WriteDir(b.t)
			},
			want: []string{"must not be used", "kubectl flare kit seal --local DIR"},
		},
		"another root": {args: []string{"--root-fingerprint=" + strings.Repeat("00", 32)}, want: []string{"root"}},
		"a server in the wrong namespace": {
			kit:  func(b *bench) string { return b.federation.Server("server1", "lab", "server1.other.svc").WriteDir(b.t) },
			want: []string{"-n other"},
		},
		"a bare server name": {
			kit: func(b *bench) string {
				return b.federation.Client("site-1", "hospital_a", kittest.WithAddress("server1", 8002)).WriteDir(b.t)
			},
			want: []string{`no Service of that name`, "--server-namespace", "if it runs outside of the cluster, give its IP address with --server-address IP"},
		},
		"a kit that dials itself": {
			kit: func(b *bench) string {
				return b.federation.Client("site-1", "hospital_a", kittest.WithAddress("localhost", 8002)).WriteDir(b.t)
			},
			want: []string{`"site-1" dials its server at localhost, which in a pod is the pod itself`},
		},
		"the address of a server in two ways": {args: []string{"--server-address=203.0.113.7", "--server-namespace=fl-server"}, want: []string{"give only one of them"}},
		"no address of a server":              {args: []string{"--server-address=fl.example.org"}, want: []string{"--server-address: Invalid value"}},
		"settings":                            {args: []string{"--gpus=-1", "--env=HOME"}, want: []string{"--gpus -1", "--env"}},
		"a variable of the kit's":             {args: []string{"--env=HOME=/x"}, want: []string{"the variable HOME is set for container nvflare"}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			if tc.kit == nil {
				tc.kit = (*bench).client
			}
			ns := "ns"
			if tc.ns != "" {
				ns = tc.ns
			}
			_, _, err := b.launchIn(ns, append([]string{tc.kit(b), image}, tc.args...)...)
			b.rejected(err, tc.want...)
		})
	}
}

// A client whose server is outside of the cluster, under a name that DNS does not have.
func TestServerOutsideOfTheCluster(t *testing.T) {
	b := newBench(t)
	kit := b.federation.Client("site-1", "hospital_a", kittest.WithAddress("flserver", 8002)).WriteDir(t)
	if _, _, err := b.launch(kit, image, "--server-address=203.0.113.7", "--dry-run=server"); err != nil {
		t.Fatal(err)
	}
	out, _, err := b.launch(kit, image, "--server-address=203.0.113.7", "--dry-run=client", "-o=yaml")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, strings.Join(strings.Fields(out), " "), "hostAliases: - hostnames: - flserver ip: 203.0.113.7")
}

func TestImageAndDevices(t *testing.T) {
	b := newBench(t)
	out, _, err := b.launch(b.client(), image, "--image=nvflare=registry.example.org/own:1", "--device=nvidia.com/gpu=2", "--dry-run=client", "-o=yaml")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, out, "image: registry.example.org/own:1", `nvidia.com/gpu: "2"`)
}

func TestData(t *testing.T) {
	b := newBench(t)
	data := "--data=ct-scans:/data/ct"
	out, _, err := b.launch(b.client(), image, data, "--dry-run=client", "-o=yaml")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, strings.Join(strings.Fields(out), " "), "claimName: ct-scans", "mountPath: /data/ct name: data-0 readOnly: true")
	_, _, err = b.launch(b.client(), image, "--data=ct-scans:data", "--dry-run=client")
	b.rejected(err, `--data "ct-scans:data" is not valid: the path must be`)
	_, _, err = b.launch(b.federation.Admin("ann@example.org", "lab", "lead").WriteDir(t), image, data, "--dry-run=client")
	b.rejected(err, "there is data for /data/ct, but a participant of this role runs no jobs in its own pod")
}

func TestOthersObjectsAreInTheWay(t *testing.T) {
	meta := func(federation string) metav1.ObjectMeta {
		return metav1.ObjectMeta{
			Name: "site-2-809cb9ad", Namespace: "ns",
			Labels:      map[string]string{"app.kubernetes.io/managed-by": "kubectl-flare"},
			Annotations: map[string]string{"kubectl-flare.dev/participant-name": "Site_2", "kubectl-flare.dev/federation-name": federation},
		}
	}
	b := newBench(t, &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "site-2-809cb9ad", Namespace: "ns"}})
	_, _, err := b.launch(b.client(), image)
	b.rejected(err, "deployment.apps/site-2-809cb9ad", "was not created by kubectl flare")

	b = newBench(t, &appsv1.Deployment{ObjectMeta: meta("another")})
	_, _, err = b.launch(b.client(), image)
	b.rejected(err, `belongs to federation "another"`)
}

func TestForbiddenInTheDryRunWritesNothing(t *testing.T) {
	b := newBench(t)
	b.Deny = func(verb, resource, name string, _ bool) *apierrors.StatusError {
		if verb != "patch" || resource != "deployments" {
			return nil
		}
		return apierrors.NewForbidden(schema.GroupResource{Group: "apps", Resource: "deployments"}, name,
			stringError(`User "bob" cannot patch resource "deployments" in API group "apps" in the namespace "ns"`))
	}
	_, _, err := b.launch(b.client(), image)
	b.rejected(err, `user "bob" may not patch deployments.apps in namespace "ns"`)
}

type stringError string

func (e stringError) Error() string { return string(e) }

func TestSecretsAreNeverRead(t *testing.T) {
	b := newBench(t)
	b.Deny = func(verb, resource, _ string, _ bool) *apierrors.StatusError {
		if resource == "secrets" && verb != "create" {
			t.Errorf("%s secrets", verb)
		}
		return nil
	}
	dir := b.client()
	for range 2 {
		if _, _, err := b.launch(dir, image, "--wait=false"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestClaimIsKept(t *testing.T) {
	b := newBench(t, &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "site-2-809cb9ad-workspace", Namespace: "ns"}})
	_, errOut, err := b.launch(b.client(), image, "--wait=false", "--storage-class=fast")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, errOut, `stays unchanged: its StorageClass is "", not "fast"`)
	for _, w := range b.Writes() {
		if strings.Contains(w, "persistentvolumeclaims") {
			t.Errorf("the claim was written: %s", w)
		}
	}
}

func TestUnreachable(t *testing.T) {
	b := newBench(t)
	b.URL = "http://127.0.0.1:1"
	_, _, err := b.launch(b.client(), image)
	wants(t, err, "cannot reach", "http://127.0.0.1:1")
}

func TestNewerKitIsANewSecret(t *testing.T) {
	b := newBench(t)
	for range 2 {
		if _, _, err := b.launch(b.federation.Client("site-1", "hospital_a").WriteDir(t), image, "--wait=false"); err != nil {
			t.Fatal(err)
		}
	}
	secrets := map[string]bool{}
	for _, w := range b.Writes() {
		if strings.HasPrefix(w, "create secrets/") {
			secrets[w] = true
		}
	}
	if len(secrets) != 2 {
		t.Errorf("two kits, Secrets: %v", secrets)
	}
	d, _ := b.Get("deployments", "ns", kit.ObjectName("site-1"))
	if d.GetResourceVersion() == "" {
		t.Error("there is no Deployment")
	}
}

// revision plays controllers under which pods with the given images register; other
// images cannot be pulled.
func (b *bench) revision(pullable ...string) {
	b.plays(func(set *appsv1.ReplicaSet, pod *corev1.Pod) {
		if slices.Contains(pullable, set.Spec.Template.Spec.Containers[0].Image) {
			running(pod, true)
			return
		}
		waiting(pod, "ImagePullBackOff", "not found")
	})
	b.SetLog("site-2-809cb9ad-pod", registeredLine)
}

func (b *bench) image() string {
	d, ok := b.Get("deployments", "ns", "site-2-809cb9ad")
	if !ok {
		b.t.Fatal("there is no Deployment")
	}
	containers, _, _ := unstructured.NestedSlice(d.Object, "spec", "template", "spec", "containers")
	first, _ := containers[0].(map[string]any)
	name, _ := first["image"].(string)
	return name
}

// A change that cannot start is rolled back, and the error says that and why.
func TestAChangeThatCannotStartIsRolledBack(t *testing.T) {
	const valid, missing = "registry.example.org/nvflare:2.9.0", "registry.example.org/nvflare:no"
	for name, tc := range map[string]struct {
		args []string
		want string
		says bool
	}{
		"by default":      {nil, valid, true},
		"when not wanted": {[]string{"--rollback=false"}, missing, false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.revision(valid)
			dir := b.client()
			if _, _, err := b.launch(dir, image); err != nil {
				t.Fatal(err)
			}
			out, _, err := b.launch(append([]string{dir, "--image=" + missing}, tc.args...)...)
			wants(t, err, "cannot be pulled", missing)
			if got := strings.Contains(err.Error(), "the former objects were restored"); got != tc.says {
				t.Errorf("the error says that it was rolled back: %v\n%v", got, err)
			}
			if tc.says {
				contains(t, out, "deployment.apps/site-2-809cb9ad configured\n", "deployment.apps/site-2-809cb9ad restored\n")
			}
			if got := b.image(); got != tc.want {
				t.Errorf("the Deployment has the image %s, want %s", got, tc.want)
			}
		})
	}
}

// A newer kit that cannot start is deleted and the older one stays; a newer kit that
// starts replaces the older one.
func TestANewerKitReplacesTheOlder(t *testing.T) {
	b := newBench(t)
	b.revision("registry.example.org/nvflare:2.9.0")
	first, second := b.federation.Client("Site_2", "hospital_b"), b.federation.Client("Site_2", "hospital_b")
	if _, _, err := b.launch(first.WriteDir(t), image); err != nil {
		t.Fatal(err)
	}
	b.secrets(first)
	if _, _, err := b.launch(second.WriteDir(t), "--image=registry.example.org/nvflare:no"); err == nil {
		t.Error("an image that cannot be pulled is no error")
	}
	b.secrets(first)
	out, _, err := b.launch(second.WriteDir(t), image)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, out, "secret/"+kit.SecretName(first.Read())+" pruned\n")
	b.secrets(second)
}

// secrets checks that the kit Secrets of exactly these kits are there.
func (b *bench) secrets(kits ...*kittest.Kit) {
	b.t.Helper()
	var want, got []string
	for _, k := range kits {
		want = append(want, kit.SecretName(k.Read()))
	}
	for _, w := range b.Writes() {
		name, ok := strings.CutPrefix(w, "create secrets/")
		if _, there := b.Get("secrets", "ns", name); ok && there && !slices.Contains(got, name) {
			got = append(got, name)
		}
	}
	if !slices.Equal(want, got) {
		b.t.Errorf("kit Secrets: %v, want %v", got, want)
	}
}
