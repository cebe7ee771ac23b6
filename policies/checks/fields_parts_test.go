package checks_test

import (
	"reflect"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

func quantity(text string) resource.Quantity { return resource.MustParse(text) }

// handlerFields are the fields of probes and lifecycle hooks.
func handlerFields() map[string]decided {
	probe := func(h corev1.ProbeHandler) func(*world) {
		return func(w *world) { w.main().LivenessProbe = &corev1.Probe{ProbeHandler: h} }
	}
	preStop := func(h corev1.LifecycleHandler) func(*world) {
		return func(w *world) { w.main().Lifecycle = &corev1.Lifecycle{PreStop: &h} }
	}
	const (
		pace = "how often the node asks the container"
		own  = "it asks the container itself, which has no other port than its process opens"
	)
	return map[string]decided{
		"Probe.InitialDelaySeconds":           harmless(pace),
		"Probe.TimeoutSeconds":                harmless(pace),
		"Probe.PeriodSeconds":                 harmless(pace),
		"Probe.SuccessThreshold":              harmless(pace),
		"Probe.FailureThreshold":              harmless(pace),
		"Probe.TerminationGracePeriodSeconds": harmless(timing),
		"ProbeHandler.Exec":                   never(checks.IDEnvironment, probe(corev1.ProbeHandler{Exec: &corev1.ExecAction{}})),
		"ProbeHandler.HTTPGet":                parts,
		"ProbeHandler.TCPSocket":              parts,
		"ProbeHandler.GRPC":                   harmless(own),
		"HTTPGetAction.Path":                  harmless(own),
		"HTTPGetAction.Port":                  harmless(own),
		"HTTPGetAction.Host":                  never(checks.IDEnvironment, probe(corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Host: "192.0.2.1"}})),
		"HTTPGetAction.Scheme":                harmless(own),
		"HTTPGetAction.Protocol":              harmless(own),
		"HTTPGetAction.HTTPHeaders":           harmless(own),
		"TCPSocketAction.Port":                harmless(own),
		"TCPSocketAction.Host":                never(checks.IDEnvironment, probe(corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Host: "192.0.2.1"}})),

		"Lifecycle.PostStart": never(checks.IDEnvironment, func(w *world) {
			w.main().Lifecycle = &corev1.Lifecycle{PostStart: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{}}}
		}),
		"Lifecycle.PreStop":          compared(checks.IDEnvironment, preStop(corev1.LifecycleHandler{})),
		"Lifecycle.StopSignal":       harmless(timing),
		"LifecycleHandler.Exec":      never(checks.IDEnvironment, preStop(corev1.LifecycleHandler{Exec: &corev1.ExecAction{}})),
		"LifecycleHandler.HTTPGet":   never(checks.IDEnvironment, preStop(corev1.LifecycleHandler{HTTPGet: &corev1.HTTPGetAction{}})),
		"LifecycleHandler.TCPSocket": never(checks.IDEnvironment, preStop(corev1.LifecycleHandler{TCPSocket: &corev1.TCPSocketAction{}})),
		"LifecycleHandler.Sleep":     harmless(timing),
	}
}

