package nvflare

import (
	"path"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// checkConnection warns where the certificates of the kit protect less than
// people think. Nothing signs the configuration of a 2.8 kit, so this may also be
// the work of somebody who had the kit in their hands.
func checkConnection(k *kit.Kit, d details) kit.Findings {
	const intended = "make sure that the project lead means it: behind a proxy it may be so, anywhere else provision with mtls"
	var findings kit.Findings
	switch d.security {
	case securityOneWay:
		findings = append(findings, kit.Warn(CheckConnection, k.Paths.Configuration, intended,
			"connection_security is tls: the server does not ask who connects"))
	case securityClear:
		findings = append(findings, kit.Warn(CheckConnection, k.Paths.Configuration, intended,
			"connection_security is clear: nothing is encrypted, and neither side proves who it is"))
	}
	if _, ok := k.Startup.Get(CustomRootFile); ok {
		findings = append(findings, kit.Warn(CheckConnection, path.Join(kit.StartupDir, CustomRootFile), intended,
			"a second root, for which the first does not vouch: with tls NVFLARE trusts it instead"))
	}
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(CheckConnection, k.Paths.Configuration, "both sides prove who they are (mtls)"))
	}
	return findings
}
