package checks

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/kitvolume"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Workload says what a pod is, by what it runs and refers to, never by its name or
// labels.
type Workload struct {
	// Federated says that the pod belongs to a participant: it refers to a kit, or
	// runs one of a framework's processes. All others are "other pods".
	Federated bool
	// Profile is the profile of the kit's framework or, if the kit is not accepted, of
	// the framework that recognises a container. It is nil if there is none.
	Profile profiles.Profile
	// Ambiguous says that several frameworks recognise the pod's containers.
	Ambiguous bool
	// Process is what the pod runs, and Main the container that runs it.
	Process profiles.Process
	Main    Container
	// KitName is the first kit Secret to which the pod refers. Kit is its fact, or nil
	// if it is missing or not accepted.
	KitName string
	Kit     *facts.KitFact
	// known is what is known about the Secret KitName, or nil.
	known *facts.KitFact

	// containers are all containers, reserved the references to reserved names, and sources
	// what each volume contains.
	containers []Container
	reserved   []Reference
	sources    []profiles.Source
	// These have room for those of most pods, in the same allocation.
	containersOf [4]Container
	reservedOf   [2]Reference
	sourcesOf    [16]profiles.Source

	// Verifier is flare-verify in a pod whose kit is on a volume.
	Verifier  Container
	kitMounts kitvolume.Mounts

	// owner is what the policy gives to the kit's participant.
	owner compiled.Participant
	// demands are the demands of the process on the pod, and held those on each
	// ordinary container; nil for a container that the pod may not have.
	demands profiles.Demands
	held    []*profiles.Container
	heldOf  [2]*profiles.Container
}

func (p *Pod) findKit() {
	p.findReserved()
	p.Federated = len(p.reserved) > 0
	if i := slices.IndexFunc(p.reserved, Reference.isKit); i >= 0 {
		p.KitName = p.reserved[i].Name
	} else {
		return
	}
	p.known, _ = p.Facts.Kit(p.KitName)
	if p.known != nil && p.known.Error == "" {
		p.Kit, p.owner = p.known, p.Site.Participant(p.known.Participant)
	}
}

// findReserved finds the references to reserved names, of which there are two in most
// participants: the kit and local/.
func (p *Pod) findReserved() {
	p.reserved = p.reservedOf[:0]
	for ref := range References(p.Spec) {
		if !p.Site.Profiles().Reserved(ref.Name) {
			continue
		}
		p.reserved = append(p.reserved, ref)
	}
}

// KitSecret is the first kit Secret that a pod refers to, "" if there is none.
func KitSecret(spec *corev1.PodSpec) string {
	for ref := range References(spec) {
		if ref.isKit() {
			return ref.Name
		}
	}
	return ""
}

// findProfile asks all profiles about every container. Only a verified kit can say
// which framework a pod is of; what a command looks like is its author's to choose.
func (p *Pod) findProfile() {
	for _, c := range p.containers {
		found, several := p.Site.Profiles().Recognise(c.Container)
		if found == nil {
			continue
		}
		p.Federated = true
		p.Ambiguous = p.Ambiguous || several || (p.Profile != nil && p.Profile.Framework() != found.Framework())
		if p.Profile == nil {
			p.Profile = found
		}
	}
	if p.Kit != nil {
		p.Profile, _ = p.Site.Profiles().Profile(p.Kit.Framework)
	}
}

// findMain finds the first container that is not a helper.
func (p *Pod) findMain() {
	for i := range p.Spec.Containers {
		c := Container{&p.Spec.Containers[i], listOrdinary, i}
		process := p.processOf(c)
		if process.Kind != profiles.KindHelper {
			p.Main, p.Process = c, process
			return
		}
		if i == 0 {
			p.Main = c
		}
	}
}

func (p *Pod) processOf(c Container) profiles.Process {
	if p.Profile == nil {
		return profiles.Process{}
	}
	process, _ := p.Profile.Recognise(c.Container)
	return process
}

