package checks

import (
	"fmt"
	"slices"
)

// containers requires that a participant's pod runs exactly the containers of its
// profile, each once: another one would share their network, and could share their
// volumes.
//
// Fields: initContainers, containers, ephemeralContainers, shareProcessNamespace.
func containers(p *Pod) []Result {
	var results []Result
	for _, c := range p.containers {
		switch {
		case c.List == listEphemeral:
			results = append(results, p.failIn(c, IDContainers, "", "an ephemeral container in a participant's pod",
				"use `kubectl flare logs`, or, in an emergency, open break-glass: "+p.breakGlassCommand(), "it could read the participant's files and memory"))
		case c.Container != p.Verifier.Container && p.Demand(c) == nil:
			results = append(results, p.failIn(c, IDContainers, "", "an additional container in a participant's pod", furtherContainer(c.Name), "%s", p.containerCount()))
		}
	}
	for i := range p.demands.Containers {
		if d := &p.demands.Containers[i]; !slices.Contains(p.held, d) {
			results = append(results, p.fail(IDContainers, "containers", "a container is missing", "run the participant as `kubectl flare launch` does",
				"no container of the pod runs %s", d.Process.Program))
		}
	}
	if share := p.Spec.ShareProcessNamespace; share != nil && *share {
		results = append(results, p.fail(IDContainers, "shareProcessNamespace", "a shared process namespace", "remove it", "every container could read the files and memory of the others"))
	}
	return results
}

// containerCount says how many containers the profile has.
func (p *Pod) containerCount() string {
	if n := len(p.demands.Containers); n != 1 {
		return fmt.Sprintf("a participant's pod has %d containers", n)
	}
	return "a participant's pod has one container"
}
