package flower

import (
	_ "embed" // for the scripts
	"strconv"
)

// Python is the interpreter of the images of Flower.
const Python = "python3"

// RegisteredPort is where a SuperLink's pod listens once all SuperNodes of the kit are
// registered, and PortRegistered the port's name. It is only for a probe.
const (
	RegisteredPort = 9095
	PortRegistered = "registered"
)

// RegisterScript registers the SuperNodes of a SuperLink's kit, as the argument of python -c
// with RegisterArguments behind it.
//
//go:embed scripts/register.py
var RegisterScript string

// AdminScript is what the pod of a scientist runs between commands, as the argument of
// python -c. With what it writes, the flwr CLI finds the federation under the name
// Connection.
//
//go:embed scripts/admin.py
var AdminScript string

// connectedScript looks whether a SuperNode is connected, as the argument of python -c.
//
//go:embed scripts/connected.py
var connectedScript string

// StartupCommand is a command that succeeds in the container of a SuperNode that its SuperLink
// has accepted. It is nil for those that end if they are not accepted: 1.36 goes on to serve its
// Runtime API (start_client_internal.py and flower_supernode.py, 1.36.0), and with its SuperExec
// elsewhere nothing else shows that.
func StartupCommand(d Dialect) []string {
	if d != DialectGRPC {
		return nil
	}
	return []string{Python, "-c", connectedScript, strconv.Itoa(RuntimePort)}
}

// AdminSeconds is how long a scientist's pod runs at most.
const AdminSeconds = 3600

// Connection is the federation's name in the configuration of the flwr CLI.
const Connection = "federation"
