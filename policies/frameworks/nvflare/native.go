package nvflare

import (
	"errors"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// NativeSignature says why NVFLARE's own signature does not cover startup/. It returns nil
// if the kit's root signed every existing file. The signature does not cover the role, and
// does not reveal missing files or an outdated kit.
func (Framework) NativeSignature(k *kit.Kit) error {
	if k.OnVolume() {
		return errors.New("most of the signed files are on the volume")
	}
	problems, signed := folderProblems(k, kit.StartupDir, k.Startup)
	switch {
	case !signed:
		return errors.New(SignatureFile + " is missing")
	case len(problems) > 0:
		return errors.New(problems[0].file + ": " + problems[0].text)
	}
	return nil
}

// KnownVersion is the newest version whose kits are supported.
func (Framework) KnownVersion() string { return "2.9" }
