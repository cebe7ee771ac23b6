package workloadstest

import (
	"strings"
	"testing"

	"github.com/distribution/reference"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kitfact"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// checkProfile checks that the framework's own profile allows each workload and its pod,
// under a SitePolicy for the participant.
func (s Suite) checkProfile(t *testing.T, c Case, set *workloads.Set) {
	t.Helper()
	known, err := profiles.NewRegistry(s.Profile)
	require.NoError(t, err)
	all, err := checks.NewRegistry(checks.All()...)
	require.NoError(t, err)
	catalog, err := policies.NewCatalog(known, frameworks.Default(), all)
	require.NoError(t, err)
	site, errs := policies.Compile(sitePolicy(t, c), catalog)
	require.Empty(t, errs)
	f := s.facts(t, c, set)
	for _, pod := range templates(set) {
		made := site.Mutate(&corev1.Pod{ObjectMeta: pod.ObjectMeta, Spec: pod.Spec}, f)
		made.Namespace, made.Name = c.Participant.Namespace, pod.name+"-0"
		assert.Empty(t, denial(site, made, f), "the pod of %s must be allowed", pod.name)
		for i := range made.Spec.Containers {
			broken := made.DeepCopy()
			broken.Spec.Containers[i].Args = append(broken.Spec.Containers[i].Args, "--more")
			assert.NotEmpty(t, denial(site, broken, f), "the profile does not look at container %d of %s", i, pod.name)
		}
	}
}

// denial is why a pod that its controller creates is denied; empty if it is allowed.
func denial(site *policies.Policy, pod *corev1.Pod, f policies.Facts) string {
	return site.Evaluate(policies.Review{
		Operation: policies.Create, Resource: schema.GroupResource{Resource: "pods"}, Namespace: pod.Namespace, Name: pod.Name,
		Object: pod, User: authenticationv1.UserInfo{Username: "system:serviceaccount:kube-system:replicaset-controller"},
	}, f).Message()
}

// sitePolicy allows the participant, its image, and any kit of it, and limits its resources.
func sitePolicy(t *testing.T, c Case) *v1alpha1.SitePolicy {
	t.Helper()
	named, err := reference.ParseNormalizedNamed(c.Participant.Image)
	require.NoError(t, err)
	tagged, ok := named.(reference.Tagged)
	require.True(t, ok, "the image of case %s has no tag", c.Name)
	k := c.kit(t)
	p := &v1alpha1.SitePolicy{}
	p.Name = "site"
	p.Spec.Participants = []string{k.Participant}
	p.Spec.Kits.TrustRoots = []v1alpha1.TrustRoot{{Name: "root", SHA256: strings.Repeat("5f", 32)}}
	p.Spec.Kits.Signature = v1alpha1.SignatureSealOrNative
	p.Spec.Kits.Local = []v1alpha1.LocalRule{{Participant: k.Participant, Digest: k.LocalDigest()}}
	p.Spec.Images.Allowed = []v1alpha1.AllowedImage{{Repository: named.Name(), Tag: tagged.Tag(), Digest: "sha256:" + strings.Repeat("0a", 32)}}
	p.Spec.Images.PullSecrets = c.Participant.ImagePullSecrets
	p.Spec.Resources.Max = corev1.ResourceList{
		corev1.ResourceCPU: resource.MustParse("8"), corev1.ResourceMemory: resource.MustParse("16Gi"), corev1.ResourceEphemeralStorage: resource.MustParse("10Gi"),
	}
	consent(&p.Spec, k, c.Participant)
	if c.Participant.JobPods {
		p.Spec.Launchers = []v1alpha1.LauncherRule{{Participant: k.Participant, ServiceAccountName: kit.ObjectName(k.Participant)}}
	}
	if k.Volume != nil {
		p.Spec.Kits.Claims = []string{k.Volume.ClaimName}
	}
	return p
}

// facts are the facts of a namespace with only the kit.
func (s Suite) facts(t *testing.T, c Case, set *workloads.Set) policies.Facts {
	t.Helper()
	f := policies.Facts{
		Now: s.Now, PolicyName: "site", KitImage: c.Participant.KitImage,
		Kits: map[string]*facts.KitFact{}, Locals: map[string]facts.LocalFact{}, Claims: map[string]facts.ClaimFact{},
	}
	for _, obj := range set.Objects() {
		switch o := obj.(type) {
		case *corev1.Secret:
			fact := kitfact.OfVerified(c.Kit)
			fact.UID, fact.Type, fact.Immutable = "0", o.Type, true
			f.Kits[o.Name] = fact
		case *corev1.ConfigMap:
			f.Locals[o.Name] = kitfact.LocalUnder(Frameworks(t), &sitePolicy(t, c).Spec, o)
		case *corev1.PersistentVolumeClaim:
			f.Claims[o.Name] = facts.ClaimFact{} // not bound yet
		}
	}
	return f
}
