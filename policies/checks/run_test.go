package checks_test

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

const (
	repository = "registry.example.org/nvflare"
	digest     = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	another    = "@sha256:1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
)

func TestImages(t *testing.T) {
	image := func(name string) func(*world) { return func(w *world) { w.main().Image = name } }
	runCases(t, map[string]testCase{
		"tag and digest": {"client", image(repository + ":2.9.0" + digest), nil},
		"tag alone":      {"client", image(repository + ":2.9.0"), []string{"images: no digest"}},
		"neither":        {"client", image(repository), []string{"images: no digest"}},
		"another digest": {"client", image(repository + another), []string{"images: digest is not allowed"}},
		"another folder": {"client", image(repository + "/x" + digest), []string{"images: repository is not allowed"}},
		"a longer name":  {"client", image("registry.example.org.evil.com/nvflare" + digest), []string{"images: repository is not allowed"}},
		"another port":   {"client", image("registry.example.org:443/nvflare" + digest), []string{"images: repository is not allowed"}},
		"the hub's":      {"client", image("nvflare/nvflare" + digest), []string{"images: repository is not allowed"}},
		"empty":          {"client", image(""), []string{"images: not an image reference"}},
		"no reference":   {"client", image("Registry/UPPER@" + "\x1b[2J"), []string{"images: not an image reference"}},
		"a short name": {"client", func(w *world) {
			w.policy.Spec.Images.Allowed[0].Repository = "nvflare/nvflare"
			w.main().Image = "docker.io/nvflare/nvflare" + digest
		}, nil},
		"of other pods":     {"other", func(w *world) { w.main().Image = "anything" }, nil},
		"pull secret":       {"client", func(w *world) { w.Spec.ImagePullSecrets[0].Name = "mine" }, []string{`pull-secrets: "mine"`}},
		"no pull secret":    {"client", func(w *world) { w.Spec.ImagePullSecrets = nil }, nil},
		"none is allowed":   {"client", func(w *world) { w.policy.Spec.Images.PullSecrets = nil }, []string{"pull-secrets: remove it"}},
		"other pod's pulls": {"other", func(w *world) { w.Spec.ImagePullSecrets = []corev1.LocalObjectReference{{Name: "mine"}} }, nil},
	})
}

func TestCommand(t *testing.T) {
	arg := func(i int, word string) func(*world) { return func(w *world) { w.main().Args[i] = word } }
	runCases(t, map[string]testCase{
		"no command":     {"client", func(w *world) { w.main().Command = nil }, []string{"command: but must be a Python of the image"}},
		"all in command": {"client", func(w *world) { w.main().Command, w.main().Args = append(w.main().Command, w.main().Args...), nil }, nil},
		"a shell":        {"client", func(w *world) { w.main().Command = []string{"sh", "-c"} }, []string{`command: the command is "sh"`}},
		"another python": {"client", func(w *world) { w.main().Command = []string{"/workspace/python3"} }, []string{"command: /workspace/python3"}},
		"cat": {"client", func(w *world) {
			w.main().Command, w.main().Args = []string{"cat"}, []string{"/workspace/startup/client.key"}
		}, []string{"command: does not run a process of nvflare", "tokens: the launcher's ServiceAccount"}},
		"another module":      {"client", arg(2, "nvflare.private.fed.app.simulator.simulator"), []string{"command: does not run a process of nvflare", "tokens: the launcher's ServiceAccount"}},
		"another config":      {"client", arg(6, "evil.json"), []string{`command: (spec.containers[0].args[6]): not a participant's command: it is "evil.json", but must be "fed_client.json"`}},
		"another workspace":   {"client", arg(4, "/tmp"), []string{"command: args[4]"}},
		"insecure":            {"client", arg(8, "secure_train=false"), []string{`command: secure_train is "false"`}},
		"another org":         {"client", arg(10, "org=evil"), []string{`command: org is "evil"`}},
		"another site":        {"client", arg(11, "uid=site-1"), []string{`command: uid is "site-1"`}},
		"twice":               {"client", func(w *world) { w.main().Args = append(w.main().Args, "org=hospital_b") }, []string{"command: occurs twice"}},
		"one more":            {"client", func(w *world) { w.main().Args = append(w.main().Args, "log_config=x") }, []string{"command: not allowed"}},
		"one less":            {"client", func(w *world) { w.main().Args = w.main().Args[:11] }, []string{"command: comm_driver_path= is missing"}},
		"an order of its own": {"client", func(w *world) { a := w.main().Args; a[8], a[11] = a[11], a[8] }, nil},
		"a server's kit":      {"client", func(w *world) { w.changeKit(func(k *facts.KitFact) { k.Role = "server" }) }, []string{"command: the kit is for the role server", "labels: \"server\""}},
		"an admin's sleep":    {"admin", func(w *world) { w.main().Command[2] = "import time; time.sleep(9999)" }, []string{"command: does not run a process"}},
		"an admin's more":     {"admin", func(w *world) { w.main().Args = []string{"x"} }, []string{"command: the arguments must be -c"}},
		"a client's sleep": {"client", func(w *world) {
			w.main().Command, w.main().Args = []string{"/usr/local/bin/python3", "-c", "import time; time.sleep(3600)"}, nil
		}, []string{"command: the kit is for the role client", "mounts: nothing may be mounted", "kit-mount: at another path", "local: is not mounted", "tokens: the launcher's ServiceAccount"}},
		"long and odd": {"client", arg(6, strings.Repeat("\n\x1b[31m", 10000)), []string{"command: but must be \"fed_client.json\""}},
	})
}

