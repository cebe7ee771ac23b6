package battery

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/kitvolume"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// object makes the object that a case means.
func (b builder) object(r *ref, snap *Snapshot) typed {
	b.t.Helper()
	data := []byte(r.Is)
	if r.From != "" {
		data = b.patched(b.known(r, snap), r)
	}
	obj, _, err := b.decoder.Decode(data, nil, nil)
	if err != nil {
		b.t.Fatalf("namespace %s: %s: %v", b.namespace, r.From, err)
	}
	if o, ok := obj.(metav1.Object); ok {
		o.SetNamespace(b.namespace)
		if _, cluster := obj.(*v1alpha1.SitePolicy); cluster {
			o.SetNamespace("")
		}
	}
	return obj
}

func decoder(t testing.TB) runtime.Decoder {
	t.Helper()
	scheme := runtime.NewScheme()
	builder := runtime.NewSchemeBuilder(corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme, networkingv1.AddToScheme, discoveryv1.AddToScheme, v1alpha1.AddToScheme)
	if err := builder.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	return serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
}

func (b builder) patched(data []byte, r *ref) []byte {
	b.t.Helper()
	if len(r.Patch) == 0 {
		return data
	}
	patch, err := jsonpatch.DecodePatch(r.Patch)
	if err == nil {
		data, err = patch.Apply(data)
	}
	if err != nil {
		b.t.Fatalf("namespace %s: the patch of %s: %v", b.namespace, r.From, err)
	}
	return data
}

// known gives the object that a ref starts from, as JSON.
func (b builder) known(r *ref, snap *Snapshot) []byte {
	b.t.Helper()
	kind, kit, made := strings.Cut(r.From, "/")
	var obj any
	switch {
	case !made:
		return b.file(r, snap)
	case kind == "launch":
		obj = b.launched(kit, false)
	case kind == "pod", kind == "apart":
		pod, _, _ := policies.Extract(b.launched(kit, kind == "apart"))
		pod.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}
		pod.Name, pod.Namespace = kit+"-0", b.namespace
		obj = b.admitted(pod, r, snap)
	case kind == "receiver":
		obj = b.receiver(kit)
	case kind == "secret":
		obj, _ = b.kits.objects(b.namespace, kit)
	case kind == "local":
		_, obj = b.kits.objects(b.namespace, kit)
	default:
		b.t.Fatalf("from: %s is not known", r.From)
	}
	data, err := json.Marshal(obj)
	if err != nil {
		b.t.Fatal(err)
	}
	return data
}

// receiver is the pod that takes a kit to its volume.
func (b builder) receiver(name string) *corev1.Pod {
	kit := b.kits.kit(name)
	return &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: "flare-receive-0", Namespace: b.namespace},
		Spec:       kitvolume.ReceiverSpec(KitImage, kit.Digest(), *kit.Volume, workloads.PodSecurity()),
	}
}

// file reads an object of testdata/objects.
func (b builder) file(r *ref, snap *Snapshot) []byte {
	data := b.render(filepath.Join(b.dir, "objects", r.From+".yaml"), b.namespace)
	asJSON, err := sigsyaml.YAMLToJSONStrict(data)
	if err != nil {
		b.t.Fatalf("%s: %v", r.From, err)
	}
	if !r.Admitted {
		return asJSON
	}
	pod := &corev1.Pod{}
	if err := json.Unmarshal(asJSON, pod); err != nil {
		b.t.Fatalf("%s: %v", r.From, err)
	}
	data, err = json.Marshal(b.admitted(pod, r, snap))
	if err != nil {
		b.t.Fatalf("%s: %v", r.From, err)
	}
	return data
}

// admitted is a pod as it is stored: after mutation.
func (b builder) admitted(pod *corev1.Pod, r *ref, snap *Snapshot) *corev1.Pod {
	if !r.Admitted {
		return pod
	}
	return snap.Site.Mutate(pod, snap.facts(pod))
}
