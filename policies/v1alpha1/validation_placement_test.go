package v1alpha1_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func TestEnvironment(t *testing.T) {
	allowed := func(names ...string) func(*spec) {
		return func(s *spec) { s.Environment = &v1alpha1.EnvironmentRule{Allowed: names} }
	}
	const code, devices = "must not be a variable with which programs load other code", "must not be a variable that gives access to devices"
	bundles := func(names ...string) func(*spec) {
		return func(s *spec) { s.Environment = &v1alpha1.EnvironmentRule{CABundles: names} }
	}
	rows := map[string]row{
		"authorities":       {bundles("corporate-ca", "other"), nil},
		"authorities twice": {bundles("a", "a"), []string{"spec.environment.caBundles[1]: Duplicate"}},
		"no ConfigMap":      {bundles("A_b"), []string{"spec.environment.caBundles[0]: Invalid"}},
		"local/ of a kit":   {bundles("flare-local-site-1"), []string{"spec.environment.caBundles[0]: Invalid value: \"flare-local-site-1\": is a name of a kit"}},
		"no list":           {func(s *spec) { s.Environment = &v1alpha1.EnvironmentRule{} }, nil},
		"of GPU training":   {allowed("NCCL_DEBUG", "NCCL_SOCKET_IFNAME", "CUBLAS_WORKSPACE_CONFIG", "NVIDIA_TF32_OVERRIDE", "TF_DETERMINISTIC_OPS"), nil},
		"of proxies":        {allowed("HTTPS_PROXY", "https_proxy", "NO_PROXY"), nil},
		"a seed of Python":  {allowed("PYTHONHASHSEED", "PYTHONFAULTHANDLER"), nil},
		"a choice of GPUs":  {allowed("CUDA_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"), nil},
		"twice":             {allowed("A", "B", "A"), []string{"spec.environment.allowed[2]: Duplicate"}},
		"no name":           {allowed(""), []string{"spec.environment.allowed[0]: Invalid"}},
		"with a value":      {allowed("A", "B=1"), []string{"spec.environment.allowed[1]: Invalid"}},
		"with a space":      {allowed("A B"), []string{"spec.environment.allowed[0]: Invalid"}},
		"a pattern":         {allowed("NCCL_*"), []string{"spec.environment.allowed[0]: Invalid"}},
		"a plugin of NCCL":  {allowed("NCCL_NET_PLUGIN"), []string{code}},
		"an unknown device": {allowed("HABANA_VISIBLE_DEVICES"), []string{devices}},
	}
	for _, name := range []string{"LD_PRELOAD", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONSTARTUP", "PATH", "HOME", "BASH_ENV", "NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "OPENSSL_CONF", "CUDA_INJECTION64_PATH"} {
		rows[name] = row{allowed(name), []string{"spec.environment.allowed[0]: Invalid value: \"" + name + "\": " + code}}
	}
	for _, name := range []string{"NVIDIA_VISIBLE_DEVICES", "NVIDIA_DRIVER_CAPABILITIES", "NVIDIA_MIG_CONFIG_DEVICES"} {
		rows[name] = row{allowed(name), []string{"spec.environment.allowed[0]: Invalid value: \"" + name + "\": " + devices}}
	}
	validate(t, rows)
}