func TestJobCommand(t *testing.T) {
	flag := func(name, value string) func(*world) {
		return func(w *world) {
			for i, word := range w.main().Args {
				if word == name && i > 2 {
					w.main().Args[i+1] = value
				}
			}
		}
	}
	runCases(t, map[string]testCase{
		"another site":      {"job", flag("-c", "site-1"), []string{`command: the value "site-1" of -c`}},
		"another workspace": {"job", flag("-m", "/tmp"), []string{"command: of -m"}},
		"another kit":       {"job", flag("-w", "/tmp/startup"), []string{"command: of -w"}},
		"no job id":         {"job", flag("-n", "$(HOME)"), []string{"command: of -n", "environment: PYTHONPATH"}},
		"another job id":    {"job", flag("-n", "00000000-0000-0000-0000-000000000000"), []string{"environment: PYTHONPATH"}},
		"an odd parent":     {"job", flag("-p", "stcp://x:1/$(A)"), []string{"command: of -p"}},
		"an odd server":     {"job", flag("-g", "server"), []string{"command: of -g"}},
		"an odd scheme":     {"job", flag("-scheme", "file"), []string{"command: of -scheme"}},
		"2.8's token": {"job", func(w *world) {
			w.main().Args = append(w.main().Args[:3:3], append([]string{"-t", "secret"}, w.main().Args[3:]...)...)
		}, []string{"command: where anyone who can get the pod can read it"}},
		"a flag less":      {"job", func(w *world) { w.main().Args = append(w.main().Args[:3:3], w.main().Args[5:]...) }, []string{"command: -m is missing"}},
		"no settings":      {"job", func(w *world) { w.main().Args = w.main().Args[:21] }, []string{"command: --set is missing"}},
		"without conn_sec": {"job", func(w *world) { w.main().Args = append(w.main().Args[:13:13], w.main().Args[15:]...) }, []string{"command: the argument --parent_conn_sec is missing"}},
		"in clear text":    {"job", func(w *world) { w.main().Args[14] = "clear" }, []string{"command: --parent_conn_sec"}},
		"another parent":   {"job", func(w *world) { w.main().Args[12] = "stcp://evil:8102" }, []string{"command: -p"}},
		"a parent by path": {"job", func(w *world) { w.main().Args[12] = "stcp://site-2-809cb9ad:8102/x" }, []string{"command: -p"}},
		"another scheme":   {"job", func(w *world) { w.main().Args[12] = "file://site-2-809cb9ad:8102" }, []string{"command: -p"}},
		"another server":   {"job", func(w *world) { w.main().Args[16] = "evil:8002" }, []string{"command: -g"}},
		"another port":     {"job", func(w *world) { w.main().Args[16] = "server1.fl-server.svc.cluster.local:8003" }, []string{"command: -g"}},
		"nothing else":     {"job", func(w *world) { w.main().Args = w.main().Args[:3] }, []string{"command: is missing", "environment: PYTHONPATH"}},
	})
}