// volumeFields are the fields of volumes. Kinds that no pod may have, and those that only
// other pods may have, are denied with any field.
func volumeFields() map[string]decided {
	kit := func(change func(*corev1.SecretVolumeSource)) func(*world) {
		return func(w *world) { change(w.volume("startup").Secret) }
	}
	token := func(s corev1.VolumeProjection) func(*world) {
		return func(w *world) {
			sources := []corev1.VolumeProjection{{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token"}}, s}
			w.addVolume("kube-api-access-x", corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: sources}})
			w.addMount("kube-api-access-x", "/var/run/secrets/kubernetes.io/serviceaccount", readOnly)
		}
	}
	const mode = "a pod's own files, by its own user"
	all := map[string]decided{
		"Volume.Name":                        harmless("names decide nothing"),
		"VolumeSource.EmptyDir":              parts,
		"VolumeSource.Secret":                parts,
		"VolumeSource.ConfigMap":             parts,
		"VolumeSource.PersistentVolumeClaim": parts,
		"VolumeSource.Projected":             parts,

		"EmptyDirVolumeSource.Medium":       harmless("memory counts against the container's limit; where a key must not reach the disk, flare-verify compares it"),
		"EmptyDirVolumeSource.SizeLimit":    harmless("it only tightens"),
		"EmptyDirVolumeSource.Mode":         harmless(mode),
		"SecretVolumeSource.SecretName":     compared(checks.IDVolumes, func(w *world) { w.addVolume("x", secret("mine")) }),
		"SecretVolumeSource.Items":          compared(checks.IDKitMount, kit(func(s *corev1.SecretVolumeSource) { s.Items = []corev1.KeyToPath{{Key: "a", Path: "a"}} })),
		"SecretVolumeSource.DefaultMode":    harmless(mode),
		"SecretVolumeSource.DefaultUser":    harmless(mode),
		"SecretVolumeSource.Optional":       compared(checks.IDKitMount, kit(func(s *corev1.SecretVolumeSource) { s.Optional = new(true) })),
		"KeyToPath.Key":                     harmless("items are compared whole"),
		"KeyToPath.Path":                    harmless("items are compared whole"),
		"KeyToPath.Mode":                    harmless(mode),
		"KeyToPath.User":                    harmless(mode),
		"ConfigMapVolumeSource.Items":       compared(checks.IDLocal, func(w *world) { w.volume("local").ConfigMap.Items = make([]corev1.KeyToPath, 1) }),
		"ConfigMapVolumeSource.Optional":    compared(checks.IDLocal, func(w *world) { w.volume("local").ConfigMap.Optional = new(true) }),
		"ConfigMapVolumeSource.DefaultMode": harmless(mode),
		"ConfigMapVolumeSource.DefaultUser": harmless(mode),
		"PersistentVolumeClaimVolumeSource.ClaimName": compared(checks.IDVolumes, func(w *world) {
			w.volume("workspace").PersistentVolumeClaim.ClaimName = "mine"
		}),
		"PersistentVolumeClaimVolumeSource.ReadOnly": harmless("that of the mount is what counts"),

		"ProjectedVolumeSource.Sources":        parts,
		"ProjectedVolumeSource.DefaultMode":    harmless(mode),
		"ProjectedVolumeSource.DefaultUser":    harmless(mode),
		"VolumeProjection.Secret":              never(checks.IDTokens, token(corev1.VolumeProjection{Secret: &corev1.SecretProjection{}})),
		"VolumeProjection.DownwardAPI":         harmless("the pod's own metadata"),
		"VolumeProjection.ConfigMap":           parts,
		"VolumeProjection.ServiceAccountToken": parts,
		"VolumeProjection.ClusterTrustBundle":  never(checks.IDTokens, token(corev1.VolumeProjection{ClusterTrustBundle: &corev1.ClusterTrustBundleProjection{}})),
		"VolumeProjection.PodCertificate":      never(checks.IDTokens, token(corev1.VolumeProjection{PodCertificate: &corev1.PodCertificateProjection{}})),
		"ConfigMapProjection.Items":            harmless("files of the one ConfigMap that it may be, in a folder of their own"),
		"ConfigMapProjection.Optional":         harmless("files of the one ConfigMap that it may be, in a folder of their own"),
		"ServiceAccountTokenProjection.Audience": compared(checks.IDTokens, token(corev1.VolumeProjection{
			ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Audience: "vault"},
		})),
		"ServiceAccountTokenProjection.ExpirationSeconds": harmless("the launcher may have the token for as long as it runs"),
		"ServiceAccountTokenProjection.Path":              harmless("a file in a folder of its own"),
		"ServiceAccountTokenProjection.User":              harmless(mode),
	}
	for field := range reflect.TypeFor[corev1.VolumeSource]().Fields() {
		if _, ok := all["VolumeSource."+field.Name]; !ok {
			all["VolumeSource."+field.Name] = never(checks.IDVolumes, func(w *world) { w.addVolume("x", kindOf(field.Name)) })
		}
	}
	return all
}

// kindOf is an empty volume of the kind with this field.
func kindOf(field string) corev1.VolumeSource {
	var source corev1.VolumeSource
	kind := reflect.ValueOf(&source).Elem().FieldByName(field)
	kind.Set(reflect.New(kind.Type().Elem()))
	return source
}

