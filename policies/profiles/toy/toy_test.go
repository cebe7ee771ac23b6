package toy_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	framework "github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/profilestest"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/toy"
)

// pod is the pod that launch writes for a leaf, before mutation.
func pod(verb, image string) *corev1.Pod {
	limits := corev1.ResourceRequirements{Limits: corev1.ResourceList{
		corev1.ResourceCPU: resource.MustParse("100m"), corev1.ResourceMemory: resource.MustParse("64Mi"),
	}}
	p := &corev1.Pod{Spec: corev1.PodSpec{
		Containers: []corev1.Container{
			{Name: "toy", Image: image, Command: []string{"/toy"}, Args: []string{verb, "--participant=Site_2", "--kit=/toy/startup"}},
			{Name: "relay", Image: image, Command: []string{"/toy"}, Args: []string{"relay"}, Resources: limits},
		},
		Volumes: []corev1.Volume{{Name: "kit", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: policiestest.ClientKit}}}},
	}}
	p.Namespace, p.Name = policiestest.Namespace, "site-2-0"
	return p
}

func TestConformance(t *testing.T) {
	policy := policiestest.Policy(t)
	policy.Spec.Data = nil // its roles are another framework's
	policy.Spec.Privacy = nil
	image := policy.Spec.Images.Allowed[0]
	f := policiestest.Facts(policy)
	kit := f.Kits[policiestest.ClientKit]
	kit.Framework, kit.Version, kit.Role = framework.Name, "1.0", framework.RoleLeaf
	f.Kits = map[string]*facts.KitFact{policiestest.ClientKit: kit}
	for name, local := range f.Locals {
		local.Identity = kit.Identity()
		f.Locals[name] = local
	}
	suite := profilestest.Suite{Profile: toy.Profile{}, Others: []profiles.Profile{nvflare.Profile{}}}
	for _, verb := range []string{"serve", "work"} {
		suite.Pods = append(suite.Pods, profilestest.Pod{
			Name: verb, Pod: pod(verb, image.Repository+"@"+image.Digest), Policy: policy, Facts: f, User: "system:serviceaccount:kube-system:replicaset-controller",
		})
	}
	profilestest.Run(t, suite)
}

// A pod with only a helper is not a participant, and a kit of one framework does not allow
// a process of another.
func TestRecognise(t *testing.T) {
	for command, want := range map[string]profiles.Kind{
		"/toy serve": profiles.KindParent, "sh -c /toy work": profiles.KindParent, "/toy relay": profiles.KindHelper,
		"/toy": profiles.KindNone, "/toy dance": profiles.KindNone,
	} {
		process, ok := toy.Profile{}.Recognise(&corev1.Container{Args: strings.Fields(command)})
		if process.Kind != want || !ok {
			t.Errorf("%s: %v, %v", command, process, ok)
		}
	}
	if _, ok := (toy.Profile{}).Recognise(&corev1.Container{Args: []string{"/toys", "serve"}}); ok {
		t.Error("another program")
	}
}
