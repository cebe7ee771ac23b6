package checks

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// volumes is a closed list of kinds. A kind that this version of Kubernetes'
// types does not know decodes to an empty volume and is refused too.
//
// Every pod: configMap, downwardAPI, emptyDir, ephemeral (without a data source),
// persistentVolumeClaim, projected, secret.
// Participants: their kit, local/, workspace, listed data, emptyDir and, for the
// launcher, its token.
func volumes(p *Pod) []Result {
	var results []Result
	for i := range p.Spec.Volumes {
		v := &p.Spec.Volumes[i]
		field := indexed("volumes", i)
		switch kind := volumeKind(v); {
		case kind == "":
			results = append(results, p.fail(IDVolumes, field, "the kind of volume is not allowed", "use "+volumeKinds, "volume %s", quote(v.Name)))
		case hasDataSource(v):
			results = append(results, p.fail(IDVolumes, field+".ephemeral.volumeClaimTemplate.spec.dataSource", "a copy of a volume",
				"leave out dataSource and dataSourceRef", "volume %s would hold what another claim holds", quote(v.Name)))
		case Verified.binds(p) && p.source(v) == profiles.SourceOther:
			results = append(results, p.fail(IDVolumes, field, "a participant may not have this volume",
				"use its kit, local/, workspace, the policy's data and emptyDir alone", "volume %s (%s)", quote(v.Name), kind))
		}
	}
	return results
}

const volumeKinds = "configMap, downwardAPI, emptyDir, ephemeral, persistentVolumeClaim, projected or secret"

// volumeKind is the kind of an allowed volume, "" for every other.
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

// source says what a volume of a participant is. Claims come first: a claim that
// the policy lists as data is data, even if it is a workspace's too.
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
	case v.ConfigMap != nil && strings.HasPrefix(v.ConfigMap.Name, names.PrefixLocal):
		return profiles.SourceLocal
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

// volume finds a volume by its name; nil if there is none.
func (p *Pod) volume(name string) *corev1.Volume {
	for i := range p.Spec.Volumes {
		if p.Spec.Volumes[i].Name == name {
			return &p.Spec.Volumes[i]
		}
	}
	return nil
}

// under says whether a clean path is the folder or lies below it.
func under(path, folder string) bool {
	rest, ok := strings.CutPrefix(path, folder)
	return ok && (rest == "" || rest[0] == '/' || folder == "/")
}
