package checks_test

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// decided is what the checks do about a field of a participant's pod: a change that
// must be denied, and by which check; or why it may be anything.
type decided struct {
	check    string
	change   func(*world)
	harmless string
}

const (
	where    = "it decides where and when the pod runs, not what it does"
	elsewise = "the API server fills it in, or takes one value only"
	compared = "table tests of the check itself"
)

func podFields() map[string]decided {
	return map[string]decided{
		"Volumes":                       {checks.IDVolumes, func(w *world) { w.addVolume("x", secret("mine")) }, ""},
		"InitContainers":                {checks.IDContainers, func(w *world) { w.Spec.InitContainers = []corev1.Container{*w.main().DeepCopy()} }, ""},
		"Containers":                    {checks.IDContainers, func(w *world) { w.Spec.Containers = append(w.Spec.Containers, *w.main().DeepCopy()) }, ""},
		"EphemeralContainers":           {checks.IDContainers, func(w *world) { w.Spec.EphemeralContainers = make([]corev1.EphemeralContainer, 1) }, ""},
		"RestartPolicy":                 {harmless: where},
		"TerminationGracePeriodSeconds": {harmless: where},
		"ActiveDeadlineSeconds":         {harmless: where},
		"DNSPolicy":                     {checks.IDEnvironment, func(w *world) { w.Spec.DNSPolicy = corev1.DNSNone }, ""},
		"NodeSelector":                  {harmless: where},
		"ServiceAccountName":            {checks.IDTokens, func(w *world) { *w = *newWorld(w.t, "admin"); w.Spec.ServiceAccountName = "site-2-809cb9ad" }, ""},
		"DeprecatedServiceAccount":      {harmless: elsewise},
		"AutomountServiceAccountToken":  {harmless: "the token's volume is what counts"},
		"NodeName":                      {harmless: where},
		"HostNetwork":                   {checks.IDHost, func(w *world) { w.Spec.HostNetwork = true }, ""},
		"HostPID":                       {checks.IDHost, func(w *world) { w.Spec.HostPID = true }, ""},
		"HostIPC":                       {checks.IDHost, func(w *world) { w.Spec.HostIPC = true }, ""},
		"ShareProcessNamespace":         {checks.IDContainers, func(w *world) { w.Spec.ShareProcessNamespace = new(true) }, ""},
		"SecurityContext":               {checks.IDPodSecurity, func(w *world) { w.Spec.SecurityContext = nil }, ""},
		"ImagePullSecrets":              {checks.IDPullSecrets, func(w *world) { w.Spec.ImagePullSecrets = []corev1.LocalObjectReference{{Name: "x"}} }, ""},
		"Hostname":                      {harmless: "the kit says who the participant is"},
		"Subdomain":                     {harmless: "the kit says who the participant is"},
		"Affinity":                      {harmless: where},
		"SchedulerName":                 {harmless: "only system:kube-scheduler and --binder may bind"},
		"Tolerations":                   {harmless: where},
		"HostAliases":                   {checks.IDEnvironment, func(w *world) { w.Spec.HostAliases = make([]corev1.HostAlias, 1) }, ""},
		"PriorityClassName":             {harmless: where},
		"Priority":                      {harmless: where},
		"DNSConfig":                     {checks.IDEnvironment, func(w *world) { w.Spec.DNSConfig = &corev1.PodDNSConfig{} }, ""},
		"ReadinessGates":                {harmless: where},
		"RuntimeClassName":              {harmless: where},
		"EnableServiceLinks":            {harmless: "the variables that it adds name Services, and no process reads them"},
		"PreemptionPolicy":              {harmless: where},
		"Overhead":                      {harmless: elsewise},
		"TopologySpreadConstraints":     {harmless: where},
		"SetHostnameAsFQDN":             {harmless: "the kit says who the participant is"},
		"OS":                            {harmless: elsewise},
		"HostUsers":                     {harmless: "a user namespace only tightens"},
		"SchedulingGates":               {harmless: where},
		"ResourceClaims":                {checks.IDEnvironment, func(w *world) { w.Spec.ResourceClaims = make([]corev1.PodResourceClaim, 1) }, ""},
		"Resources":                     {harmless: compared},
		"HostnameOverride":              {harmless: "the kit says who the participant is"},
		"EvictionResponders":            {harmless: where},
		"SchedulingGroup":               {harmless: where},
	}
}