func TestPlacement(t *testing.T) {
	with := func(rules v1alpha1.PlacementRules) func(*spec) { return func(s *spec) { s.Placement = &rules } }
	runtimes := func(names ...string) func(*spec) { return with(v1alpha1.PlacementRules{RuntimeClasses: names}) }
	priorities := func(names ...string) func(*spec) { return with(v1alpha1.PlacementRules{PriorityClasses: names}) }
	annotations := func(keys ...string) func(*spec) { return with(v1alpha1.PlacementRules{Annotations: keys}) }
	labels := func(all ...v1alpha1.AllowedNodeLabel) func(*spec) {
		return with(v1alpha1.PlacementRules{NodeSelector: all})
	}
	taints := func(all ...v1alpha1.AllowedToleration) func(*spec) {
		return with(v1alpha1.PlacementRules{Tolerations: all})
	}
	gpu := v1alpha1.AllowedNodeLabel{Key: "example.org/gpu", Values: []string{"a100", ""}}
	validate(t, map[string]row{
		"nothing":                   {with(v1alpha1.PlacementRules{}), nil},
		"runtime classes":           {runtimes("nvidia", "gvisor"), nil},
		"a runtime class twice":     {runtimes("nvidia", "nvidia"), []string{"spec.placement.runtimeClasses[1]: Duplicate"}},
		"no runtime class":          {runtimes(""), []string{"spec.placement.runtimeClasses[0]: Invalid"}},
		"any runtime class":         {runtimes("*"), []string{"spec.placement.runtimeClasses[0]: Invalid"}},
		"priority classes":          {priorities("fl-high", "system-cluster-critical"), nil},
		"a priority class twice":    {priorities("a", "b", "b"), []string{"spec.placement.priorityClasses[2]: Duplicate"}},
		"an odd priority class":     {priorities("High"), []string{"spec.placement.priorityClasses[0]: Invalid"}},
		"a label":                   {labels(gpu), nil},
		"a label twice":             {labels(gpu, gpu), []string{"spec.placement.nodeSelector[1]: Duplicate"}},
		"a label without values":    {labels(v1alpha1.AllowedNodeLabel{Key: "gpu"}), []string{"spec.placement.nodeSelector[0].values: Required"}},
		"a value twice":             {labels(v1alpha1.AllowedNodeLabel{Key: "gpu", Values: []string{"a", "a"}}), []string{"spec.placement.nodeSelector[0].values[1]: Duplicate"}},
		"an odd value":              {labels(v1alpha1.AllowedNodeLabel{Key: "gpu", Values: []string{"a b"}}), []string{"spec.placement.nodeSelector[0].values[0]: Invalid"}},
		"an odd label":              {labels(v1alpha1.AllowedNodeLabel{Key: "a/b/c", Values: []string{"x"}}), []string{"spec.placement.nodeSelector[0].key: Invalid"}},
		"a toleration":              {taints(v1alpha1.AllowedToleration{Key: "team", Value: "fl", Effect: "NoSchedule"}), nil},
		"of all values":             {taints(v1alpha1.AllowedToleration{Key: "nvidia.com/gpu", Operator: corev1.TolerationOpExists}), nil},
		"of no value":               {taints(v1alpha1.AllowedToleration{Key: "team"}), nil},
		"of every taint":            {taints(v1alpha1.AllowedToleration{Operator: corev1.TolerationOpExists}), []string{"spec.placement.tolerations[0].key: Invalid", "key: Invalid"}},
		"of a value and of all":     {taints(v1alpha1.AllowedToleration{Key: "team", Value: "fl", Operator: corev1.TolerationOpExists}), []string{"spec.placement.tolerations[0].value: Invalid"}},
		"an odd operator":           {taints(v1alpha1.AllowedToleration{Key: "team", Operator: "In"}), []string{"spec.placement.tolerations[0].operator: Unsupported"}},
		"an odd effect":             {taints(v1alpha1.AllowedToleration{Key: "team", Effect: "None"}), []string{"spec.placement.tolerations[0].effect: Unsupported"}},
		"an odd taint":              {taints(v1alpha1.AllowedToleration{Key: "team", Value: "a/b"}), []string{"spec.placement.tolerations[0].value: Invalid"}},
		"a toleration twice":        {taints(v1alpha1.AllowedToleration{Key: "a"}, v1alpha1.AllowedToleration{Key: "a", Operator: "Equal"}), []string{"spec.placement.tolerations[1]: Duplicate"}},
		"annotations":               {annotations("note", "example.org/a", "example.org/", "Example.org/B"), nil},
		"an annotation twice":       {annotations("note", "note"), []string{"spec.placement.annotations[1]: Duplicate"}},
		"every annotation":          {annotations("/"), []string{"spec.placement.annotations[0]: Invalid"}},
		"no annotation":             {annotations(""), []string{"spec.placement.annotations[0]: Invalid", "annotations[0]: Invalid"}},
		"a pattern of annotations":  {annotations("*.example.org/"), []string{"spec.placement.annotations[0]: Invalid"}},
		"a prefix without a domain": {annotations("a b/"), []string{"spec.placement.annotations[0]: Invalid"}},
		"two slashes":               {annotations("example.org/a/"), []string{"spec.placement.annotations[0]: Invalid"}},
	})
}

// What has an operator in the API server has one here.
func TestDefaultOfTolerations(t *testing.T) {
	p := &v1alpha1.SitePolicy{Spec: spec{Placement: &v1alpha1.PlacementRules{Tolerations: []v1alpha1.AllowedToleration{{Key: "a"}, {Key: "b", Operator: "Exists"}}}}}
	v1alpha1.SetDefaults(p)
	require.Equal(t, corev1.TolerationOpEqual, p.Spec.Placement.Tolerations[0].Operator)
	require.Equal(t, corev1.TolerationOpExists, p.Spec.Placement.Tolerations[1].Operator)
}
