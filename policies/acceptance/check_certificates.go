package acceptance

import (
	"path"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// root checks that the kit's root is a root certificate.
func (e *evaluation) root() kit.Findings {
	k := e.kit
	if k.Root == nil {
		return nil
	}
	if err := pki.CheckRoot(k.Root); err != nil {
		return kit.Findings{kit.Fail(CheckRoot, k.Paths.Root, askForKit, "not a root certificate: %v", err)}
	}
	return kit.Findings{kit.Pass(CheckRoot, k.Paths.Root, "root certificate of %s", kit.Quote(k.Root.Subject.CommonName))}
}

// pin compares the root with the trusted roots. All other checks only show that the
// kit is consistent. For a kit without certificates, the sealing key takes the place
// of the root.
func (e *evaluation) pin() kit.Findings {
	k := e.kit
	if k.Root == nil {
		return e.pinKey()
	}
	got := pki.Fingerprint(k.Root)
	switch {
	case e.site != nil && !e.site.roots[got]:
		return kit.Findings{kit.Fail(CheckRootPinned, k.Paths.Root, "do not use this kit unless the project lead confirms its root",
			"the root is not trusted: the kit has sha256:%s, which is not in kits.trustRoots of the policy", got)}
	case e.Rules.root != "" && e.Rules.root != got:
		return kit.Findings{kit.Fail(CheckRootPinned, k.Paths.Root, "do not use this kit unless the project lead confirms its root",
			"the root is not the trusted one: the kit has sha256:%s, trusted is sha256:%s", got, e.Rules.root)}
	case e.Rules.root != "":
		return kit.Findings{kit.Pass(CheckRootPinned, k.Paths.Root, "the trusted root, sha256:%s", got)}
	case e.site != nil:
		return kit.Findings{kit.Pass(CheckRootPinned, k.Paths.Root, "a root that the policy trusts, sha256:%s", got)}
	}
	return kit.Findings{kit.Warn(CheckRootPinned, k.Paths.Root,
		"get the root's fingerprint from the project lead through another channel than the kit, and verify with it",
		"the root was not verified, so anyone may have made this kit: its fingerprint is sha256:%s", got)}
}

// pinKey says what takes the place of a root; the check of the seal decides.
func (e *evaluation) pinKey() kit.Findings {
	k := e.kit
	switch {
	case e.Rules.root != "":
		return kit.Findings{kit.Fail(CheckRootPinned, k.Paths.Key, "verify it with the site's policy, which lists sealing keys: --policy=sitepolicy.yaml",
			"kits of %s have no root certificate, so this kit cannot belong to the root sha256:%s", e.framework.Title(), e.Rules.root)}
	case e.site == nil:
		return kit.Findings{kit.Warn(CheckRootPinned, k.Paths.Key, "verify it with the site's policy, which lists sealing keys: --policy=sitepolicy.yaml",
			"kits of %s have no root certificate, and no sealing key was given, so anyone may have made this kit: its key is sha256:%s", e.framework.Title(), k.KeyFingerprint)}
	}
	return kit.Findings{kit.Pass(CheckRootPinned, k.Paths.Key, "no root certificate: the sealing key must be in kits.sealers of the policy")}
}

// chain checks that the root vouches for the participant's certificate, on any day.
func (e *evaluation) chain() kit.Findings {
	k := e.kit
	switch {
	case k.Certificate == nil:
		return nil
	case k.Certificate.IsCA:
		return kit.Findings{kit.Fail(CheckChain, k.Paths.Certificate, askForKit, "the certificate is that of a certificate authority, not of a participant")}
	}
	if err := pki.VerifyChain(k.Certificate, k.Intermediates, k.Root); err != nil {
		return kit.Findings{kit.Fail(CheckChain, k.Paths.Certificate, askForKit, "the kit's root does not vouch for the certificate: %v", err)}
	}
	return kit.Findings{kit.Pass(CheckChain, k.Paths.Certificate, "the kit's root vouches for the certificate")}
}

// key checks that the private key belongs to the participant's public key.
func (e *evaluation) key() kit.Findings {
	k := e.kit
	if k.OnVolume() {
		return kit.Findings{kit.Pass(CheckKey, k.Paths.Key, "the private key is on the volume; the seal has its digest")}
	}
	what := k.Paths.Certificate
	if k.Certificate == nil {
		what = "the participant"
	}
	switch {
	case k.OwnKey == nil:
		return kit.Findings{kit.Fail(CheckKey, k.Paths.Key, askForKit, "the private key cannot be read")}
	case pki.KeyFingerprint(k.OwnKey) != k.KeyFingerprint, k.Certificate != nil && !pki.Equal(k.OwnKey, k.Certificate.PublicKey):
		return kit.Findings{kit.Fail(CheckKey, k.Paths.Key, askForKit, "the private key does not belong to %s", what)}
	}
	return kit.Findings{kit.Pass(CheckKey, k.Paths.Key, "the private key belongs to %s", what)}
}

// keyMode warns if other users of the machine can read a private key, of which a
// participant may have several. A Secret has no file modes, and Windows reports the
// same mode for every file.
func (e *evaluation) keyMode() kit.Findings {
	const othersMayRead = 0o044
	var findings kit.Findings
	for _, f := range e.kit.Startup {
		file, mode := path.Join(kit.StartupDir, f.Name), f.Mode.Perm()
		private := path.Ext(f.Name) == ".key" || file == e.kit.Paths.Key
		if private && mode&othersMayRead != 0 {
			findings = append(findings, kit.Warn(CheckKeyMode, file, "chmod 600 "+file,
				"other users of this machine can read the private key: its mode is %#o", mode))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(CheckKeyMode, e.kit.Paths.Key, "no file mode allows others to read the private key"))
	}
	return findings
}
