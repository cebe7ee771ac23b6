package nvflare

import (
	"errors"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// NativeSignature says why NVFLARE's own signature does not cover startup/ as it is;
// nil where the kit's root signed every file that is there. The signature says nothing
// of the role, and neither an older kit nor a missing file is noticed.
func (Framework) NativeSignature(k *kit.Kit) error {
	if k.OnVolume() {
		return errors.New("most of what it covers lies on the volume")
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

// KnownVersion is the last version whose kits were looked at: "major.minor".
func (Framework) KnownVersion() string { return "2.9" }
