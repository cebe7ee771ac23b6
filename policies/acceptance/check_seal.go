package acceptance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// sealFiles compares the files of startup/ with the sealed digests, in both
// directions.
func (e *evaluation) sealFiles() kit.Findings {
	s, k := e.seal.statement, e.kit
	if s == nil {
		return nil
	}
	var findings kit.Findings
	for _, f := range k.Startup {
		sum := sha256.Sum256(f.Data)
		sealed, ok := s.Files[f.Name]
		switch {
		case !ok:
			findings = append(findings, kit.Fail(CheckSealFiles, path.Join(kit.StartupDir, f.Name), askForKit, "an extra file: the seal does not list it"))
		case sealed != hex.EncodeToString(sum[:]):
			findings = append(findings, kit.Fail(CheckSealFiles, path.Join(kit.StartupDir, f.Name), askForKit, "changed since it was sealed"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		if _, ok := k.Startup.Get(name); !ok && !k.OnVolume() {
			findings = append(findings, kit.Fail(CheckSealFiles, kit.SealFile, askForKit, "the sealed file %s is missing from %s/", kit.Quote(name), kit.StartupDir))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(CheckSealFiles, kit.StartupDir, "%d files, all of them unchanged since they were sealed%s", len(k.Startup), elsewhere(k)))
	}
	return findings
}

// elsewhere says how many files cannot be compared here.
func elsewhere(k *kit.Kit) string {
	if !k.OnVolume() {
		return ""
	}
	return fmt.Sprintf("; %d more are on the volume", len(k.FileNames())-len(k.Startup))
}

// sealIdentity compares the identity in the seal with that in the kit: a valid seal of
// another kit must fail.
func (e *evaluation) sealIdentity() kit.Findings {
	s, k := e.seal.statement, e.kit
	if s == nil {
		return nil
	}
	compared := []struct{ what, sealed, found string }{
		{"participant", s.Participant, k.Participant},
		{"role", s.Role, string(k.Role)},
		{"org", s.Org, k.Org},
		{"federation", s.Federation, k.Federation},
		{"framework", s.Framework.Name, k.Framework},
		{"root", s.Root, rootOf(k)},
		{"key", s.Key, keyOf(k)},
	}
	if k.Version != "" {
		compared = append(compared, struct{ what, sealed, found string }{"version", s.Framework.Version, k.Version})
	}
	var findings kit.Findings
	for _, f := range compared {
		if f.sealed != f.found {
			findings = append(findings, kit.Fail(CheckSealIdentity, kit.SealFile, askForSeal,
				"sealed for the %s %.120q, but the kit has %.120q", f.what, f.sealed, f.found))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, kit.Pass(CheckSealIdentity, kit.SealFile, "sealed for %s of %s, as the kit says", kit.Quote(s.Participant), kit.Quote(s.Federation)))
	}
	return append(findings, e.family(s)...)
}

// rootOf and keyOf return what a seal identifies a kit by: its root or, if it has
// none, its key.
func rootOf(k *kit.Kit) string {
	if k.Root == nil {
		return ""
	}
	return pki.Fingerprint(k.Root)
}

func keyOf(k *kit.Kit) string {
	if k.Root != nil {
		return ""
	}
	return k.KeyFingerprint
}

// family only warns about a newer version: the sealer has decided to accept it.
func (e *evaluation) family(s *seal.Statement) kit.Findings {
	title := e.framework.Title()
	switch {
	case s.Framework.Family != e.kit.Family:
		return kit.Findings{kit.Warn(CheckSealIdentity, kit.SealFile, "update kubectl-flare if it is older than this version of "+title,
			"sealed as a kit of %s %s, but it looks like a kit of %s", title, kit.Quote(s.Framework.Family), e.kit.Family)}
	case e.framework.Versioned != nil && newer(s.Framework.Version, e.framework.Versioned.KnownVersion()):
		return kit.Findings{kit.Warn(CheckSealIdentity, kit.SealFile, "update kubectl-flare",
			"a kit of %s %s, which is newer than the versions that this version of kubectl-flare supports", title, kit.Quote(s.Framework.Version))}
	}
	return nil
}

// newer compares major and minor. A version that cannot be read is newer than any.
func newer(version, known string) bool {
	if version == "" {
		return false
	}
	major, minor, ok := majorMinor(version)
	knownMajor, knownMinor, _ := majorMinor(known)
	return !ok || major > knownMajor || (major == knownMajor && minor > knownMinor)
}

func majorMinor(version string) (major, minor int, ok bool) {
	parts := strings.SplitN(version, ".", 3)
	if len(parts) < 2 {
		return 0, 0, false
	}
	major, errMajor := strconv.Atoi(parts[0])
	minor, errMinor := strconv.Atoi(parts[1])
	return major, minor, errMajor == nil && errMinor == nil
}