func TestEnvironment(t *testing.T) {
	env := func(name, value string) func(*world) { return func(w *world) { w.addEnv(name, value) } }
	set := func(name, value string) func(*world) {
		return func(w *world) {
			for i := range w.main().Env {
				if w.main().Env[i].Name == name {
					w.main().Env[i].Value = value
				}
			}
		}
	}
	runCases(t, map[string]testCase{
		"LD_PRELOAD":          {"client", env("LD_PRELOAD", "/workspace/x.so"), []string{`environment: "LD_PRELOAD" is not on the list`}},
		"PYTHONPATH":          {"client", env("PYTHONPATH", "/workspace"), []string{`environment: "PYTHONPATH" is not on the list`}},
		"all devices":         {"client", env("NVIDIA_VISIBLE_DEVICES", "all"), []string{"environment: not on the list"}},
		"harmless":            {"client", env("TZ", "Europe/Berlin"), nil},
		"threads":             {"client", env("OMP_NUM_THREADS", "4"), nil},
		"expanded":            {"client", env("LANG", "$(HOME)"), []string{"environment: a plain value"}},
		"home on the claim":   {"client", set("HOME", "/workspace"), []string{"environment: HOME is"}},
		"PYTHONPATH of a job": {"job", set("PYTHONPATH", "/var/tmp/nvflare/workspace/custom"), []string{"environment: as the launcher writes it"}},
		"another owner":       {"job", set("NVFL_WORKSPACE_OWNER_FQCN", "server"), []string{"environment: NVFL_WORKSPACE_OWNER_FQCN"}},
		"another pod's token": {"job", func(w *world) { w.Name = "other" }, []string{"environment: must come from the key of its own name"}},
		"a token in the open": {"job", func(w *world) { w.main().Env[2].ValueFrom = nil; w.main().Env[2].Value = "x" }, []string{"environment: must come from the job's Secret"}},
		"working directory":   {"client", func(w *world) { w.main().WorkingDir = "/workspace" }, []string{"environment: a working directory"}},
		"postStart":           {"client", func(w *world) { w.main().Lifecycle = &corev1.Lifecycle{PostStart: &corev1.LifecycleHandler{}} }, []string{"environment: lifecycle.postStart"}},
		"exec probe": {"client", func(w *world) {
			w.main().LivenessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{}}}
		}, []string{"environment: livenessProbe.exec"}},
		"exec startup probe": {"client", func(w *world) {
			w.main().StartupProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{}}}
		}, []string{"environment: startupProbe.exec"}},
		"exec readiness probe": {"client", func(w *world) {
			w.main().ReadinessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{Exec: &corev1.ExecAction{}}}
		}, []string{"environment: readinessProbe.exec"}},
		"a file over the image": {"client", func(w *world) { w.main().TerminationMessagePath = "/usr/lib/python3/os.py" }, []string{"environment: termination message"}},
		"a raw device": {"client", func(w *world) {
			w.main().VolumeDevices = []corev1.VolumeDevice{{Name: "workspace", DevicePath: "/dev/x"}}
		}, []string{"environment: raw block device"}},
		"stdin":             {"client", func(w *world) { w.main().Stdin = true }, []string{"environment: an open standard input"}},
		"host aliases":      {"client", func(w *world) { w.Spec.HostAliases = []corev1.HostAlias{{IP: "192.0.2.1"}} }, []string{"environment: a host name that could lead to another server"}},
		"DNS":               {"client", func(w *world) { w.Spec.DNSPolicy = corev1.DNSNone }, []string{"environment: another DNS configuration"}},
		"devices by claims": {"client", func(w *world) { w.Spec.ResourceClaims = []corev1.PodResourceClaim{{Name: "gpu"}} }, []string{"environment: resource claims"}},
		"shared processes":  {"client", func(w *world) { w.Spec.ShareProcessNamespace = new(true) }, []string{"containers: shared process namespace"}},
		"an ephemeral container": {"client", func(w *world) {
			w.Spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon{Name: "debug", Image: "busybox"}}}
		},
			[]string{"containers: ephemeral container", "images: busybox", "pod-security: restricted"}},
	})
}

