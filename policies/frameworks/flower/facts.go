// Package flower has what kubectl-flare knows about Flower, in the two dialects in which its
// processes speak to each other: its processes, paths and ports, and the kits of its
// participants. Flower itself has no kits: it takes certificates, keys and settings as
// arguments. So their form is kubectl-flare's, and so is their provisioning:
//
//	startup/flower.json   who the participant is, and the addresses that it serves or dials
//	startup/ca.crt        the federation's root certificate
//	startup/...           certificates and keys of the role, see files.go
//	local/...             the site's own settings, see files.go
//
// Both profiles and workloads use these facts, so that the pods that are written always
// match those that are required.
package flower

import "github.com/kubectl-flare/kubectl-flare/policies/kit"

// Name is the framework's name in labels, seals and policies.
const Name = "flower"

// The roles of participants: a SuperLink, a SuperNode, and a scientist with the flwr CLI.
const (
	RoleServer = kit.RoleServer
	RoleClient = kit.RoleClient
	RoleAdmin  = kit.RoleAdmin
)

// Workspace is the folder in the containers that contains startup/ and local/.
const Workspace = "/workspace"

// The ports of a SuperLink's pod, which are the same in both dialects.
const (
	// FleetPort is where SuperNodes dial the SuperLink, and PortFleet the port's name.
	FleetPort = 9092
	PortFleet = "fleet"
	// ControlPort is the door for scientists, and PortControl the port's name. It requires
	// a certificate of the federation for an admin: in Flower's open edition, anyone who
	// reaches the Control API controls the federation.
	ControlPort = 9093
	PortControl = "control"
)

// RuntimePort is where a SuperNode serves its Runtime API for SuperExec, on loopback unless
// executor pods dial it, and PortRuntime the port's name.
const (
	RuntimePort = 9094
	PortRuntime = "runtime"
)

// The ports of a SuperLink's own listeners, which are on loopback.
const (
	// LoopbackControlPort is its Control API in the dialect grpc.
	LoopbackControlPort = 9193
	// LoopbackPort is the port of all its APIs in the dialect http, and of its Runtime API
	// in the dialect grpc. It is Flower's default.
	LoopbackPort = 8000
)

// The programs, which are console scripts of the package flwr.
const (
	ProgramSuperLink = "flower-superlink"
	ProgramSuperNode = "flower-supernode"
	ProgramSuperExec = "flower-superexec"
	ProgramServerApp = "flwr-serverapp"
	ProgramClientApp = "flwr-clientapp"
	ProgramCLI       = "flwr"
)
