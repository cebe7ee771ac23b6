package flower

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// CheckServer compares the dialect of a SuperNode or scientist with that of the SuperLink.
func (Workloads) CheckServer(k *kit.Kit, server *corev1.PodSpec) error {
	spec, err := flower.SpecOf(k)
	if err != nil {
		return err
	}
	own, err := flower.DialectOf(spec.Version)
	if err != nil {
		return err
	}
	for _, c := range server.Containers {
		if len(c.Command) == 0 || c.Command[0] != flower.ProgramSuperLink {
			continue
		}
		if theirs := flower.DialectOfSuperLink(c.Args); theirs != own {
			return fmt.Errorf("the kit of %q is for Flower %s, which speaks the dialect %s, but the SuperLink at %s, which runs in this cluster, speaks %s: provision kits of one version for all participants, and launch the SuperLink first",
				k.Participant, spec.Version, own, k.Dials().Host, theirs)
		}
	}
	return nil
}
