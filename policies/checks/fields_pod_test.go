package checks_test

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

const (
	timing   = "it decides when the pod runs and ends, not what it does"
	elsewise = "the API server fills it in, or takes one value only"
)

func toleration(change func(*corev1.Toleration)) func(*world) {
	return func(w *world) {
		t := corev1.Toleration{Key: "node.kubernetes.io/not-ready", Operator: "Exists", Effect: "NoExecute", TolerationSeconds: new(int64(7))}
		change(&t)
		w.Spec.Tolerations = append(w.Spec.Tolerations, t)
	}
}

func podFields() map[string]decided {
	return map[string]decided{
		"PodSpec.Volumes":                       compared(checks.IDVolumes, func(w *world) { w.addVolume("x", secret("mine")) }),
		"PodSpec.InitContainers":                compared(checks.IDContainers, func(w *world) { w.Spec.InitContainers = []corev1.Container{*w.main().DeepCopy()} }),
		"PodSpec.Containers":                    compared(checks.IDContainers, func(w *world) { w.Spec.Containers = append(w.Spec.Containers, *w.main().DeepCopy()) }),
		"PodSpec.EphemeralContainers":           never(checks.IDContainers, func(w *world) { w.Spec.EphemeralContainers = make([]corev1.EphemeralContainer, 1) }),
		"PodSpec.RestartPolicy":                 harmless(timing),
		"PodSpec.TerminationGracePeriodSeconds": harmless(timing),
		"PodSpec.ActiveDeadlineSeconds":         harmless(timing),
		"PodSpec.DNSPolicy":                     compared(checks.IDEnvironment, func(w *world) { w.Spec.DNSPolicy = corev1.DNSNone }),
		"PodSpec.NodeSelector":                  compared(checks.IDPlacement, func(w *world) { w.Spec.NodeSelector = map[string]string{"a": "b"} }),
		"PodSpec.ServiceAccountName":            compared(checks.IDTokens, func(w *world) { *w = *newWorld(w.t, "admin"); w.Spec.ServiceAccountName = "site-2-809cb9ad" }),
		"PodSpec.DeprecatedServiceAccount":      harmless(elsewise),
		"PodSpec.AutomountServiceAccountToken":  harmless("the token's volume is what counts"),
		"PodSpec.NodeName":                      never(checks.IDPodFields, func(w *world) { w.Spec.NodeName = "node0" }),
		"PodSpec.HostNetwork":                   never(checks.IDHost, func(w *world) { w.Spec.HostNetwork = true }),
		"PodSpec.HostPID":                       never(checks.IDHost, func(w *world) { w.Spec.HostPID = true }),
		"PodSpec.HostIPC":                       never(checks.IDHost, func(w *world) { w.Spec.HostIPC = true }),
		"PodSpec.ShareProcessNamespace":         never(checks.IDContainers, func(w *world) { w.Spec.ShareProcessNamespace = new(true) }),
		"PodSpec.SecurityContext":               compared(checks.IDPodSecurity, func(w *world) { w.Spec.SecurityContext = nil }),
		"PodSpec.ImagePullSecrets":              parts,
		"PodSpec.Hostname":                      compared(checks.IDPodFields, func(w *world) { w.Spec.Hostname = "server1" }),
		"PodSpec.Subdomain":                     compared(checks.IDPodFields, func(w *world) { w.Spec.Subdomain = "fl" }),
		"PodSpec.Affinity":                      never(checks.IDPodFields, func(w *world) { w.Spec.Affinity = &corev1.Affinity{} }),
		"PodSpec.SchedulerName":                 compared(checks.IDPodFields, func(w *world) { w.Spec.SchedulerName = "mine" }),
		"PodSpec.Tolerations":                   parts,
		"PodSpec.HostAliases":                   never(checks.IDEnvironment, func(w *world) { w.Spec.HostAliases = make([]corev1.HostAlias, 1) }),
		"PodSpec.PriorityClassName":             compared(checks.IDPlacement, func(w *world) { w.Spec.PriorityClassName = "system-node-critical" }),
		"PodSpec.Priority":                      compared(checks.IDPlacement, func(w *world) { w.Spec.Priority = new(int32(1)) }),
		"PodSpec.DNSConfig":                     never(checks.IDEnvironment, func(w *world) { w.Spec.DNSConfig = &corev1.PodDNSConfig{} }),
		"PodSpec.ReadinessGates":                harmless("they hold traffic back from the pod"),
		"PodSpec.RuntimeClassName":              compared(checks.IDPlacement, func(w *world) { w.Spec.RuntimeClassName = new("nvidia") }),
		"PodSpec.EnableServiceLinks":            compared(checks.IDPodFields, func(w *world) { w.Spec.EnableServiceLinks = nil }),
		"PodSpec.PreemptionPolicy":              compared(checks.IDPlacement, func(w *world) { w.Spec.PreemptionPolicy = new(corev1.PreemptionPolicy("Always")) }),
		"PodSpec.Overhead":                      harmless(elsewise + ": that of the RuntimeClass"),
		"PodSpec.TopologySpreadConstraints": never(checks.IDPodFields, func(w *world) {
			w.Spec.TopologySpreadConstraints = make([]corev1.TopologySpreadConstraint, 1)
		}),
		"PodSpec.SetHostnameAsFQDN":  compared(checks.IDPodFields, func(w *world) { w.Spec.SetHostnameAsFQDN = new(true) }),
		"PodSpec.OS":                 parts,
		"PodSpec.HostUsers":          harmless("a user namespace only tightens, and without one the pod is as any other"),
		"PodSpec.SchedulingGates":    harmless("they hold the pod back; that one was lifted is evaluated"),
		"PodSpec.ResourceClaims":     never(checks.IDEnvironment, func(w *world) { w.Spec.ResourceClaims = make([]corev1.PodResourceClaim, 1) }),
		"PodSpec.Resources":          parts,
		"PodSpec.HostnameOverride":   compared(checks.IDPodFields, func(w *world) { w.Spec.HostnameOverride = new("server1") }),
		"PodSpec.EvictionResponders": never(checks.IDPodFields, func(w *world) { w.Spec.EvictionResponders = make([]corev1.EvictionResponder, 1) }),
		"PodSpec.SchedulingGroup":    never(checks.IDPodFields, func(w *world) { w.Spec.SchedulingGroup = &corev1.PodSchedulingGroup{} }),

		"PodOS.Name": compared(checks.IDPodFields, func(w *world) { w.Spec.OS = &corev1.PodOS{Name: corev1.Windows} }),
		"LocalObjectReference.Name": compared(checks.IDPullSecrets, func(w *world) {
			w.Spec.ImagePullSecrets = []corev1.LocalObjectReference{{Name: "x"}}
		}),

		"Toleration.Key":               compared(checks.IDPlacement, toleration(func(t *corev1.Toleration) { t.Key = "dedicated" })),
		"Toleration.Operator":          compared(checks.IDPlacement, toleration(func(t *corev1.Toleration) { t.Operator = "" })),
		"Toleration.Value":             compared(checks.IDPlacement, toleration(func(t *corev1.Toleration) { t.Operator, t.Value = "Equal", "x" })),
		"Toleration.Effect":            compared(checks.IDPlacement, toleration(func(t *corev1.Toleration) { t.Effect = "" })),
		"Toleration.TolerationSeconds": compared(checks.IDPlacement, toleration(func(t *corev1.Toleration) { t.TolerationSeconds = nil })),

		"ResourceRequirements.Limits":   compared(checks.IDResources, func(w *world) { w.main().Resources.Limits = nil }),
		"ResourceRequirements.Requests": compared(checks.IDResources, func(w *world) { w.main().Resources.Requests["nvidia.com/gpu"] = quantity("3") }),
		"ResourceRequirements.Claims":   harmless("they name resourceClaims of the pod, which must not be"),
	}
}