// hold assigns demands to containers: those of the process to the main container, and to
// every other one those of a helper that is not assigned yet.
func (p *Pod) hold() {
	if p.Kit == nil || p.Profile == nil {
		return
	}
	p.demands = p.Profile.Demands(p.Process, p.identity())
	if n := len(p.Spec.Containers); n <= len(p.heldOf) {
		p.held = p.heldOf[:n]
	} else {
		p.held = make([]*profiles.Container, n)
	}
	for i := range p.Spec.Containers {
		c := Container{&p.Spec.Containers[i], listOrdinary, i}
		if len(p.demands.Containers) > 0 && c.Container == p.Main.Container {
			p.held[i] = &p.demands.Containers[0]
		} else if len(p.demands.Containers) > 1 {
			p.held[i] = p.helper(p.processOf(c), p.held[:i])
		}
	}
}

func (p *Pod) helper(process profiles.Process, before []*profiles.Container) *profiles.Container {
next:
	for i := range p.demands.Containers[1:] {
		d := &p.demands.Containers[1+i]
		if d.Process != process {
			continue
		}
		for _, taken := range before {
			if taken == d {
				continue next
			}
		}
		return d
	}
	return nil
}

func (p *Pod) identity() profiles.Identity {
	return profiles.Identity{
		Participant: p.Kit.Participant, Org: p.Kit.Org, Role: p.Kit.Role, Version: p.Kit.Version,
		Object: p.owner.Object, Server: p.Kit.Server, LocalFiles: p.localFiles(),
		Workspace: p.Policy.Workspace.MountPath, Pod: p.Meta.Name,
	}
}

// localFiles are the names of the files of local/ that the pod refers to, nil if they are not
// known.
func (p *Pod) localFiles() []string {
	for i := range p.reserved {
		ref := &p.reserved[i]
		if ref.Kind != ConfigMapRef || !IsLocalOf(ref.Name, p.owner.Object) {
			continue
		}
		if known, ok := p.Facts.Locals[ref.Name]; ok && known.Error == "" {
			return known.Files
		}
	}
	return nil
}

// Demand has the demands on a container. It is nil for a container that the pod may not
// have.
func (p *Pod) Demand(c Container) *profiles.Container {
	if c.List != listOrdinary || c.Index >= len(p.held) {
		return nil
	}
	return p.held[c.Index]
}

// KitFiles are the files of startup/ that the participant needs.
func (p *Pod) KitFiles() []string { return p.demands.KitFiles }

// kitPath is where the first container that needs the kit must mount it. It is "" in a pod
// whose containers need none.
func (p *Pod) kitPath() string {
	for i := range p.demands.Containers {
		if at := p.demands.Containers[i].Path(profiles.SourceKit); at != "" {
			return at
		}
	}
	return ""
}

// Complete says whether the ordinary containers are exactly those that the profile
// requires.
func (p *Pod) Complete() bool {
	return p.Process.Kind != profiles.KindNone && len(p.held) > 0 && len(p.held) == len(p.demands.Containers) && !slices.Contains(p.held, nil)
}

// Role is the pod's role in the federation, or "" if its kit is not accepted.
func (p *Pod) Role() v1alpha1.Role {
	switch {
	case p.Kit == nil:
		return ""
	case p.Process.Kind == profiles.KindJob:
		return v1alpha1.RoleJob
	}
	return v1alpha1.Role(p.Kit.Role)
}

// Launches says whether the pod needs the token of its launcher's ServiceAccount.
func (p *Pod) Launches() bool {
	if !p.IsLauncher() {
		return false
	}
	selective, ok := p.Profile.(profiles.Selective)
	return !ok || selective.Launches(p.Process)
}

// IsLauncher says whether the pod is a parent that runs as the launcher of the
// participant whose kit it has. Without a kit, which a template may not have yet, it is
// one that runs as any launcher: other checks say whether it needs one.
func (p *Pod) IsLauncher() bool {
	participant, ok := p.Site.ParticipantOfAccount(p.Spec.ServiceAccountName)
	return ok && p.Process.Kind == profiles.KindParent && (p.Kit == nil || p.Kit.Participant == participant)
}
