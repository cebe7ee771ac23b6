package checks_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// allowing changes the policy before the pod.
func (w *world) allowing(rules v1alpha1.PlacementRules) *world {
	w.policy.Spec.Placement = &rules
	return w
}

// annotate sets annotations, "key=value" or "key".
func annotate(pairs ...string) func(*world) {
	return func(w *world) {
		for _, pair := range pairs {
			key, value, _ := strings.Cut(pair, "=")
			if w.Annotations == nil {
				w.Annotations = map[string]string{}
			}
			w.Annotations[key] = value
		}
	}
}

func tolerate(t corev1.Toleration) func(*world) {
	return func(w *world) { w.Spec.Tolerations = append(w.Spec.Tolerations, t) }
}

func TestClassesAndNodes(t *testing.T) {
	with := func(rules v1alpha1.PlacementRules, change func(*world)) func(*world) {
		return func(w *world) { change(w.allowing(rules)) }
	}
	runtime := func(name string) func(*world) { return func(w *world) { w.Spec.RuntimeClassName = &name } }
	priority := func(name string, n int32) func(*world) {
		return func(w *world) { w.Spec.PriorityClassName, w.Spec.Priority = name, &n }
	}
	node := func(key, value string) func(*world) {
		return func(w *world) { w.Spec.NodeSelector = map[string]string{key: value} }
	}
	a100 := v1alpha1.PlacementRules{NodeSelector: []v1alpha1.AllowedNodeLabel{{Key: "gpu", Values: []string{"a100", "h100"}}}}
	runCases(t, map[string]testCase{
		"a runtime class":         {"client", runtime("nvidia"), []string{`placement: spec.runtimeClassName: the RuntimeClass is not allowed: "nvidia"; fix: remove it, or add it to spec.placement.runtimeClasses of the policy`}},
		"no runtime class":        {"client", runtime(""), nil},
		"a listed one":            {"client", with(v1alpha1.PlacementRules{RuntimeClasses: []string{"nvidia"}}, runtime("nvidia")), nil},
		"another one":             {"client", with(v1alpha1.PlacementRules{RuntimeClasses: []string{"nvidia"}}, runtime("nvidia-legacy")), []string{"placement: nvidia-legacy"}},
		"of a job":                {"job", runtime("nvidia"), []string{"placement: the RuntimeClass"}},
		"of an other pod":         {"other", runtime("nvidia"), nil},
		"a priority class":        {"client", priority("high", 1000), []string{`placement: spec.priorityClassName: the PriorityClass is not allowed: "high"`}},
		"a listed priority":       {"client", with(v1alpha1.PlacementRules{PriorityClasses: []string{"high"}}, priority("high", 1000)), nil},
		"a priority by number":    {"client", priority("", 1000), []string{"placement: spec.priority: a priority without a class: 1000"}},
		"the default priority":    {"client", func(w *world) { priority("", 0)(w); w.Spec.PreemptionPolicy = new(corev1.PreemptLowerPriority) }, nil},
		"never preempting":        {"client", func(w *world) { w.Spec.PreemptionPolicy = new(corev1.PreemptNever) }, nil},
		"preempting in a new way": {"client", func(w *world) { w.Spec.PreemptionPolicy = new(corev1.PreemptionPolicy("All")) }, []string{"placement: the preemption policy is unknown"}},
		"priority of an other":    {"other", priority("high", 1000), nil},
		"a node selector":         {"client", node("kubernetes.io/hostname", "node0"), []string{`placement: spec.nodeSelector: the node selector is not allowed: "kubernetes.io/hostname=node0"`}},
		"for Linux":               {"client", node("kubernetes.io/os", "linux"), nil},
		"for Windows":             {"client", node("kubernetes.io/os", "windows"), []string{"placement: kubernetes.io/os=windows"}},
		"for an architecture":     {"client", node("kubernetes.io/arch", "arm64"), nil},
		"a listed label":          {"client", with(a100, node("gpu", "h100")), nil},
		"another value":           {"client", with(a100, node("gpu", "v100")), []string{"placement: gpu=v100"}},
		"the label of an other":   {"other", node("gpu", "v100"), nil},
		"two labels": {"client", with(a100, func(w *world) { w.Spec.NodeSelector = map[string]string{"b": "1", "gpu": "a100", "a": "2"} }),
			[]string{"placement: a=2", "placement: b=1"}},
	})
}

