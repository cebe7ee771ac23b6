package nvflare

import (
	"fmt"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

const addServerName = "add the name to the server's default_host or host_names in project.yml and provision in a new workspace: " +
	"`nvflare provision` keeps certificates that exist"

// checkServerNames looks whether the server's certificate has names at all.
// Which name is dialled stands in the kits of the others: see ServesName.
func checkServerNames(k *kit.Kit) kit.Findings {
	if k.Role != RoleServer {
		return kit.Findings{kit.Pass(CheckServerNames, k.Paths.Configuration, "dials %s", k.Server.Host)}
	}
	if len(k.ServerNames) == 0 {
		return kit.Findings{kit.Fail(CheckServerNames, k.Paths.Certificate, addServerName,
			"the server's certificate has no DNS names, so no gRPC client accepts it")}
	}
	return kit.Findings{kit.Pass(CheckServerNames, k.Paths.Certificate, "the server's certificate is for %s", strings.Join(k.ServerNames, ", "))}
}

// ServesName says whether a client that dials the host accepts this server. It
// is for the kit of a server; the host comes from another participant's kit or
// from the Service that leads to the server. NVFLARE checks names with the scheme
// grpc only.
func ServesName(k *kit.Kit, host string) error {
	if k.Role != RoleServer {
		return fmt.Errorf("%s is the kit of a %s: only a server is dialled", kit.Quote(k.Participant), k.Role)
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
