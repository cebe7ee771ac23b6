package flower

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Isolation is where a SuperLink and a SuperNode run the code of apps: the value of
// --isolation.
type Isolation string

// The modes of isolation.
const (
	// IsolationSubprocess runs apps in processes of the participant's own container.
	IsolationSubprocess Isolation = "subprocess"
	// IsolationProcess leaves apps to a SuperExec in a container of its own, which has none of
	// the participant's keys.
	IsolationProcess Isolation = "process"
)

// Variables of Flower's processes.
const (
	// Telemetry and UpdateCheck keep Flower from calling its makers. Source:
	// supercore/telemetry.py and supercore/update_check.py, 1.42.0.
	Telemetry        = "FLWR_TELEMETRY_ENABLED"
	TelemetryValue   = "0"
	UpdateCheck      = "FLWR_DISABLE_UPDATE_CHECK"
	UpdateCheckValue = "1"
)

// tlsFlags are the flags of a server's certificate, key and root, for its Runtime API:
// Flower has renamed them. Source: superlink/cli/flower_superlink.py and
// supernode/cli/flower_supernode.py, 1.36.0 and 1.42.0.
func tlsFlags(prefix, workspace, certificate, key string) []string {
	startup := workspace + "/startup/"
	return []string{
		prefix + "ssl-certfile", startup + certificate, prefix + "ssl-keyfile", startup + key, prefix + "ssl-ca-certfile", startup + RootFile,
	}
}

// DatabaseFile is a SuperLink's database on its claim. With a new database, the keys of
// SuperNodes that were removed could be registered again.
const DatabaseFile = "state.db"

// local is an address of the pod itself.
func local(port int) string { return fmt.Sprintf("%s:%d", Loopback, port) }

// SuperLinkArguments are those of a SuperLink. Its Control API is on loopback, and in the
// dialect http all of its APIs.
func SuperLinkArguments(d Dialect, i Isolation, workspace string) []string {
	args := tlsFlags("--", workspace, ServerCertificateFile, ServerKeyFile)
	args = append(args, "--enable-supernode-auth", "--database", workspace+"/"+DatabaseFile,
		"--isolation", string(i), "--disable-runtime-dependency-installation",
		"--host", Loopback, "--port", strconv.Itoa(LoopbackPort))
	if d == DialectHTTP {
		return args
	}
	args = append(args, tlsFlags("--appio-", workspace, ServerCertificateFile, ServerKeyFile)...)
	return append(args, flagFleet, fmt.Sprintf("0.0.0.0:%d", FleetPort), "--control-api-address", local(LoopbackControlPort))
}

// flagFleet is an argument of SuperLinks in the dialect grpc only.
const flagFleet = "--fleet-api-address"

// DialectOfSuperLink is the dialect of a SuperLink with the given arguments, if they are those of
// SuperLinkArguments.
func DialectOfSuperLink(arguments []string) Dialect {
	if slices.Contains(arguments, flagFleet) {
		return DialectGRPC
	}
	return DialectHTTP
}

// SuperNodeArguments are those of a SuperNode. superlink is the host and port that it dials,
// host the address of its Runtime API, and trusted says whether local/ lists trusted
// entities. Only isolation in a process of its own needs the Runtime API's certificate.
func SuperNodeArguments(d Dialect, i Isolation, workspace, superlink, host string, trusted bool) []string {
	args := []string{
		"--superlink", superlink, "--root-certificates", workspace + "/startup/" + RootFile,
		"--auth-supernode-private-key", workspace + "/startup/" + NodeKeyFile,
		"--node-config", workspace + "/local/" + NodeConfigFile,
		"--isolation", string(i), "--host", host, "--port", strconv.Itoa(RuntimePort),
	}
	if trusted {
		args = append(args, "--trusted-entities", workspace+"/local/"+TrustedEntitiesFile)
	}
	if i == IsolationSubprocess {
		return args
	}
	prefix := "--"
	if d == DialectGRPC {
		prefix = "--appio-"
	}
	args = append(args, tlsFlags(prefix, workspace, RuntimeCertificateFile, RuntimeKeyFile)...)
	return append(args, superExecSecret(workspace)...)
}

// superExecSecret is what SuperExec proves itself with to a SuperNode.
func superExecSecret(workspace string) []string {
	return []string{"--superexec-auth-secret-file", workspace + "/startup/" + SuperExecSecretFile}
}

// AnyAddress and Loopback are the addresses of a SuperNode's Runtime API: executor pods dial
// it from elsewhere.
const (
	AnyAddress = "0.0.0.0"
	Loopback   = "127.0.0.1"
)

// SuperExecArguments are those of a SuperExec that runs the apps of a server or a client.
// runtime is the host and port of the Runtime API. Only 1.36 has, and requires,
// --plugin-type. Source: supercore/cli/flower_superexec.py, 1.36.0 and 1.42.0.
func SuperExecArguments(d Dialect, role kit.Role, workspace, runtime string) []string {
	args := []string{"--runtime-api-address", runtime, "--root-certificates", workspace + "/startup/" + RootFile}
	plugin := "serverapp"
	if role == RoleClient {
		plugin = "clientapp"
		args = append(args, superExecSecret(workspace)...)
	}
	if d == DialectGRPC {
		args = append(args, "--plugin-type", plugin)
	}
	return args
}

// ExecutorArguments make SuperExec run each task in a pod.
func ExecutorArguments(workspace string) []string {
	return []string{"--executor", "kubernetes", "--executor-config", workspace + "/local/" + ExecutorFile}
}

// RuntimeAddress is where a SuperExec in the pod of a SuperLink or a SuperNode finds the
// Runtime API.
func RuntimeAddress(role kit.Role) string {
	if role == RoleServer {
		return local(LoopbackPort)
	}
	return local(RuntimePort)
}

// ControlAddress is where a process in the pod of a SuperLink finds its Control API.
func ControlAddress(d Dialect) string {
	if d == DialectHTTP {
		return local(LoopbackPort)
	}
	return local(LoopbackControlPort)
}

// RegisterArguments are those of RegisterScript.
func RegisterArguments(d Dialect, workspace string) []string {
	return []string{workspace + "/startup", ControlAddress(d), string(d), strconv.Itoa(RegisteredPort)}
}

// ActivatedText is a part of a line of a SuperNode's log after its SuperLink has activated
// it. Source: supernode/start_client_internal.py, 1.36.0 and 1.42.0.
const ActivatedText = "SuperNode ID: "