func TestTolerations(t *testing.T) {
	with := func(change func(*world), all ...v1alpha1.AllowedToleration) func(*world) {
		return func(w *world) { change(w.allowing(v1alpha1.PlacementRules{Tolerations: all})) }
	}
	gpu := corev1.Toleration{Key: "nvidia.com/gpu", Operator: "Exists", Effect: "NoSchedule"}
	asking := func(t corev1.Toleration) func(*world) {
		return func(w *world) {
			w.main().Resources.Limits["nvidia.com/gpu"] = quantity("1")
			tolerate(t)(w)
		}
	}
	team := v1alpha1.AllowedToleration{Key: "team", Value: "fl"}
	anyTeam := v1alpha1.AllowedToleration{Key: "team", Operator: "Exists", Effect: "NoSchedule"}
	is := func(value string, effect corev1.TaintEffect) func(*world) {
		return tolerate(corev1.Toleration{Key: "team", Value: value, Effect: effect})
	}
	runCases(t, map[string]testCase{
		"everything":        {"client", tolerate(corev1.Toleration{Operator: "Exists"}), []string{`placement: spec.tolerations[0]: the toleration is not allowed: "*:*"`}},
		"everything, other": {"other", tolerate(corev1.Toleration{Operator: "Exists"}), nil},
		"what Kubernetes adds": {"client", func(w *world) {
			for _, key := range []string{"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"} {
				tolerate(corev1.Toleration{Key: key, Operator: "Exists", Effect: "NoExecute", TolerationSeconds: new(int64(300))})(w)
			}
		}, nil},
		"the same for ever":     {"client", tolerate(corev1.Toleration{Key: "node.kubernetes.io/not-ready", Operator: "Exists", Effect: "NoExecute"}), []string{"placement: node.kubernetes.io/not-ready:NoExecute"}},
		"another of Kubernetes": {"client", tolerate(corev1.Toleration{Key: "node.kubernetes.io/unschedulable", Operator: "Exists", Effect: "NoSchedule"}), []string{"placement: unschedulable:NoSchedule"}},
		"its own device":        {"client", asking(gpu), nil},
		"a device of others":    {"client", tolerate(gpu), []string{"placement: nvidia.com/gpu:NoSchedule"}},
		"a device, by value":    {"client", asking(corev1.Toleration{Key: "nvidia.com/gpu", Value: "reserved", Effect: "NoSchedule"}), []string{"placement: nvidia.com/gpu=reserved"}},
		"a device, executing":   {"client", asking(corev1.Toleration{Key: "nvidia.com/gpu", Operator: "Exists", Effect: "NoExecute"}), []string{"placement: nvidia.com/gpu:NoExecute"}},
		"cpu is no device":      {"client", tolerate(corev1.Toleration{Key: "cpu", Operator: "Exists", Effect: "NoSchedule"}), []string{"placement: cpu:NoSchedule"}},
		"a listed one":          {"client", with(is("fl", "NoExecute"), team), nil},
		"another value":         {"client", with(is("x", "NoExecute"), team), []string{"placement: team=x:NoExecute"}},
		"all values":            {"client", with(is("x", "NoSchedule"), anyTeam), nil},
		"another effect":        {"client", with(is("x", "NoExecute"), anyTeam), []string{"placement: team=x:NoExecute"}},
		"all effects":           {"client", with(is("x", ""), anyTeam), []string{"placement: team=x:*"}},
		"one of several":        {"client", with(is("x", "NoSchedule"), team, anyTeam), nil},
		"a comparison":          {"client", with(tolerate(corev1.Toleration{Key: "team", Operator: "Gt", Value: "fl"}), team), []string{"placement: team Gt fl:*"}},
		"a comparison by all":   {"client", with(tolerate(corev1.Toleration{Key: "team", Operator: "Gt", Value: "1", Effect: "NoSchedule"}), anyTeam), nil},
		"existence of a value":  {"client", with(tolerate(corev1.Toleration{Key: "team", Operator: "Exists"}), team), []string{"placement: team:*"}},
	})
}

