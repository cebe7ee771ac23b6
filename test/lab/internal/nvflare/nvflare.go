//go:build linux

// Package nvflare says what the lab's image of NVFLARE has in it.
package nvflare

import "github.com/kubectl-flare/kubectl-flare/test/lab/internal/python"

// Version is the version of NVFLARE that the lab runs unless told otherwise.
const Version = "2.9.0"

// Program is a version of NVFLARE. Without libstdc++6 grpc does not load; NVFLARE
// calls zip; /work is the folder that its own commands are given.
func Program(version string) python.Program {
	return python.Program{
		Name: "nvflare", Version: version, Requirement: "nvflare[K8S]",
		Debs: []string{"libstdc++6", "zip"}, Folders: []string{"work"},
	}
}
