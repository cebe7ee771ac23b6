package checks

// The IDs of the checks, in the order of their results.
const (
	IDKit         = "kit"
	IDFramework   = "framework"
	IDReserved    = "reserved-names"
	IDKitMount    = "kit-mount"
	IDVerifier    = "flare-verify"
	IDLocal       = "local"
	IDContainers  = "containers"
	IDImages      = "images"
	IDPullSecrets = "pull-secrets"
	IDArgv        = "command"
	IDEnvironment = "environment"
	IDVolumes     = "volumes"
	IDMounts      = "mounts"
	IDWorkspace   = "workspace"
	IDData        = "data"
	IDClaims      = "claims"
	IDLabels      = "labels"
	IDTokens      = "tokens"
	IDLauncher    = "launcher"
	IDPodFields   = "pod-fields"
	IDPlacement   = "placement"
	IDHost        = "host"
	IDPodSecurity = "pod-security"
	IDUser        = "user"
	IDResources   = "resources"
	IDOtherPods   = "other-pods"
	IDKeyMaterial = "key-material"
	IDRules       = "rules"
)

// All are the checks of pods, in the order of their results.
func All() []Check {
	return []Check{
		{ID: IDKit, Scope: Participants, NeedsKit: true, Run: kitCheck},
		{ID: IDFramework, Scope: Participants, NeedsKit: true, Run: framework},
		{ID: IDReserved, Scope: Every, Run: reserved},
		{ID: IDKitMount, Scope: Verified, NeedsKit: true, Run: kitMount},
		{ID: IDVerifier, Scope: Verified, NeedsKit: true, Run: verifier},
		{ID: IDLocal, Scope: Verified, NeedsKit: true, Run: local},
		{ID: IDContainers, Scope: Verified, NeedsKit: true, Run: containers},
		{ID: IDImages, Scope: Verified, NeedsKit: true, Run: images},
		{ID: IDPullSecrets, Scope: Verified, NeedsKit: true, Run: pullSecrets},
		{ID: IDArgv, Scope: Participants, NeedsKit: true, Run: command},
		{ID: IDEnvironment, Scope: Verified, NeedsKit: true, Run: environment},
		{ID: IDVolumes, Scope: Every, Run: volumes},
		{ID: IDMounts, Scope: Verified, NeedsKit: true, Run: mounts},
		{ID: IDWorkspace, Scope: Verified, NeedsKit: true, Run: workspace},
		{ID: IDData, Scope: Verified, NeedsKit: true, Run: data},
		{ID: IDClaims, Scope: Every, Run: claims},
		{ID: IDTokens, Scope: Every, NeedsKit: true, Run: tokens},
		{ID: IDLauncher, Scope: Every, Run: launcher},
		{ID: IDPodFields, Scope: Every, Run: podFields},
		{ID: IDPlacement, Scope: Every, Run: placement},
		{ID: IDLabels, Scope: Every, NeedsKit: true, Run: labels},
		{ID: IDHost, Scope: Every, Run: host},
		{ID: IDPodSecurity, Scope: Every, Run: podSecurity},
		{ID: IDUser, Scope: Verified, NeedsKit: true, Run: user},
		{ID: IDResources, Scope: Verified, NeedsKit: true, Run: resources},
		{ID: IDOtherPods, Scope: Others, Run: otherPods},
		{ID: IDKeyMaterial, Scope: Others, Run: keyMaterial},
		{ID: IDRules, Scope: Every, NeedsKit: true, Run: siteRules},
	}
}

// Floor runs the checks that apply even with break-glass: those that protect the node,
// not the federation.
func Floor(p *Pod) []Result {
	results := append(host(p), podSecurity(p)...)
	results = append(results, volumes(p)...)
	return append(results, p.unknownFields()...)
}
