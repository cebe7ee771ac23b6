package acceptance

import (
	"path"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// root looks whether the kit's root is a root certificate at all.
func (j *judgement) root() kit.Findings {
	k := j.kit
	if k.Root == nil {
		return nil
	}
	if err := pki.CheckRoot(k.Root); err != nil {
		return kit.Findings{kit.Fail(CheckRoot, k.Paths.Root, askForKit, "not a root certificate: %v", err)}
	}
	return kit.Findings{kit.Pass(CheckRoot, k.Paths.Root, "root certificate of %s", kit.Quote(k.Root.Subject.CommonName))}
}

// pin compares the root with those that are trusted: all other checks only show that
// the kit agrees with itself. A kit without certificates is pinned by the key that
// sealed it.
func (j *judgement) pin() kit.Findings {
	k := j.kit
	if k.Root == nil {
		return j.pinKey()
	}
	got := pki.Fingerprint(k.Root)
	switch {
	case j.site != nil && !j.site.roots[got]:
		return kit.Findings{kit.Fail(CheckRootPinned, k.Paths.Root, "do not use this kit unless the project lead confirms its root",
			"another root: the kit has sha256:%s, which is none of the policy's kits.trustRoots", got)}
	case j.Rules.root != "" && j.Rules.root != got:
		return kit.Findings{kit.Fail(CheckRootPinned, k.Paths.Root, "do not use this kit unless the project lead confirms its root",
			"another root: the kit has sha256:%s, trusted is sha256:%s", got, j.Rules.root)}
	case j.Rules.root != "":
		return kit.Findings{kit.Pass(CheckRootPinned, k.Paths.Root, "the trusted root, sha256:%s", got)}
	case j.site != nil:
		return kit.Findings{kit.Pass(CheckRootPinned, k.Paths.Root, "a root that the policy trusts, sha256:%s", got)}
	}
	return kit.Findings{kit.Warn(CheckRootPinned, k.Paths.Root,
		"get the root's fingerprint from the project lead by another way than the kit, and verify with it",
		"the root was not checked, so anybody may have made this kit: its fingerprint is sha256:%s", got)}
}

// pinKey says what stands in a root's place; the seal's own check decides.
func (j *judgement) pinKey() kit.Findings {
	k := j.kit
	switch {
	case j.Rules.root != "":
		return kit.Findings{kit.Fail(CheckRootPinned, k.Paths.Key, "verify it with the site's policy, which names sealing keys",
			"a kit of %s has no root certificate, so it cannot belong to sha256:%s", j.framework.Title(), j.Rules.root)}
	case j.site == nil:
		return kit.Findings{kit.Warn(CheckRootPinned, k.Paths.Key, "verify it with the site's policy, which names sealing keys: --policy=sitepolicy.yaml",
			"a kit of %s has no root certificate, and no sealing key is known, so anybody may have made it: its key is sha256:%s", j.framework.Title(), k.KeyFingerprint)}
	}
	return kit.Findings{kit.Pass(CheckRootPinned, k.Paths.Key, "no root certificate: the sealing key must be one of the policy's kits.sealers")}
}

// chain looks whether the root vouches for the participant's certificate, whatever day
// it is.
func (j *judgement) chain() kit.Findings {
	k := j.kit
	switch {
	case k.Certificate == nil:
		return nil
	case k.Certificate.IsCA:
		return kit.Findings{kit.Fail(CheckChain, k.Paths.Certificate, askForKit, "the participant's certificate is a certificate authority's")}
	}
	if err := pki.VerifyChain(k.Certificate, k.Intermediates, k.Root); err != nil {
		return kit.Findings{kit.Fail(CheckChain, k.Paths.Certificate, askForKit, "the kit's root does not vouch for the certificate: %v", err)}
	}
	return kit.Findings{kit.Pass(CheckChain, k.Paths.Certificate, "the kit's root vouches for the certificate")}
}

// key looks whether the private key belongs to the participant's public one.
func (j *judgement) key() kit.Findings {
	k := j.kit
	if k.OnVolume() {
		return kit.Findings{kit.Pass(CheckKey, k.Paths.Key, "the private key lies on the volume; its digest is sealed")}
	}
	what := k.Paths.Certificate
	if k.Certificate == nil {
		what = "the participant"
	}
	data, _ := k.Startup.Get(path.Base(k.Paths.Key))
	key, err := pki.ParseKey(data)
	switch {
	case err != nil:
		return kit.Findings{kit.Fail(CheckKey, k.Paths.Key, askForKit, "the private key cannot be read")}
	case pki.KeyFingerprint(key.Public()) != k.KeyFingerprint, k.Certificate != nil && !pki.Belongs(key, k.Certificate.PublicKey):
		return kit.Findings{kit.Fail(CheckKey, k.Paths.Key, askForKit, "the private key does not belong to %s", what)}
	}
	return kit.Findings{kit.Pass(CheckKey, k.Paths.Key, "the private key belongs to %s", what)}
}

// keyMode looks who else on the machine can read a private key; a participant may have
// several. A Secret has no file modes, and Windows reports the same mode for every
// file.
func (j *judgement) keyMode() kit.Findings {
	const othersMayRead = 0o044
	var findings kit.Findings
	for _, f := range j.kit.Startup {
		file, mode := path.Join(kit.StartupDir, f.Name), f.Mode.Perm()
		if path.Ext(f.Name) == ".key" && mode&othersMayRead != 0 {
			findings = append(findings, kit.Warn(CheckKeyMode, file, "chmod 600 "+file,
				"others on this machine can read the private key: its mode is %#o", mode))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(CheckKeyMode, j.kit.Paths.Key, "no file mode lets others read the private key"))
	}
	return findings
}