func TestLauncher(t *testing.T) {
	runCases(t, map[string]testCase{
		"by somebody":             {"job", func(w *world) { w.request.User = "alice" }, []string{`launcher: "alice" is not a ServiceAccount in spec.launchers`}},
		"of another namespace":    {"job", func(w *world) { w.request.User = "system:serviceaccount:x:site-2-809cb9ad" }, []string{"launcher: only a launcher"}},
		"no launchers":            {"job", func(w *world) { w.policy.Spec.Launchers = nil }, []string{"launcher: the policy has no launchers"}},
		"another participant's":   {"job", func(w *world) { w.request.User = policiestest.ServerLauncher }, []string{"launcher: another participant's kit"}},
		"an unbound token":        {"job", func(w *world) { w.facts.Launcher = nil }, []string{"launcher: not bound to a pod"}},
		"an unknown pod":          {"job", func(w *world) { w.facts.Launcher = &facts.LauncherFact{Error: "it is gone"} }, []string{"launcher: it is gone"}},
		"a pod of another":        {"job", func(w *world) { w.facts.Launcher.ServiceAccountName = "default" }, []string{"launcher: runs as another ServiceAccount"}},
		"another kit":             {"job", func(w *world) { w.facts.Launcher.KitName = policiestest.ServerKit }, []string{"launcher: not the kit of the launcher's pod"}},
		"a parent without local/": {"job", func(w *world) { w.facts.Launcher.LocalNames = nil }, []string{"local: for which no one vouches"}},
		"a parent with another's local/": {"job", func(w *world) {
			w.facts.Launcher.LocalNames = []string{"flare-local-server1-" + strings.Repeat("1a", 16)}
		}, []string{"local: the parent of the job mounts ConfigMap \"flare-local-server1-"}},
		"a parent whose local/ is gone": {"job", func(w *world) { delete(w.facts.Locals, w.facts.Launcher.LocalNames[0]) }, []string{"local: does not exist or cannot be read"}},
		"a parent without a kit":        {"job", func(w *world) { w.facts.Launcher.KitName = "" }, []string{"launcher: not the kit of the launcher's pod"}},
		"in a template":                 {"job", func(w *world) { w.request.Template = true }, []string{"launcher: in a template"}},
		"updated by kubelet":            {"job", func(w *world) { w.request.Create = false; w.request.User = "system:node:a" }, nil},
		"launcher's other pod":          {"other", func(w *world) { w.request.User = policiestest.LauncherUser }, []string{"launcher: a launcher may create job pods only"}},
		"launcher's parent":             {"client", func(w *world) { w.request.User = policiestest.LauncherUser }, []string{"launcher: a launcher may create job pods only"}},
		"as the launcher, other":        {"other", func(w *world) { w.Spec.ServiceAccountName = "site-2-809cb9ad" }, []string{"tokens: the launcher's ServiceAccount"}},
		"as another launcher":           {"client", func(w *world) { w.Spec.ServiceAccountName = "server1" }, []string{"tokens: the launcher's ServiceAccount"}},
		"as the launcher, job":          {"job", func(w *world) { w.Spec.ServiceAccountName = "site-2-809cb9ad" }, []string{"tokens: the launcher's ServiceAccount"}},
	})
}

func TestTokens(t *testing.T) {
	token := corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{
		{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{Path: "token"}},
		{ConfigMap: &corev1.ConfigMapProjection{LocalObjectReference: corev1.LocalObjectReference{Name: "kube-root-ca.crt"}}},
		{DownwardAPI: &corev1.DownwardAPIProjection{}},
	}}}
	const path = "/var/run/secrets/kubernetes.io/serviceaccount"
	with := func(change func(*world)) func(*world) {
		return func(w *world) {
			w.addVolume("kube-api-access-x", *token.DeepCopy())
			w.addMount("kube-api-access-x", path, readOnly)
			change(w)
		}
	}
	runCases(t, map[string]testCase{
		"launcher":       {"client", with(func(*world) {}), nil},
		"the server's":   {"server", with(func(*world) {}), nil},
		"of no launcher": {"server", with(func(w *world) { w.policy.Spec.Launchers = w.policy.Spec.Launchers[:1] }), []string{"tokens: remove the volume and its mounts"}},
		"job":            {"job", with(func(*world) {}), []string{"tokens: remove the volume and its mounts"}},
		"other pods":     {"other", with(func(*world) {}), nil},
		"another audience": {"client", with(func(w *world) {
			w.volume("kube-api-access-x").Projected.Sources[0].ServiceAccountToken.Audience = "vault"
		}), []string{"tokens: sources[0]"}},
		"another configmap": {"client", with(func(w *world) { w.volume("kube-api-access-x").Projected.Sources[1].ConfigMap.Name = "x" }), []string{"tokens: sources[1]"}},
		"a secret beside": {"client", with(func(w *world) {
			s := &w.volume("kube-api-access-x").Projected.Sources
			*s = append(*s, corev1.VolumeProjection{Secret: &corev1.SecretProjection{}})
		}), []string{"tokens: sources[3]"}},
		"over python": {"client", with(func(w *world) { w.mount("kube-api-access-x").MountPath = "/usr/lib/python3" }), []string{"tokens: mounted at another path"}},
		"a pod certificate": {"job", func(w *world) {
			w.addVolume("x", corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{Sources: []corev1.VolumeProjection{{PodCertificate: &corev1.PodCertificateProjection{}}}}})
		}, []string{"tokens: remove the volume"}},
	})
}
