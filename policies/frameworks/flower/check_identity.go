package flower

import (
	"crypto/x509"
	"path"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/pki/openssh"
)

// checkIdentity compares the certificate's subject with flower.json. A server's certificate
// that other tools made names no role; then only the seal says whose it is.
func checkIdentity(k *kit.Kit) kit.Findings {
	c := k.Certificate
	if c == nil {
		return kit.Findings{kit.Warn(CheckIdentity, k.Paths.Key, "ask the project lead for a kit with a certificate, or rely on its seal",
			"the kit has a key and no certificate, so that only its seal says that it is %s", kit.Quote(k.Participant))}
	}
	bad := func(what, got, want string) kit.Findings {
		return kit.Findings{kit.Fail(CheckIdentity, k.Paths.Certificate, askForKit, "the certificate is for the %s %s, but the kit for %s", what, kit.Quote(got), kit.Quote(want))}
	}
	subject := c.Subject
	if k.Role == RoleServer && len(subject.OrganizationalUnit) == 0 {
		return kit.Findings{kit.Warn(CheckIdentity, k.Paths.Certificate, "rely on the kit's seal, or provision the federation with `kubectl flare provision`",
			"the certificate was not made for a kit: it names no role, so that only the seal says that it is %s", kit.Quote(k.Participant))}
	}
	if len(subject.Names) != 3 {
		return kit.Findings{kit.Fail(CheckIdentity, k.Paths.Certificate, askForKit, "the certificate's subject must have exactly CN, O and OU")}
	}
	switch {
	case subject.CommonName != k.Participant:
		return bad("participant", subject.CommonName, k.Participant)
	case !slices.Equal(subject.Organization, []string{k.Org}):
		return bad("organization", first(subject.Organization), k.Org)
	case !slices.Equal(subject.OrganizationalUnit, []string{string(k.Role)}):
		return bad("role", first(subject.OrganizationalUnit), string(k.Role))
	}
	return append(kit.Findings{kit.Pass(CheckIdentity, k.Paths.Certificate, "certificate and %s are for %s, a %s of %s", ConfigFile, kit.Quote(k.Participant), k.Role, kit.Quote(k.Org))}, checkPublicKey(k)...)
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// checkPublicKey compares a SuperNode's certificate with the public key that its
// SuperLink knows. The private key may be on a volume.
func checkPublicKey(k *kit.Kit) kit.Findings {
	data, ok := k.Startup.Get(NodePublicKeyFile)
	if k.Role != RoleClient || !ok {
		return nil
	}
	file := path.Join(kit.StartupDir, NodePublicKeyFile)
	key, err := openssh.ParsePublicKey(data)
	if err != nil || !pki.Equal(key, k.Certificate.PublicKey) {
		return kit.Findings{kit.Fail(CheckIdentity, file, askForKit, "the public key does not belong to %s", k.Paths.Certificate)}
	}
	return nil
}

// checkUsage requires that a certificate is for its side of a connection, so that a
// SuperNode or a scientist cannot pass for the SuperLink.
func checkUsage(k *kit.Kit) kit.Findings {
	if k.Certificate == nil {
		return nil
	}
	usage, text := x509.ExtKeyUsageClientAuth, "clients"
	if k.Role == RoleServer {
		usage, text = x509.ExtKeyUsageServerAuth, "servers"
	}
	usages := k.Certificate.ExtKeyUsage
	switch {
	case len(usages) == 0 && k.Role == RoleServer:
		return kit.Findings{kit.Warn(CheckUsage, k.Paths.Certificate, "provision the federation with `kubectl flare provision`",
			"the certificate does not say that it is for servers: every participant with such a certificate could pass for the SuperLink")}
	case !slices.Contains(usages, usage):
		return kit.Findings{kit.Fail(CheckUsage, k.Paths.Certificate, askForKit, "the certificate is not for %s", text)}
	}
	return kit.Findings{kit.Pass(CheckUsage, k.Paths.Certificate, "the certificate is for %s", text)}
}
