package checks

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// volumes allows only listed kinds of volumes. A kind that is unknown to this version of
// the Kubernetes API decodes to an empty volume and is denied too.
//
// Every pod: configMap, downwardAPI, emptyDir, ephemeral (without a data source), image
// (which is always read-only), persistentVolumeClaim, projected, secret.
// Participants: their kit, local/, workspace, listed data, listed authorities, emptyDir and,
// for the launcher, its token. A job's pod may have the Secret that its launcher made for it.
func volumes(p *Pod) []Result {
	var results []Result
	for i := range p.Spec.Volumes {
		v := &p.Spec.Volumes[i]
		switch kind := volumeKind(v); {
		case kind == "":
			results = append(results, p.fail(IDVolumes, indexed("volumes", i), "the kind of volume is not allowed", "use "+volumeKinds, "volume %s", quote(v.Name)))
		case hasDataSource(v):
			results = append(results, p.fail(IDVolumes, indexed("volumes", i)+".ephemeral.volumeClaimTemplate.spec.dataSource", "a copy of a volume",
				"remove dataSource, dataSourceRef and volumeName", "volume %s would have the content of another one", quote(v.Name)))
		case Verified.applies(p) && p.sources[i] == profiles.SourceOther:
			results = append(results, p.fail(IDVolumes, indexed("volumes", i), "a participant may not have this volume",
				"use only its kit, local/, its workspace, data and caBundles of the policy, and emptyDir", "volume %s (%s)", quote(v.Name), kind))
		}
	}
	return results
}

const volumeKinds = "configMap, downwardAPI, emptyDir, ephemeral, image, persistentVolumeClaim, projected or secret"

// volumeKind is the kind of an allowed volume, or "" for every other.
func volumeKind(v *corev1.Volume) string {
	switch {
	case v.EmptyDir != nil:
		return "emptyDir"
	case v.Secret != nil:
		return "secret"
	case v.ConfigMap != nil:
		return "configMap"
	case v.PersistentVolumeClaim != nil:
		return "persistentVolumeClaim"
	case v.Projected != nil:
		return "projected"
	case v.DownwardAPI != nil:
		return "downwardAPI"
	case v.Image != nil:
		return "image"
	case v.Ephemeral != nil && v.Ephemeral.VolumeClaimTemplate != nil:
		return "ephemeral"
	}
	return ""
}

func hasDataSource(v *corev1.Volume) bool {
	if v.Ephemeral == nil || v.Ephemeral.VolumeClaimTemplate == nil {
		return false
	}
	spec := &v.Ephemeral.VolumeClaimTemplate.Spec
	return spec.DataSource != nil || spec.DataSourceRef != nil || spec.VolumeName != ""
}

// source classifies a volume of a participant. A claim that the policy lists as data
// counts as data, even if it is also a workspace.
func (p *Pod) source(v *corev1.Volume) profiles.Source {
	if p.Kit != nil && p.Kit.Volume != nil {
		if raw := p.rawSource(v); raw != 0 {
			return raw
		}
	}
	switch {
	case v.EmptyDir != nil:
		return profiles.SourceScratch
	case v.Secret != nil && v.Secret.SecretName == p.KitName:
		return profiles.SourceKit
	case v.Secret != nil && p.Process.Kind == profiles.KindJob && p.Site.Profiles().Holds(v.Secret.SecretName) == profiles.HoldsTokens:
		return profiles.SourceJobSecret
	case v.ConfigMap != nil && strings.HasPrefix(v.ConfigMap.Name, names.PrefixLocal):
		return profiles.SourceLocal
	case v.ConfigMap != nil && p.Site.AllowsCABundle(v.ConfigMap.Name):
		return profiles.SourceAuthorities
	case v.PersistentVolumeClaim != nil:
		return p.claimSource(v.PersistentVolumeClaim.ClaimName)
	case v.Projected != nil && IsTokenVolume(v):
		return profiles.SourceToken
	}
	return profiles.SourceOther
}

func (p *Pod) claimSource(claim string) profiles.Source {
	switch {
	case p.isData(claim):
		return profiles.SourceData
	case claim == p.owner.Claim:
		return profiles.SourceWorkspace
	}
	return profiles.SourceOther
}

func (p *Pod) isData(claim string) bool {
	rule, _ := p.Site.Data(claim)
	return rule != nil
}

// findSources finds out once what each volume contains, since most checks need it.
func (p *Pod) findSources() {
	p.sources = p.sourcesOf[:0]
	for i := range p.Spec.Volumes {
		p.sources = append(p.sources, p.source(&p.Spec.Volumes[i]))
	}
}

// volume is what the volume of this name contains. ok is false if there is none.
func (p *Pod) volume(name string) (source profiles.Source, ok bool) {
	for i := range p.Spec.Volumes {
		if p.Spec.Volumes[i].Name == name {
			return p.sources[i], true
		}
	}
	return 0, false
}
