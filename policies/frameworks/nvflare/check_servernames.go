package nvflare

import (
	"fmt"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

const addServerName = "add the name to default_host or host_names of the server in project.yml and provision in a new workspace: " +
	"`nvflare provision` keeps certificates that exist"

// checkServerNames checks that the server's certificate has names. The kits of the others
// contain the dialled name: see ServesName.
func checkServerNames(k *kit.Kit) kit.Findings {
	if k.Role != RoleServer {
		return kit.Findings{kit.Pass(CheckServerNames, k.Paths.Configuration, "dials %s", k.Server.Host)}
	}
	if len(k.ServerNames) == 0 {
		return kit.Findings{kit.Fail(CheckServerNames, k.Paths.Certificate, addServerName,
			"the server's certificate has no DNS names, so gRPC clients reject it")}
	}
	return kit.Findings{kit.Pass(CheckServerNames, k.Paths.Certificate, "the server's certificate is for %s", strings.Join(k.ServerNames, ", "))}
}

// ServesName says whether a client that dials the host accepts the server with this kit.
// The host is that in another participant's kit or the name of the server's Service.
// NVFLARE verifies names only with the scheme grpc.
func ServesName(k *kit.Kit, host string) error {
	if k.Role != RoleServer {
		return fmt.Errorf("the kit of %s is for the role %s, but only a server is dialled", kit.Quote(k.Participant), k.Role)
	}
	if k.Certificate.VerifyHostname(host) == nil {
		return nil
	}
	return &kit.FieldError{
		File: k.Paths.Certificate, Field: "subjectAltName",
		Problem: fmt.Sprintf("does not cover %s: it has %s", kit.Quote(host), orNone(k.ServerNames)), Fix: addServerName,
	}
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "no names"
	}
	return strings.Join(names, ", ")
}
