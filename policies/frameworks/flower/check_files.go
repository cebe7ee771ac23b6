package flower

import (
	"bytes"
	"crypto/x509"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// startupFiles are the files that must be in startup/ of a role, and those that may be.
func startupFiles(role kit.Role) (required, optional []string) {
	switch role {
	case RoleServer:
		return []string{ConfigFile, RootFile, ServerCertificateFile, ServerKeyFile, NodesFile, ProxyFile}, nil
	case RoleClient:
		return []string{ConfigFile, RootFile, NodeKeyFile, NodePublicKeyFile}, []string{ClientCertificateFile, RuntimeCertificateFile, RuntimeKeyFile, SuperExecSecretFile}
	case RoleAdmin:
	}
	return []string{ConfigFile, RootFile, ClientCertificateFile, AdminKeyFile, ProxyFile}, nil
}

// checkFiles finds missing and unknown files. An unknown file is a failure, unless a trusted
// seal lists it: then it is of a newer version, and the sealer vouches for it.
func checkFiles(k *kit.Kit, vouched func(string) bool) kit.Findings {
	required, optional := startupFiles(k.Role)
	names := k.FileNames()
	var findings kit.Findings
	for _, name := range required {
		if !slices.Contains(names, name) {
			findings = append(findings, kit.Fail(CheckFiles, path.Join(kit.StartupDir, name), askForKit, "missing"))
		}
	}
	for _, name := range names {
		if slices.Contains(required, name) || slices.Contains(optional, name) {
			continue
		}
		finding := kit.Fail
		if vouched(name) {
			finding = kit.Warn
		}
		findings = append(findings, finding(CheckFiles, path.Join(kit.StartupDir, name), "remove it", "not a file of a Flower kit for the role %s", k.Role))
	}
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(CheckFiles, kit.StartupDir, "%d files, all of them known for the role %s", len(names), k.Role))
	}
	return findings
}

// checkProxy requires the configuration of the reverse proxy that kubectl-flare writes: it
// alone keeps others from the Control API. A trusted sealer can vouch for another one.
func checkProxy(k *kit.Kit, s *Spec, vouched func(string) bool) kit.Findings {
	data, ok := k.Startup.Get(ProxyFile)
	if k.Role == RoleClient || !ok {
		return nil
	}
	file := path.Join(kit.StartupDir, ProxyFile)
	if !bytes.Equal(data, proxyConfiguration(s)) {
		finding := kit.Fail
		if vouched(ProxyFile) {
			finding = kit.Warn
		}
		return kit.Findings{finding(CheckProxy, file, "write the kit again with this version of kubectl-flare",
			"not the configuration that this version of kubectl-flare writes for the kit, so that it may let others reach the Control API")}
	}
	return kit.Findings{kit.Pass(CheckProxy, file, "only scientists of the federation reach the Control API")}
}

// checkServerNames checks that the SuperLink's certificate covers what others dial.
func checkServerNames(k *kit.Kit, s *Spec) kit.Findings {
	if k.Role != RoleServer {
		return kit.Findings{kit.Pass(CheckServerNames, k.Paths.Configuration, "dials %s", k.Server.Host)}
	}
	var missing []string
	for _, name := range s.serves() {
		if k.Certificate.VerifyHostname(name) != nil {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return kit.Findings{kit.Fail(CheckServerNames, k.Paths.Certificate, "ask the project lead for a certificate that has these names as subjectAltName",
			"the certificate does not cover %s", strings.Join(missing, ", "))}
	}
	return kit.Findings{kit.Pass(CheckServerNames, k.Paths.Certificate, "the certificate covers %s", strings.Join(s.serves(), ", "))}
}

// checkRuntime checks the certificate of a SuperNode's Runtime API, if it has one.
func checkRuntime(k *kit.Kit) kit.Findings {
	names := k.FileNames()
	all := []string{RuntimeCertificateFile, RuntimeKeyFile, SuperExecSecretFile}
	missing := slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(names, name) })
	file := path.Join(kit.StartupDir, RuntimeCertificateFile)
	switch {
	case len(missing) == len(all):
		return nil
	case len(missing) > 0:
		return kit.Findings{kit.Fail(CheckRuntime, file, askForKit, "%s need each other, but %s is missing", strings.Join(all, ", "), missing[0])}
	}
	if problem := runtimeProblem(k); problem != "" {
		return kit.Findings{kit.Fail(CheckRuntime, file, askForKit, "%s", problem)}
	}
	return kit.Findings{kit.Pass(CheckRuntime, file, "the certificate of the Runtime API covers %s", strings.Join(runtimeNames(k.Participant), ", "))}
}

func runtimeProblem(k *kit.Kit) string {
	root, err := certificateIn(k, RootFile)
	if err != nil {
		return "the root " + err.Error()
	}
	c, err := certificateIn(k, RuntimeCertificateFile)
	if err != nil {
		return "the file " + err.Error()
	}
	if err := pki.VerifyChain(c, nil, root); err != nil {
		return "the root does not vouch for it: " + err.Error()
	}
	for _, name := range runtimeNames(k.Participant) {
		if c.VerifyHostname(name) != nil {
			return "the certificate does not cover " + name
		}
	}
	if k.Elsewhere(RuntimeKeyFile) {
		return ""
	}
	data, _ := k.Startup.Get(RuntimeKeyFile)
	key, err := pki.ParseKey(data)
	if err != nil {
		return RuntimeKeyFile + " " + err.Error()
	}
	if !pki.Equal(key.Public(), c.PublicKey) {
		return RuntimeKeyFile + " does not belong to the certificate"
	}
	return ""
}

func certificateIn(k *kit.Kit, name string) (*x509.Certificate, error) {
	data, _ := k.Startup.Get(name)
	return pki.ParseCertificate(data)
}