func containerFields() map[string]decided {
	return map[string]decided{
		"Name":                     {harmless: "names decide nothing"},
		"Image":                    {checks.IDImages, func(w *world) { w.main().Image = "busybox" }, ""},
		"Command":                  {checks.IDArgv, func(w *world) { w.main().Command = []string{"sh"} }, ""},
		"Args":                     {checks.IDArgv, func(w *world) { w.main().Args = append(w.main().Args, "x") }, ""},
		"WorkingDir":               {checks.IDEnvironment, func(w *world) { w.main().WorkingDir = "/" }, ""},
		"Ports":                    {harmless: "what a process listens at, its command says; host ports, pod security"},
		"EnvFrom":                  {checks.IDEnvironment, func(w *world) { w.main().EnvFrom = make([]corev1.EnvFromSource, 1) }, ""},
		"Env":                      {checks.IDEnvironment, func(w *world) { w.addEnv("X", "y") }, ""},
		"Resources":                {checks.IDResources, func(w *world) { w.main().Resources.Limits = nil }, ""},
		"ResizePolicy":             {harmless: where},
		"RestartPolicy":            {harmless: where},
		"RestartPolicyRules":       {harmless: where},
		"VolumeMounts":             {checks.IDMounts, func(w *world) { w.addMount("tmp", "/usr") }, ""},
		"VolumeDevices":            {checks.IDEnvironment, func(w *world) { w.main().VolumeDevices = make([]corev1.VolumeDevice, 1) }, ""},
		"LivenessProbe":            {checks.IDEnvironment, func(w *world) { w.main().LivenessProbe = execProbe() }, ""},
		"ReadinessProbe":           {checks.IDEnvironment, func(w *world) { w.main().ReadinessProbe = execProbe() }, ""},
		"StartupProbe":             {checks.IDEnvironment, func(w *world) { w.main().StartupProbe = execProbe() }, ""},
		"Lifecycle":                {checks.IDEnvironment, func(w *world) { w.main().Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{}} }, ""},
		"TerminationMessagePath":   {checks.IDEnvironment, func(w *world) { w.main().TerminationMessagePath = "/usr/bin/x" }, ""},
		"TerminationMessagePolicy": {harmless: "it shows the end of a log that the pod's readers have anyway"},
		"ImagePullPolicy":          {harmless: "the image is one by digest"},
		"SecurityContext":          {checks.IDPodSecurity, func(w *world) { w.main().SecurityContext = nil }, ""},
		"Stdin":                    {checks.IDEnvironment, func(w *world) { w.main().Stdin = true }, ""},
		"StdinOnce":                {harmless: "without stdin it does nothing"},
		"TTY":                      {checks.IDEnvironment, func(w *world) { w.main().TTY = true }, ""},
	}
}

func execProbe() *corev1.Probe {
	return &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{}}}
}

// TestEveryFieldIsDecided fails when Kubernetes adds a field to pods or containers:
// whoever updates the types says here what the checks do about it.
func TestEveryFieldIsDecided(t *testing.T) {
	for typ, fields := range map[reflect.Type]map[string]decided{
		reflect.TypeFor[corev1.PodSpec](): podFields(), reflect.TypeFor[corev1.Container](): containerFields(),
	} {
		for field := range typ.Fields() {
			name := field.Name
			d, ok := fields[name]
			require.True(t, ok, "%s.%s: nobody has decided about it", typ, name)
			require.Equal(t, d.change == nil, d.harmless != "", name)
			if d.change == nil {
				continue
			}
			t.Run(typ.Name()+"."+name, func(t *testing.T) {
				w := newWorld(t, "client")
				d.change(w)
				var ids []string
				for _, r := range w.run() {
					ids = append(ids, r.ID)
				}
				require.Contains(t, ids, d.check)
			})
		}
		require.Len(t, fields, typ.NumField(), "%s: fields that are gone", typ)
	}
}