func containerFields() map[string]decided {
	env := func(source corev1.EnvVarSource) func(*world) {
		return func(w *world) { w.main().Env = append(w.main().Env, corev1.EnvVar{Name: "TZ", ValueFrom: &source}) }
	}
	port := func(p corev1.ContainerPort) func(*world) {
		return func(w *world) { w.main().Ports = append(w.main().Ports, p) }
	}
	mount := func(change func(*corev1.VolumeMount)) func(*world) {
		return func(w *world) { change(w.mount("startup")) }
	}
	return map[string]decided{
		"Container.Name":                     harmless("names decide nothing"),
		"Container.Image":                    compared(checks.IDImages, func(w *world) { w.main().Image = "busybox" }),
		"Container.Command":                  compared(checks.IDArgv, func(w *world) { w.main().Command = []string{"sh"} }),
		"Container.Args":                     compared(checks.IDArgv, func(w *world) { w.main().Args = append(w.main().Args, "x") }),
		"Container.WorkingDir":               compared(checks.IDEnvironment, func(w *world) { w.main().WorkingDir = "/" }),
		"Container.Ports":                    parts,
		"Container.EnvFrom":                  never(checks.IDEnvironment, func(w *world) { w.main().EnvFrom = make([]corev1.EnvFromSource, 1) }),
		"Container.Env":                      parts,
		"Container.Resources":                parts,
		"Container.ResizePolicy":             harmless(timing),
		"Container.RestartPolicy":            harmless(timing),
		"Container.RestartPolicyRules":       harmless(timing),
		"Container.VolumeMounts":             parts,
		"Container.VolumeDevices":            never(checks.IDEnvironment, func(w *world) { w.main().VolumeDevices = make([]corev1.VolumeDevice, 1) }),
		"Container.LivenessProbe":            parts,
		"Container.ReadinessProbe":           parts,
		"Container.StartupProbe":             parts,
		"Container.Lifecycle":                parts,
		"Container.TerminationMessagePath":   compared(checks.IDEnvironment, func(w *world) { w.main().TerminationMessagePath = "/usr/bin/x" }),
		"Container.TerminationMessagePolicy": harmless("it shows the end of a log that the pod's readers have anyway"),
		"Container.ImagePullPolicy":          harmless("the image is one by digest"),
		"Container.SecurityContext":          compared(checks.IDPodSecurity, func(w *world) { w.main().SecurityContext = nil }),
		"Container.Stdin":                    never(checks.IDEnvironment, func(w *world) { w.main().Stdin = true }),
		"Container.StdinOnce":                harmless("without stdin it does nothing"),
		"Container.TTY":                      never(checks.IDEnvironment, func(w *world) { w.main().TTY = true }),

		"ContainerPort.Name":          harmless("what a process listens at, its command says"),
		"ContainerPort.ContainerPort": harmless("what a process listens at, its command says"),
		"ContainerPort.Protocol":      harmless("what a process listens at, its command says"),
		"ContainerPort.HostPort":      compared(checks.IDPodSecurity, port(corev1.ContainerPort{ContainerPort: 80, HostPort: 80})),
		"ContainerPort.HostIP":        harmless("without hostPort it does nothing"),

		"EnvVar.Name":      compared(checks.IDEnvironment, func(w *world) { w.addEnv("X", "y") }),
		"EnvVar.Value":     compared(checks.IDEnvironment, func(w *world) { w.addEnv("HOME", "/workspace") }),
		"EnvVar.ValueFrom": parts,

		"EnvVarSource.FieldRef":         never(checks.IDEnvironment, env(corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{}})),
		"EnvVarSource.ResourceFieldRef": never(checks.IDEnvironment, env(corev1.EnvVarSource{ResourceFieldRef: &corev1.ResourceFieldSelector{}})),
		"EnvVarSource.ConfigMapKeyRef":  never(checks.IDEnvironment, env(corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{}})),
		"EnvVarSource.SecretKeyRef":     never(checks.IDEnvironment, env(corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{}})),
		"EnvVarSource.FileKeyRef":       never(checks.IDEnvironment, env(corev1.EnvVarSource{FileKeyRef: &corev1.FileKeySelector{}})),

		"VolumeMount.Name":              compared(checks.IDMounts, mount(func(m *corev1.VolumeMount) { m.Name = "tmp" })),
		"VolumeMount.ReadOnly":          compared(checks.IDKitMount, mount(func(m *corev1.VolumeMount) { m.ReadOnly = false })),
		"VolumeMount.RecursiveReadOnly": harmless("it only tightens readOnly"),
		"VolumeMount.MountPath":         compared(checks.IDKitMount, mount(func(m *corev1.VolumeMount) { m.MountPath = "/usr" })),
		"VolumeMount.SubPath":           compared(checks.IDKitMount, mount(func(m *corev1.VolumeMount) { m.SubPath = "x" })),
		"VolumeMount.MountPropagation":  compared(checks.IDMounts, mount(func(m *corev1.VolumeMount) { m.MountPropagation = new(corev1.MountPropagationBidirectional) })),
		"VolumeMount.SubPathExpr":       compared(checks.IDMounts, mount(func(m *corev1.VolumeMount) { m.SubPathExpr = "$(X)" })),
		"VolumeMount.BindMountOptions":  harmless("noexec, nodev and nosuid only tighten"),
	}
}
