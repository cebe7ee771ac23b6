package policies

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// References are the kit Secrets that a verdict on the pod needs: all names with the
// prefix flare-kit- to which the pod refers in any way, each once, sorted. The caller
// reads and verifies each and puts it into Facts.Kits, with an Error if that fails.
func References(pod *corev1.Pod) []string {
	return named(pod, checks.SecretRef, names.PrefixKit)
}

// LocalReferences are the same for Facts.Locals: the ConfigMaps with the prefix
// flare-local-.
func LocalReferences(pod *corev1.Pod) []string {
	return named(pod, checks.ConfigMapRef, names.PrefixLocal)
}

// ClaimReferences are the claims that Facts.Claims must contain: all that the pod
// mounts, since the data is on a volume, and another claim may be bound to it. Those of
// ephemeral volumes have the pod's name.
func ClaimReferences(pod *corev1.Pod) []string {
	var names []string
	for i := range pod.Spec.Volumes {
		if name := checks.ClaimOf(pod.Name, &pod.Spec.Volumes[i]); name != "" {
			names = append(names, name)
		}
	}
	return unique(names)
}

// CopySources are the claims that Facts.Claims must contain for a new claim or snapshot.
func CopySources(r *Review) []string {
	if r.Operation != Create {
		return nil
	}
	return checks.CopySources(r.Object)
}

// SecretReferences are the Secrets that Facts.Secrets must contain: those of a pod that is
// no participant, if the policy allows such pods and pins roots.
func (p *Policy) SecretReferences(pod *corev1.Pod) []string {
	if !p.Valid() || !p.site.LooksForKeys() {
		return nil
	}
	var names []string
	for ref := range checks.References(&pod.Spec) {
		switch {
		case p.site.Profiles().Reserved(ref.Name):
			return nil // a participant
		case ref.Kind == checks.SecretRef && ref.Way != checks.WayPull:
			names = append(names, ref.Name)
		}
	}
	return unique(names)
}

// The keys under which the API server says to which pod a ServiceAccount's token is
// bound. Source: k8s.io/apiserver/pkg/authentication/serviceaccount, v0.37.
const (
	ExtraPodName = "authentication.kubernetes.io/pod-name"
	ExtraPodUID  = "authentication.kubernetes.io/pod-uid"
)

// BoundPod is the pod that the token of the requesting user is bound to, if the user
// is a launcher. launcher is false for every other user and without a valid policy; the
// name is empty if the token is bound to no pod. The caller reads the pod, compares its
// UID, and puts LauncherPod of it into Facts.Launcher, and its kits and local/ into Facts.
func (p *Policy) BoundPod(r *Review) (name string, uid types.UID, launcher bool) {
	if _, ok := p.LauncherOf(r.User.Username, r.Namespace); !ok {
		return "", "", false
	}
	names, uids := r.User.Extra[ExtraPodName], r.User.Extra[ExtraPodUID]
	if len(names) != 1 || len(uids) != 1 {
		return "", "", true
	}
	return names[0], types.UID(uids[0]), true
}

// LauncherOf is the participant whose job pods a user may create; ok is false for a
// user who is no launcher, and without a valid policy.
func (p *Policy) LauncherOf(user, namespace string) (participant string, ok bool) {
	if !p.Valid() {
		return "", false
	}
	return p.site.ParticipantOfUser(user, namespace)
}

// LauncherUser is the name of a participant's launcher as the API server knows it; ""
// if the policy names none.
func (p *Policy) LauncherUser(participant, namespace string) string {
	if !p.Valid() {
		return ""
	}
	return p.site.LauncherUser(participant, namespace)
}

// LauncherPod is the fact of the pod that a launcher's token is bound to.
func LauncherPod(pod *corev1.Pod) *LauncherFact {
	return &LauncherFact{
		ServiceAccountName: pod.Spec.ServiceAccountName, KitName: checks.KitSecret(&pod.Spec), LocalNames: LocalReferences(pod),
	}
}

func named(pod *corev1.Pod, kind checks.RefKind, prefix string) []string {
	var names []string
	for ref := range checks.References(&pod.Spec) {
		if ref.Kind == kind && strings.HasPrefix(ref.Name, prefix) {
			names = append(names, ref.Name)
		}
	}
	return unique(names)
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