// securityFields are the fields of the two security contexts.
func securityFields() map[string]decided {
	pod := func(check string, change func(*corev1.PodSecurityContext)) decided {
		return compared(check, func(w *world) { change(w.Spec.SecurityContext) })
	}
	container := func(check string, change func(*corev1.SecurityContext)) decided {
		return compared(check, func(w *world) { change(w.main().SecurityContext) })
	}
	selinux := func(o corev1.SELinuxOptions) decided {
		return pod(checks.IDPodSecurity, func(s *corev1.PodSecurityContext) { s.SELinuxOptions = &o })
	}
	const (
		owner   = "whose files a volume has when it is mounted, fsGroup decides"
		profile = "files that only the node's administrator writes; pod security says which types there may be"
	)
	return map[string]decided{
		"PodSecurityContext.SELinuxOptions":           parts,
		"PodSecurityContext.WindowsOptions":           asNever(pod(checks.IDPodFields, func(s *corev1.PodSecurityContext) { s.WindowsOptions = &corev1.WindowsSecurityContextOptions{} })),
		"PodSecurityContext.RunAsUser":                pod(checks.IDUser, func(s *corev1.PodSecurityContext) { s.RunAsUser = new(int64(7)) }),
		"PodSecurityContext.RunAsGroup":               pod(checks.IDPodFields, func(s *corev1.PodSecurityContext) { s.RunAsGroup = new(int64(7)) }),
		"PodSecurityContext.RunAsNonRoot":             pod(checks.IDPodSecurity, func(s *corev1.PodSecurityContext) { s.RunAsNonRoot = nil }),
		"PodSecurityContext.SupplementalGroups":       pod(checks.IDPodFields, func(s *corev1.PodSecurityContext) { s.SupplementalGroups = []int64{7} }),
		"PodSecurityContext.SupplementalGroupsPolicy": harmless("Strict only tightens; the groups of an image are those that the policy lists"),
		"PodSecurityContext.FSGroup":                  pod(checks.IDUser, func(s *corev1.PodSecurityContext) { s.FSGroup = new(int64(7)) }),
		"PodSecurityContext.Sysctls":                  asNever(pod(checks.IDPodFields, func(s *corev1.PodSecurityContext) { s.Sysctls = make([]corev1.Sysctl, 1) })),
		"PodSecurityContext.FSGroupChangePolicy":      harmless(owner),
		"PodSecurityContext.SeccompProfile":           pod(checks.IDPodSecurity, func(s *corev1.PodSecurityContext) { s.SeccompProfile = nil }),
		"PodSecurityContext.AppArmorProfile":          parts,
		"PodSecurityContext.SELinuxChangePolicy":      harmless(owner),

		"SecurityContext.Capabilities":             container(checks.IDPodSecurity, func(s *corev1.SecurityContext) { s.Capabilities = nil }),
		"SecurityContext.Privileged":               container(checks.IDHost, func(s *corev1.SecurityContext) { s.Privileged = new(true) }),
		"SecurityContext.SELinuxOptions":           parts,
		"SecurityContext.WindowsOptions":           asNever(container(checks.IDPodFields, func(s *corev1.SecurityContext) { s.WindowsOptions = &corev1.WindowsSecurityContextOptions{} })),
		"SecurityContext.RunAsUser":                container(checks.IDUser, func(s *corev1.SecurityContext) { s.RunAsUser = new(int64(7)) }),
		"SecurityContext.RunAsGroup":               container(checks.IDPodFields, func(s *corev1.SecurityContext) { s.RunAsGroup = new(int64(7)) }),
		"SecurityContext.RunAsNonRoot":             container(checks.IDPodSecurity, func(s *corev1.SecurityContext) { s.RunAsNonRoot = new(false) }),
		"SecurityContext.ReadOnlyRootFilesystem":   container(checks.IDPodSecurity, func(s *corev1.SecurityContext) { s.ReadOnlyRootFilesystem = nil }),
		"SecurityContext.AllowPrivilegeEscalation": container(checks.IDPodSecurity, func(s *corev1.SecurityContext) { s.AllowPrivilegeEscalation = nil }),
		"SecurityContext.ProcMount":                container(checks.IDPodSecurity, func(s *corev1.SecurityContext) { s.ProcMount = new(corev1.UnmaskedProcMount) }),
		"SecurityContext.SeccompProfile":           parts,
		"SecurityContext.AppArmorProfile":          parts,

		"Capabilities.Add":  container(checks.IDPodSecurity, func(s *corev1.SecurityContext) { s.Capabilities.Add = []corev1.Capability{"NET_ADMIN"} }),
		"Capabilities.Drop": container(checks.IDPodSecurity, func(s *corev1.SecurityContext) { s.Capabilities.Drop = nil }),

		"SELinuxOptions.User":  selinux(corev1.SELinuxOptions{User: "system_u"}),
		"SELinuxOptions.Role":  selinux(corev1.SELinuxOptions{Role: "system_r"}),
		"SELinuxOptions.Type":  selinux(corev1.SELinuxOptions{Type: "spc_t"}),
		"SELinuxOptions.Level": harmless("platforms give every namespace one of its own"),

		"SeccompProfile.Type": container(checks.IDPodSecurity, func(s *corev1.SecurityContext) {
			s.SeccompProfile = &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeUnconfined}
		}),
		"SeccompProfile.LocalhostProfile": harmless(profile),
		"AppArmorProfile.Type": pod(checks.IDPodSecurity, func(s *corev1.PodSecurityContext) {
			s.AppArmorProfile = &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined}
		}),
		"AppArmorProfile.LocalhostProfile": harmless(profile),
	}
}

// asNever is the same for a field that must not have any value.
func asNever(d decided) decided {
	d.whole = true
	return d
}
