package kit

import (
	"fmt"
	"path"
)

// The values of connection_security.
const (
	securityMutual = "mtls"
	securityOneWay = "tls"
	securityClear  = "clear"
)

// customRootFile is a root that NVFLARE takes for the server's instead of
// rootCA.pem wherever the server alone proves itself. It needs no mention in the
// configuration: it only has to be there.
const customRootFile = "customRootCA.pem"

// fillSecurity reads connection_security. Where it is missing NVFLARE takes mtls.
func fillSecurity(k *Kit, doc *document, field []any) error {
	k.ConnectionSecurity = securityMutual
	if !doc.has(field...) {
		return nil
	}
	value, err := doc.text(field...)
	if err != nil {
		return err
	}
	switch value {
	case securityMutual, securityOneWay, securityClear:
		k.ConnectionSecurity = value
		return nil
	}
	return doc.wrong(fmt.Sprintf("is %s: only mtls, tls and clear are known", shown(value)), field...)
}

// checkConnection warns where the certificates of the kit protect less than
// people think. Nothing signs the configuration of a 2.8 kit, so this may also be
// the work of somebody who had the kit in his hands.
func checkConnection(k *Kit, _ VerifyOptions) []Finding {
	const intended = "make sure that the project lead means it: behind a proxy it may be so, anywhere else provision with mtls"
	var findings []Finding
	switch k.ConnectionSecurity {
	case securityOneWay:
		findings = append(findings, warn(CheckConnection, k.paths.configuration, intended,
			"connection_security is tls: the server does not ask who connects"))
	case securityClear:
		findings = append(findings, warn(CheckConnection, k.paths.configuration, intended,
			"connection_security is clear: nothing is encrypted, and neither side proves who it is"))
	}
	if _, ok := k.Startup.Get(customRootFile); ok {
		findings = append(findings, warn(CheckConnection, path.Join(startupDir, customRootFile), intended,
			"a second root, for which the first does not vouch: with tls NVFLARE trusts it instead"))
	}
	if len(findings) == 0 {
		findings = append(findings, pass(CheckConnection, k.paths.configuration, "both sides prove who they are (mtls)"))
	}
	return findings
}
