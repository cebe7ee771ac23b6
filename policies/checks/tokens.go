package checks

import (
	corev1 "k8s.io/api/core/v1"
)

// tokens requires that among the participants, only the launcher has a ServiceAccount's
// token, and that no other pod runs as the launcher. It looks for the volume with the
// token: automountServiceAccountToken does not say what is mounted.
//
// Fields: serviceAccountName, volumes[*].projected.sources.
func tokens(p *Pod) []Result {
	results := p.accountProblem()
	if !p.Federated {
		return results
	}
	for i := range p.Spec.Volumes {
		v := &p.Spec.Volumes[i]
		if v.Projected == nil || !IsTokenVolume(v) {
			continue
		}
		field := indexed("volumes", i) + ".projected.sources"
		if !p.Launches() {
			results = append(results, p.fail(IDTokens, field, "a ServiceAccount's token in a participant's pod",
				"set automountServiceAccountToken: false and remove the volume and its mounts", "volume %s", quote(v.Name)))
			continue
		}
		results = append(results, p.launcherToken(i, v)...)
	}
	return results
}

// accountProblem: a pod that runs as a launcher could create job pods.
func (p *Pod) accountProblem() []Result {
	participant, ok := p.Site.ParticipantOfAccount(p.Spec.ServiceAccountName)
	if !ok || p.IsLauncher() {
		return nil
	}
	return []Result{p.fail(IDTokens, "serviceAccountName", "the launcher's ServiceAccount", "use another ServiceAccount",
		"%s belongs to the parent of %s", quote(p.Spec.ServiceAccountName), quote(participant))}
}

// tokenPath is where client libraries look for the token.
const tokenPath = "/var/run/secrets/kubernetes.io/serviceaccount"

// launcherToken requires that the volume is exactly the one that Kubernetes adds.
func (p *Pod) launcherToken(i int, v *corev1.Volume) []Result {
	for j := range v.Projected.Sources {
		if s := &v.Projected.Sources[j]; !standardTokenSource(s) {
			return []Result{p.fail(IDTokens, indexed("volumes", i)+"."+indexed("projected.sources", j), "not the token volume of Kubernetes",
				"remove the volume: Kubernetes adds it", "volume %s", quote(v.Name))}
		}
	}
	var results []Result
	for _, c := range p.containers {
		for k := range c.VolumeMounts {
			m := &c.VolumeMounts[k]
			if m.Name == v.Name && (m.MountPath != tokenPath || !m.ReadOnly || m.SubPath != "") {
				results = append(results, p.failIn(c, IDTokens, indexed("volumeMounts", k), "the token is mounted at another path",
					"remove the mount: Kubernetes adds it", "%s", quote(m.MountPath)))
			}
		}
	}
	return results
}

func standardTokenSource(s *corev1.VolumeProjection) bool {
	switch {
	case s.ServiceAccountToken != nil:
		return s.ServiceAccountToken.Audience == ""
	case s.ConfigMap != nil:
		return s.ConfigMap.Name == "kube-root-ca.crt"
	}
	return s.DownwardAPI != nil
}

// IsTokenVolume says whether a volume contains a token of a ServiceAccount, or a
// certificate with the same purpose.
func IsTokenVolume(v *corev1.Volume) bool {
	if v.Projected == nil {
		return false
	}
	for i := range v.Projected.Sources {
		if s := &v.Projected.Sources[i]; s.ServiceAccountToken != nil || s.PodCertificate != nil {
			return true
		}
	}
	return false
}