func TestAnnotations(t *testing.T) {
	with := func(change func(*world), keys ...string) func(*world) {
		return func(w *world) { change(w.allowing(v1alpha1.PlacementRules{Annotations: keys})) }
	}
	apparmor := "container.apparmor.security.beta.kubernetes.io/nvflare="
	runCases(t, map[string]testCase{
		"unlisted":               {"client", annotate("example.org/a"), []string{`placement: metadata.annotations: the annotation is not allowed: "example.org/a"; fix: remove it, or add it or its prefix to spec.placement.annotations`}},
		"of an other pod":        {"other", annotate("example.org/a", "prometheus.io/scrape=true", "k8s.v1.cni.cncf.io/networks=x"), nil},
		"ours":                   {"client", annotate("kubectl-flare.dev/anything"), nil},
		"like ours":              {"client", annotate("kubectl-flare.dev.example.org/x"), []string{"placement: kubectl-flare.dev.example.org/x"}},
		"a restart":              {"client", annotate("kubectl.kubernetes.io/restartedAt=now"), nil},
		"applied":                {"client", annotate("kubectl.kubernetes.io/last-applied-configuration={}"), nil},
		"limits":                 {"client", annotate("kubernetes.io/limit-ranger=LimitRanger plugin set: cpu"), nil},
		"OpenShift":              {"client", annotate("openshift.io/scc=restricted-v2", "security.openshift.io/validated-scc-subject-type=user"), nil},
		"a profile of AppArmor":  {"client", annotate(apparmor + "localhost/weak"), []string{"placement: container.apparmor"}},
		"the default profile":    {"client", annotate(apparmor + "runtime/default"), nil},
		"another network":        {"client", annotate("k8s.v1.cni.cncf.io/networks=macvlan"), []string{`placement: "k8s.v1.cni.cncf.io/networks" configures the network plugin`}},
		"an address":             {"client", annotate("cni.projectcalico.org/ipAddrs=[]"), []string{"placement: configures the network plugin"}},
		"an injector":            {"client", annotate("sidecar.istio.io/inject=true"), []string{"placement: sidecar.istio.io/inject"}},
		"an injector kept away":  {"client", annotate("sidecar.istio.io/inject=false", "linkerd.io/inject=disabled"), nil},
		"an injector, half off":  {"client", annotate("linkerd.io/inject=false"), []string{"placement: linkerd.io/inject"}},
		"an injector, listed":    {"client", with(annotate("sidecar.istio.io/inject=true"), "sidecar.istio.io/inject"), nil},
		"a prefix":               {"client", with(annotate("sidecar.istio.io/inject=true"), "sidecar.istio.io/"), nil},
		"no prefix":              {"client", with(annotate("sidecar.istio.io/inject=true"), "sidecar.istio.io"), []string{"placement: sidecar.istio.io/inject"}},
		"without a slash":        {"client", with(annotate("note=x"), "note"), nil},
		"without a slash, other": {"client", with(annotate("note2=x"), "note"), []string{"placement: note2"}},
		"of CRI-O":               {"other", annotate("io.kubernetes.cri-o.Devices=/dev/sda"), []string{`placement: "io.kubernetes.cri-o.Devices" configures the container runtime`}},
		"of CRI-O, listed":       {"other", with(annotate("io.kubernetes.cri-o.ShmSize=1Gi"), "io.kubernetes.cri-o.ShmSize"), nil},
		"devices by CDI":         {"other", annotate("cdi.k8s.io/x=nvidia.com/gpu=all"), []string{"placement: configures the container runtime"}},
		"devices by NRI":         {"other", annotate("devices.nri.io/container.a=x"), []string{"placement: configures the container runtime"}},
		"a seccomp profile":      {"other", annotate("seccomp-profile.kubernetes.cri-o.io/POD=x"), []string{"placement: configures the container runtime"}},
		"a property of systemd":  {"other", annotate("org.systemd.property.DeviceAllow=x"), []string{"placement: configures the container runtime"}},
		"of Kata":                {"client", annotate("io.katacontainers.config.hypervisor.path=/x"), []string{"placement: configures the container runtime"}},
		"in a template": {"client", func(w *world) {
			w.request.Prefix, w.request.Template = "spec.template", true
			annotate("example.org/a")(w)
		}, []string{"placement: spec.template.metadata.annotations"}},
		"there before":  {"client", func(w *world) { annotate("a=b")(w); w.request.OldAnnotations = map[string]string{"a": "b"} }, nil},
		"changed":       {"client", func(w *world) { annotate("a=c")(w); w.request.OldAnnotations = map[string]string{"a": "b"} }, []string{"placement: a"}},
		"beside others": {"client", func(w *world) { annotate("a=b", "c=")(w); w.request.OldAnnotations = map[string]string{"a": "b"} }, []string{`placement: "c"`}},
	})
}

// Messages name a limited number of annotations, in a fixed order.
func TestManyAnnotations(t *testing.T) {
	w := newWorld(t, "client")
	for i := range 25 {
		annotate(fmt.Sprintf("example.org/a%02d", i))(w)
	}
	results := w.run()
	require.Len(t, results, 10)
	require.Contains(t, results[0].Detail, "example.org/a00")
	require.Contains(t, results[9].Detail, `"example.org/a09", and 15 more`)
}

// The message about an injected container says how to disable the injector.
func TestInjectedContainers(t *testing.T) {
	further := func(name string) func(*world) {
		return func(w *world) {
			c := *w.main().DeepCopy()
			c.Name = name
			w.Spec.InitContainers = append(w.Spec.InitContainers, c)
		}
	}
	runCases(t, map[string]testCase{
		"of Istio":   {"client", further("istio-proxy"), []string{`containers: fix: if Istio adds it, set the label sidecar.istio.io/inject: "false" on the pod (` + "`kubectl flare launch --pod-label sidecar.istio.io/inject=false`" + `), or disable the injection for the namespace`, "kit-mount: "}},
		"of Linkerd": {"client", further("linkerd-init"), []string{`containers: the annotation linkerd.io/inject: "disabled"`, "kit-mount: "}},
		"of another": {"client", further("mesh-proxy"), []string{"containers: run it in another pod; if an injector adds it, disable the injection", "kit-mount: "}},
	})
}
