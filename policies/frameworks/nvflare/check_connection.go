package nvflare

import (
	"path"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// checkConnection warns if the certificates of the kit protect the connection less than
// users expect. Since the configuration of a 2.8 kit is not signed, someone else may have
// changed it.
func checkConnection(k *kit.Kit, d details) kit.Findings {
	const intended = "ask the project lead whether this is intended: it may be behind a proxy, otherwise provision with mtls"
	var findings kit.Findings
	switch d.security {
	case securityOneWay:
		findings = append(findings, kit.Warn(CheckConnection, k.Paths.Configuration, intended,
			"connection_security is tls: the server does not authenticate clients"))
	case securityClear:
		findings = append(findings, kit.Warn(CheckConnection, k.Paths.Configuration, intended,
			"connection_security is clear: the connection is neither encrypted nor authenticated"))
	}
	if _, ok := k.Startup.Get(CustomRootFile); ok {
		findings = append(findings, kit.Warn(CheckConnection, path.Join(kit.StartupDir, CustomRootFile), intended,
			"a second root that the first does not vouch for: with tls, NVFLARE trusts it instead"))
	}
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(CheckConnection, k.Paths.Configuration, "both sides authenticate each other (mtls)"))
	}
	return findings
}
