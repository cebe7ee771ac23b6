package checks

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kitvolume"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Request is what a pod's checks need to know of the request.
type Request struct {
	Namespace, User string
	// Create is false where the pod exists already: then its kit's date and
	// revocation are no matter, so that what runs can be ended in order.
	Create bool
	// Starts says that a pod which was held by a scheduling gate is let go: its
	// kit may have been revoked meanwhile.
	Starts bool
	// Template says that the pod stands in a template: its pods will be judged
	// again, and nobody has named or bound them yet.
	Template bool
	// Prefix is the path of the pod in the object: empty, or spec.template.
	Prefix string
}

// Pod is one pod as the checks see it, with what follows from its parts.
type Pod struct {
	Request
	Meta   *metav1.ObjectMeta
	Spec   *corev1.PodSpec
	Policy *v1alpha1.SitePolicySpec
	Facts  *facts.Facts

	// Profile is the system that the pod belongs to.
	Profile profiles.Profile
	// Federated says that the pod is a participant's: it refers to a kit, or
	// runs one of a system's processes. Everything else is an "other pod".
	Federated bool
	// Process is what the pod runs, and Main the container that runs it.
	Process profiles.Process
	Main    Container
	// KitName is the first kit Secret that the pod refers to, Kit what is known
	// of it; nil where it is not known or did not verify.
	KitName string
	Kit     *facts.KitFact

	// Verifier is flare-verify, of a pod whose kit lies on a volume; else none.
	Verifier  Container
	kitMounts kitvolume.Mounts

	paths []profiles.Path
	// object is the participant's object name, workspace that of its claim.
	object    string
	workspace string
}

// NewPod derives what the checks need. The pod must not be changed afterwards.
func NewPod(pod *corev1.Pod, policy *v1alpha1.SitePolicy, f *facts.Facts, r Request) *Pod {
	p := &Pod{
		Request: r, Meta: &pod.ObjectMeta, Spec: &pod.Spec, Policy: &policy.Spec, Facts: f,
		Profile: profiles.NVFlare{},
	}
	p.recognise()
	p.findKit()
	p.findVerifier()
	if p.Kit != nil {
		p.paths = p.Profile.Paths(p.Process, p.identity())
		p.workspace = expand(p.Policy.Workspace.ClaimName, p.object)
	}
	return p
}

// recognise decides on what the pod runs and refers to, never on what it calls
// itself.
func (p *Pod) recognise() {
	for c := range Containers(p.Spec) {
		process, ok := p.Profile.Recognise(c.Container)
		p.Federated = p.Federated || ok
		if c.List == listOrdinary && p.Main.Container == nil {
			p.Main, p.Process = c, process
		}
	}
}

func (p *Pod) findKit() {
	for ref := range References(p.Spec) {
		if !Reserved(ref.Name) {
			continue
		}
		p.Federated = true
		if p.KitName == "" && ref.Kind == SecretRef && HasPrefix(ref.Name, names.PrefixKit) {
			p.KitName = ref.Name
		}
	}
	if p.KitName == "" {
		return
	}
	if k, ok := p.Facts.Kit(p.KitName); ok && k.Error == "" {
		p.Kit, p.object = k, kit.ObjectName(k.Participant)
	}
}

func (p *Pod) identity() profiles.Identity {
	return profiles.Identity{
		Participant: p.Kit.Participant, Org: p.Kit.Org, Role: p.Kit.Role,
		Workspace: p.Policy.Workspace.MountPath, Pod: p.Meta.Name,
	}
}

// Role is what the pod is in the federation, "" where its kit is not known.
func (p *Pod) Role() v1alpha1.Role {
	switch {
	case p.Kit == nil:
		return ""
	case p.Process.Kind == profiles.KindJob:
		return v1alpha1.RoleJob
	}
	return v1alpha1.Role(p.Kit.Role)
}

// IsLauncher says whether the pod is the parent that makes job pods. Whether it
// has the kit for that, other checks say.
func (p *Pod) IsLauncher() bool {
	return p.Policy.Launcher != nil && p.Process.Kind == profiles.KindParent &&
		p.Spec.ServiceAccountName == p.Policy.Launcher.ServiceAccountName
}

// at is the path of a field of the pod's spec in the object.
func (p *Pod) at(field string) string {
	if p.Prefix == "" {
		return "spec." + field
	}
	return p.Prefix + ".spec." + field
}

// fail is a result about a field of the pod's spec.
func (p *Pod) fail(id, field, reason, fix, format string, args ...any) Result {
	return Result{ID: id, Field: p.at(field), Reason: reason, Fix: fix, Detail: fmt.Sprintf(format, args...)}
}

// failIn is a result about a container; field is below the container's path.
func (p *Pod) failIn(c Container, id, field, reason, fix, format string, args ...any) Result {
	path := c.Field()
	if field != "" {
		path += "." + field
	}
	r := p.fail(id, path, reason, fix, format, args...)
	r.Container = c.Name
	return r
}

// ExpandClaim puts a participant's object name where a pattern of the policy has
// {participant}.
func ExpandClaim(pattern, participant string) string {
	return expand(pattern, kit.ObjectName(participant))
}

func expand(pattern, object string) string {
	return strings.ReplaceAll(pattern, participantMark, object)
}

const participantMark = "{participant}"
