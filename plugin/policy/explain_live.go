package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/plugin/policy/offline"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// liveReader reads what a verdict depends on, and records what it may not read.
type liveReader struct {
	*ExplainOptions
	typed   kubernetes.Interface
	inputs  *inputs
	objects []source.Object
	absent  []string
}

// live reads the pod and what it refers to from the cluster.
func (o *ExplainOptions) live(ctx context.Context, governing *policies.Policy) (*inputs, error) {
	typed, err := o.clients.Typed()
	if err != nil {
		return nil, err
	}
	r := &liveReader{ExplainOptions: o, typed: typed, inputs: &inputs{prefixes: o.known.Catalog.Profiles().Prefixes()}}
	pod, err := typed.CoreV1().Pods(o.namespace).Get(ctx, o.Pod, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	if err := r.namespaceAnd(ctx, governing != nil); err != nil {
		return nil, err
	}
	if err := r.references(ctx, pod); err != nil {
		return nil, err
	}
	if err := r.registration(ctx); err != nil {
		return nil, err
	}
	pod.Spec.NodeName = "" // the scheduler's binding is not part of what was created
	pod.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Pod"))
	r.inputs.snapshot = offline.New(o.known.Catalog, o.known.Frameworks, o.namespace, o.clock.Now(), r.objects)
	r.inputs.snapshot.Absent = r.absent
	r.inputs.objects = []source.Object{{Kind: "Pod", Namespace: pod.Namespace, Name: pod.Name, Typed: pod}}
	return r.inputs, nil
}

// note records what is missing. Any error other than Forbidden and NotFound ends the
// command.
func (r *liveReader) note(err error, what, consequence string) (bool, error) {
	switch {
	case err == nil:
		return true, nil
	case apierrors.IsForbidden(err):
		r.inputs.notes = append(r.inputs.notes, fmt.Sprintf("you may not read %s: %s", what, consequence))
		r.inputs.unreadable = append(r.inputs.unreadable, what)
		return false, nil
	case apierrors.IsNotFound(err):
		return false, nil
	}
	return false, err
}

func (r *liveReader) add(obj runtime.Object) {
	r.objects = append(r.objects, source.Object{Typed: obj})
}

// namespaceAnd reads the namespace and, unless a policy was given, the one that its
// label names.
func (r *liveReader) namespaceAnd(ctx context.Context, given bool) error {
	ns, err := r.typed.CoreV1().Namespaces().Get(ctx, r.namespace, metav1.GetOptions{})
	if ok, err := r.note(err, "namespace "+r.namespace, "the SitePolicy that governs it is unknown; give it with --policy"); !ok {
		if err == nil && !given {
			err = fmt.Errorf("the SitePolicy that governs namespace %q is unknown, because you may not read the namespace: ask its admin for the policy and give it with --policy FILE", r.namespace)
		}
		return err
	}
	r.add(ns)
	name := ns.Labels[names.LabelSitePolicy]
	if name == "" || given {
		return nil
	}
	dynamic, err := r.clients.Dynamic()
	if err != nil {
		return err
	}
	u, err := dynamic.Resource(v1alpha1.GroupVersion().WithResource(v1alpha1.Resource)).Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsForbidden(err) {
		return fmt.Errorf("you may not read SitePolicy %q, which governs namespace %q: ask a cluster admin for permission to get it, or for a copy, and give that with --policy FILE", name, r.namespace)
	}
	if ok, err := r.note(err, "", ""); !ok {
		return err
	}
	source := &v1alpha1.SitePolicy{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, source); err != nil {
		return fmt.Errorf("SitePolicy %q cannot be read: %w", name, err)
	}
	r.add(source)
	return nil
}

// references reads kits, local/ and claims that the pod refers to.
func (r *liveReader) references(ctx context.Context, pod *corev1.Pod) error {
	core := r.typed.CoreV1()
	for _, name := range policies.References(pod) {
		s, err := core.Secrets(r.namespace).Get(ctx, name, metav1.GetOptions{})
		if err := r.take(s, err, name, "what depends on the kit is unknown; give its folder with --kit"); err != nil {
			return err
		}
	}
	for _, name := range policies.LocalReferences(pod) {
		m, err := core.ConfigMaps(r.namespace).Get(ctx, name, metav1.GetOptions{})
		if err := r.take(m, err, name, "give the kit's folder with --kit"); err != nil {
			return err
		}
	}
	for _, name := range policies.ClaimReferences(pod) {
		c, err := core.PersistentVolumeClaims(r.namespace).Get(ctx, name, metav1.GetOptions{})
		if err := r.take(c, err, name, "the volume to which it is bound is unknown"); err != nil {
			return err
		}
		if err == nil && c.Spec.VolumeName == "" {
			r.absent = append(r.absent, name) // bound to nothing yet
		}
	}
	return nil
}

func (r *liveReader) take(obj runtime.Object, err error, name, consequence string) error {
	if apierrors.IsNotFound(err) {
		r.absent = append(r.absent, name)
	}
	ok, err := r.note(err, name, consequence)
	if ok {
		r.add(obj)
	}
	return err
}

// registration reads the webhook's entries.
func (r *liveReader) registration(ctx context.Context) error {
	s, api := r.inputs, r.typed.AdmissionregistrationV1()
	s.hooksFrom = "the cluster"
	validating, err := api.ValidatingWebhookConfigurations().Get(ctx, manifests.Webhook, metav1.GetOptions{})
	if ok, err := r.note(err, "the webhook's registration", "its webhooks in the cluster are unknown; those of this version are shown"); !ok {
		if err != nil || slices.Contains(s.unreadable, "the webhook's registration") {
			s.hooksFrom = "what `kubectl flare install` writes"
			return errors.Join(err, s.shipped())
		}
		s.notes = append(s.notes, "THE WEBHOOK IS NOT INSTALLED: nothing enforces this verdict; a cluster admin can install it with `kubectl flare install`")
		return nil
	}
	s.hooks = validatingHooks(validating)
	mutating, err := api.MutatingWebhookConfigurations().Get(ctx, manifests.Webhook, metav1.GetOptions{})
	if ok, err := r.note(err, "the webhook's mutation", "it is unknown whether it is registered"); !ok {
		return err
	}
	s.hooks = append(mutatingHooks(mutating), s.hooks...)
	return nil
}
