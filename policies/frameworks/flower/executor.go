package flower

import (
	"maps"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// executorFields are the fields of executor.yaml, without those of warm executors and
// appio-root-certificates-path. What they say about pods is evaluated when SuperExec makes
// the pods. Source: flwr/supercore/superexec/executor/factory.py, 1.42.0.
func executorFields() []string {
	return []string{
		"namespace", "image", "image-pull-policy", "resource-pool", "active-pod-budget", "capacity-poll-interval", "capacity-log-interval",
		"labels", "annotations", "env", "volumes", "volume-mounts", "resources", "node-selector", "tolerations", "affinity",
		"priority-class-name", "pod-security-context", "container-security-context", "service-account-name",
	}
}

// checkExecutor denies fields with which SuperExec would do more than make a pod for each
// task: keep pods for other tasks, or give a file of its own to pods.
func checkExecutor(data []byte) *doubt {
	root, wrong := mapping(data)
	if wrong != nil {
		return wrong
	}
	for _, field := range slices.Sorted(maps.Keys(root)) {
		if !slices.Contains(executorFields(), field) {
			return &doubt{root[field].Line, kit.Quote(field) + " is not a field that kubectl flare supports"}
		}
	}
	for _, field := range []string{"namespace", "image"} {
		if text, _ := root[field].Value.(string); text == "" {
			return &doubt{root[field].Line, field + " is missing, which SuperExec needs"}
		}
	}
	return nil
}
