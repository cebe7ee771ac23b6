package battery

import (
	"cmp"
	"path/filepath"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Controller is who creates pods where a case says nothing else.
const Controller = "system:serviceaccount:kube-system:replicaset-controller"

// build makes a case. Each has a namespace of its own, so that a real API server
// can hold them all.
func (l *loader) build(file string, d document) *Case {
	l.t.Helper()
	if err := d.Want.validate(); err != nil {
		l.t.Fatalf("%s: %s: %v", file, d.Name, err)
	}
	b := builder{l, "b-" + slug(d.Name), cmp.Or(d.Policy, "hospital-a")}
	c := &Case{Name: d.Name, Source: filepath.Base(file), Lesson: d.Lesson, Elsewhere: d.Elsewhere, Static: d.Static, Unmutated: d.Unmutated, Want: d.Want}
	c.Snapshot = b.snapshot(&d)
	c.Review = b.review(&d, &c.Snapshot)
	if d.Object != nil {
		c.Later = d.Object.Later
	}
	if d.OldObject != nil {
		c.OldLater = d.OldObject.Later
	}
	c.Review.Unknown = unknown(l.t, c.Review.Object, c.Later)
	c.Review.OldUnknown = unknown(l.t, c.Review.OldObject, c.OldLater)
	return c
}

type builder struct {
	*loader
	namespace, policy string
}

func (b builder) snapshot(d *document) Snapshot {
	snap := Snapshot{Namespace: b.namespace, PolicyName: b.policy, BreakGlass: d.BreakGlass, Govern: d.Govern, Terminating: d.Terminating, looked: &looked{}}
	if b.policy != "none" {
		snap.Policy = b.sitePolicy()
		snap.Site = snap.compile(b.catalog)
	}
	for _, name := range d.Kits {
		secret, local := b.kits.objects(b.namespace, name)
		snap.Secrets, snap.ConfigMaps = append(snap.Secrets, secret), append(snap.ConfigMaps, local)
	}
	for name, volume := range d.Claims {
		snap.Claims = append(snap.Claims, &corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: b.namespace},
			Spec:       corev1.PersistentVolumeClaimSpec{VolumeName: volume},
		})
	}
	for i := range d.Pods {
		pod, ok := b.object(&d.Pods[i], &snap).(*corev1.Pod)
		if !ok {
			b.t.Fatalf("%s: pods[%d] is no pod", d.Name, i)
		}
		pod.UID = types.UID("uid-of-" + pod.Name)
		snap.Pods = append(snap.Pods, pod)
	}
	for i := range d.Secrets {
		secret, ok := b.object(&d.Secrets[i], &snap).(*corev1.Secret)
		if !ok {
			b.t.Fatalf("%s: secrets[%d] is no Secret", d.Name, i)
		}
		snap.Secrets = append(snap.Secrets, secret)
	}
	for i := range d.Services {
		service, ok := b.object(&d.Services[i], &snap).(*corev1.Service)
		if !ok {
			b.t.Fatalf("%s: services[%d] is no Service", d.Name, i)
		}
		snap.Services = append(snap.Services, service)
	}
	return snap
}

func (b builder) review(d *document, snap *Snapshot) policies.Review {
	a := policies.Review{
		Operation:   policies.Operation(cmp.Or(d.Operation, string(policies.Create))),
		Resource:    schema.ParseGroupResource(cmp.Or(d.Resource, "pods")),
		Subresource: d.Subresource, Namespace: b.namespace, Name: d.ObjectName,
		User: authenticationv1.UserInfo{Username: strings.ReplaceAll(cmp.Or(d.User, Controller), "NAMESPACE", b.namespace)},
	}
	if d.TokenOf != "" {
		a.User.Extra = map[string]authenticationv1.ExtraValue{
			policies.ExtraPodName: {d.TokenOf}, policies.ExtraPodUID: {"uid-of-" + d.TokenOf},
		}
	}
	if d.Object != nil {
		a.Object = b.object(d.Object, snap)
	}
	if d.OldObject != nil {
		a.OldObject = b.object(d.OldObject, snap)
	}
	if o, ok := a.Object.(metav1.Object); ok && a.Name == "" {
		a.Name = o.GetName()
	}
	if o, ok := a.OldObject.(metav1.Object); ok && a.Name == "" {
		a.Name = o.GetName()
	}
	if _, ok := a.Object.(*v1alpha1.SitePolicy); ok {
		a.Namespace = ""
	}
	return a
}

// sitePolicy reads a whole policy, or one that says how it differs from another.
func (b builder) sitePolicy() *v1alpha1.SitePolicy {
	b.t.Helper()
	data := b.policyJSON(b.policy)
	p := &v1alpha1.SitePolicy{}
	if err := sigsyaml.UnmarshalStrict(data, p); err != nil {
		b.t.Fatalf("policy %s: %v", b.policy, err)
	}
	p.Name, p.UID, p.Generation = b.policy, "p", 1
	v1alpha1.SetDefaults(p)
	return p
}

func (b builder) policyJSON(name string) []byte {
	data := b.render(filepath.Join(b.dir, "policies", name+".yaml"), "")
	var r ref
	if err := sigsyaml.UnmarshalStrict(data, &r); err == nil && r.From != "" {
		return b.patched(b.policyJSON(r.From), &r)
	}
	asJSON, err := sigsyaml.YAMLToJSONStrict(data)
	if err != nil {
		b.t.Fatalf("policy %s: %v", name, err)
	}
	return asJSON
}
