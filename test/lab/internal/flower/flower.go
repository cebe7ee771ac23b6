//go:build linux

// Package flower says what the lab's images of Flower have in them.
package flower

import "github.com/kubectl-flare/kubectl-flare/test/lab/internal/python"

// GRPC and HTTP are the newest versions of Flower with which the processes of a
// federation speak gRPC, and HTTP.
const (
	GRPC = "1.36.0"
	HTTP = "1.42.0"
)

// Programs are the versions of Flower that the lab runs.
func Programs() []python.Program { return []python.Program{Program(GRPC), Program(HTTP)} }

// Program is a version of Flower, with the reverse proxy of its pods and the client
// with which SuperExec makes pods.
func Program(version string) python.Program {
	return python.Program{
		Name: "flower", Version: version, Requirement: "flwr",
		Debs:    []string{"libstdc++6", "nginx-light"},
		Also:    []string{"kubernetes"},
		Scripts: []string{"flower-superlink", "flower-supernode", "flower-superexec", "flwr-serverapp", "flwr-clientapp", "flwr"},
	}
}
