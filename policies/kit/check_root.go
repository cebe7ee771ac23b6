package kit

import (
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

const askForKit = "ask the project lead for a new kit"

// checkRoot looks whether rootCA.pem is a root certificate at all: x509 takes a
// trusted root as it is.
func checkRoot(k *Kit, _ VerifyOptions) []Finding {
	if err := pki.CheckRoot(k.Root); err != nil {
		return []Finding{fail(CheckRoot, k.paths.root, askForKit, "not a root certificate: %v", err)}
	}
	return []Finding{pass(CheckRoot, k.paths.root, "root certificate of %s", shown(k.Root.Subject.CommonName))}
}

// checkPin compares the root with the one that the caller trusts: all other
// checks only show that the kit agrees with itself.
func checkPin(k *Kit, options VerifyOptions) []Finding {
	got := pki.Fingerprint(k.Root)
	if options.Trust != nil {
		if f := pinnedByPolicy(k, options.Trust, got); f.Status == StatusFail || options.RootFingerprint == "" {
			return []Finding{f}
		}
	}
	if options.RootFingerprint == "" {
		return []Finding{warn(CheckRootPinned, k.paths.root,
			"get the root's fingerprint from the project lead by another way than the kit, and verify with it",
			"the root was not checked, so anybody may have made this kit: its fingerprint is sha256:%s", got)}
	}
	want, err := pki.ParseFingerprint(options.RootFingerprint)
	if err != nil {
		return []Finding{fail(CheckRootPinned, k.paths.root, "correct the fingerprint", "the root was not checked: %v", err)}
	}
	if got != want {
		return []Finding{fail(CheckRootPinned, k.paths.root,
			"do not use this kit unless the project lead confirms its root",
			"another root: the kit has sha256:%s, trusted is sha256:%s", got, want)}
	}
	return []Finding{pass(CheckRootPinned, k.paths.root, "the trusted root, sha256:%s", got)}
}

// pinnedByPolicy compares the root with those that the site trusts.
func pinnedByPolicy(k *Kit, trust *Trust, got string) Finding {
	found, err := has(trust.Roots, got)
	switch {
	case err != nil:
		return fail(CheckRootPinned, k.paths.root, "correct the policy", "the policy's kits.trustRoots cannot be read: %v", err)
	case !found:
		return fail(CheckRootPinned, k.paths.root, "do not use this kit unless the project lead confirms its root",
			"another root: the kit has sha256:%s, which is none of the policy's kits.trustRoots", got)
	}
	return pass(CheckRootPinned, k.paths.root, "a root that the policy trusts, sha256:%s", got)
}
