package checks

// containers demands that a participant's pod runs one container and nothing
// beside it: a sidecar shares its network, and could share its volumes.
//
// Fields: initContainers, containers, ephemeralContainers, shareProcessNamespace.
func containers(p *Pod) []Result {
	const fix = "run it in a pod of its own"
	var results []Result
	for c := range Containers(p.Spec) {
		switch {
		case c.List == listEphemeral:
			results = append(results, p.failIn(c, IDContainers, "", "an ephemeral container in a participant's pod",
				"ask for break-glass (the verb breakglass on the SitePolicy)", "it would see the participant's files and memory"))
		case c.Container != p.Main.Container && c.Container != p.Verifier.Container:
			results = append(results, p.failIn(c, IDContainers, "", "a further container in a participant's pod", fix, "a participant's pod has one container"))
		}
	}
	if share := p.Spec.ShareProcessNamespace; share != nil && *share {
		results = append(results, p.fail(IDContainers, "shareProcessNamespace", "a shared process namespace", "leave it out", "every container could read the others' files and memory"))
	}
	return results
}
