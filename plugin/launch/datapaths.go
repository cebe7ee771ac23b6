package launch

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// dataPaths gives claims without a path that of the SitePolicy's entry for them. namespace is
// nil if the user may not read it.
func (o *Options) dataPaths(ctx context.Context, p *workloads.Participant, namespace *corev1.Namespace) error {
	i := slices.IndexFunc(p.Data, func(d workloads.Data) bool { return d.MountPath == "" })
	if i < 0 {
		return nil
	}
	give := fmt.Sprintf("give the path too: --data %s:PATH", p.Data[i].Claim)
	switch {
	case namespace == nil:
		return fmt.Errorf("you may not read namespace %q, which says what policy has the path for the claim %q: %s", p.Namespace, p.Data[i].Claim, give)
	case namespace.Labels[names.LabelSitePolicy] == "":
		return fmt.Errorf("namespace %q is not governed, so no SitePolicy has the path for the claim %q: %s", p.Namespace, p.Data[i].Claim, give)
	}
	policy, err := o.sitePolicy(ctx, namespace.Labels[names.LabelSitePolicy])
	if err != nil {
		return fmt.Errorf("the SitePolicy that has the path for the claim %q cannot be read, so %s: %w", p.Data[i].Claim, give, err)
	}
	p.Data = slices.Clone(p.Data)
	for i := range p.Data {
		if d := &p.Data[i]; d.MountPath == "" {
			if d.MountPath = pathFor(policy, d.Claim); d.MountPath == "" {
				return fmt.Errorf("spec.data of the SitePolicy %q does not list the claim %q: it lists %s", policy.Name, d.Claim, dataClaims(policy))
			}
		}
	}
	for i, d := range p.Data {
		if slices.ContainsFunc(p.Data[:i], func(other workloads.Data) bool { return other.MountPath == d.MountPath }) {
			return fmt.Errorf("the claim %q and another one would both be at %s: give one of them another path", d.Claim, d.MountPath)
		}
	}
	return nil
}

// namespaceOf is the participant's namespace, nil if the user may not read it.
func (o *Options) namespaceOf(ctx context.Context, name string) (*corev1.Namespace, error) {
	typed, err := o.clients.Typed()
	if err != nil {
		return nil, err
	}
	namespace, err := typed.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
	if apierrors.IsForbidden(err) {
		return nil, nil //nolint:nilnil // that is what the caller asks
	}
	return namespace, err
}

func (o *Options) sitePolicy(ctx context.Context, name string) (*v1alpha1.SitePolicy, error) {
	client, err := o.clients.Dynamic()
	if err != nil {
		return nil, err
	}
	found, err := client.Resource(v1alpha1.GroupVersion().WithResource(v1alpha1.Resource)).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	policy := &v1alpha1.SitePolicy{}
	return policy, runtime.DefaultUnstructuredConverter.FromUnstructured(found.Object, policy)
}

func pathFor(policy *v1alpha1.SitePolicy, claim string) string {
	for i := range policy.Spec.Data {
		if rule := &policy.Spec.Data[i]; rule.ClaimName == claim {
			return rule.MountPath
		}
	}
	return ""
}

func dataClaims(policy *v1alpha1.SitePolicy) string {
	var all []string
	for i := range policy.Spec.Data {
		all = append(all, policy.Spec.Data[i].ClaimName)
	}
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}
