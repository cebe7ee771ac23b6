package flower

import (
	"net"
	"strconv"
)

// The pods that SuperExec makes for tasks, and their Secrets. Source:
// flwr/supercore/superexec/executor/kubernetes_executor.py, 1.36.0 and 1.42.0.
const (
	// PrefixTask is the prefix of their names.
	PrefixTask = "flwr-taskexecutor-"
	// TaskSecretPath is where such a pod mounts its Secret, with the files token and ca.crt.
	TaskSecretPath = "/run/flwr/appio"
)

// TaskSecret is the name of the Secret of a task's pod.
func TaskSecret(pod string) string { return pod + "-appio" }

// TaskArguments are those of a task in a pod of its own. runtime is the host and port of the
// Runtime API of the SuperNode.
func TaskArguments(runtime string) []string {
	return []string{
		"--runtime-api-address", runtime, "--token-file", TaskSecretPath + "/token", "--root-certificates", TaskSecretPath + "/" + RootFile,
	}
}

// RuntimeService is the host and port at which other pods reach a SuperNode's Runtime API:
// its Service has the name of the participant's objects.
func RuntimeService(object string) string { return net.JoinHostPort(object, strconv.Itoa(RuntimePort)) }

// AdminWorkPath is the folder of a scientist's pod for apps and results. It is scratch space.
const AdminWorkPath = "/work"
