package kit

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// frameworkName is the FL system whose kits are read here.
const frameworkName = "nvflare"

// checkSeal says who sealed the kit. Without a policy that asks for a seal it
// has nothing to say of a kit that has none.
func checkSeal(k *Kit, options VerifyOptions) []Finding {
	if k.Seal == nil && options.Trust == nil {
		return nil
	}
	return []Finding{options.seal.finding}
}

// checkSealFiles compares startup/ with the sealed digests both ways.
func checkSealFiles(k *Kit, options VerifyOptions) []Finding {
	s := options.seal.statement
	if s == nil {
		return nil
	}
	var findings []Finding
	for _, f := range k.Startup {
		sum := sha256.Sum256(f.Data)
		sealed, ok := s.Files[f.Name]
		switch {
		case !ok:
			findings = append(findings, fail(CheckSealFiles, path.Join(startupDir, f.Name), askForKit, "an extra file: the seal does not name it"))
		case sealed != hex.EncodeToString(sum[:]):
			findings = append(findings, fail(CheckSealFiles, path.Join(startupDir, f.Name), askForKit, "changed: it is not as it was sealed"))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Files)) {
		if _, ok := k.Startup.Get(name); !ok && k.sealed == nil {
			findings = append(findings, fail(CheckSealFiles, SealFile, askForKit, "the sealed file %s is missing from %s/", shown(name), startupDir))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, pass(CheckSealFiles, startupDir, "%d files, all of them as they were sealed%s", len(k.Startup), k.elsewhere()))
	}
	return findings
}

// elsewhere says what cannot be compared here.
func (k *Kit) elsewhere() string {
	if k.sealed == nil {
		return ""
	}
	return fmt.Sprintf("; %d more lie on the volume", len(k.FileNames())-len(k.Startup))
}

// checkSealIdentity compares what the seal says of the participant with what
// certificates and configuration say: a good seal of another kit must not pass.
func checkSealIdentity(k *Kit, options VerifyOptions) []Finding {
	s := options.seal.statement
	if s == nil {
		return nil
	}
	var findings []Finding
	for _, f := range []struct{ what, sealed, found string }{
		{"participant", s.Participant, k.Participant},
		{"role", s.Role, string(k.Role)},
		{"org", s.Org, k.Org},
		{"federation", s.Federation, k.Federation},
		{"root", "sha256:" + s.Root, "sha256:" + pki.Fingerprint(k.Root)},
		{"framework", s.Framework.Name, frameworkName},
	} {
		if f.sealed != f.found {
			findings = append(findings, fail(CheckSealIdentity, SealFile, askForSeal,
				"sealed for the %s %.120q, but the kit has %.120q", f.what, f.sealed, f.found))
		}
	}
	if len(findings) == 0 {
		findings = append(findings, pass(CheckSealIdentity, SealFile, "sealed for %s of %s, as certificate and configuration say", shown(s.Participant), shown(s.Federation)))
	}
	return append(findings, familyFindings(k, s)...)
}

// familyFindings only warn: a newer NVFLARE is for a person to judge once
// somebody has sealed its kit.
func familyFindings(k *Kit, s *seal.Statement) []Finding {
	switch {
	case s.Framework.Family != string(k.Family):
		return []Finding{warn(CheckSealIdentity, SealFile, "update kubectl-flare if NVFLARE is newer than it",
			"sealed as a kit of NVFLARE %s, but it looks like one of %s", shown(s.Framework.Family), k.Family)}
	case newerThanKnown(s.Framework.Version):
		return []Finding{warn(CheckSealIdentity, SealFile, "update kubectl-flare",
			"a kit of NVFLARE %s, which is newer than what this program knows", shown(s.Framework.Version))}
	}
	return nil
}

// newerThanKnown compares major and minor with the last version whose kits were
// looked at.
func newerThanKnown(version string) bool {
	const major, minor = 2, 9
	parts := strings.SplitN(version, ".", 3)
	if version == "" || len(parts) < 2 {
		return version != ""
	}
	a, errA := strconv.Atoi(parts[0])
	b, errB := strconv.Atoi(parts[1])
	return errA != nil || errB != nil || a > major || (a == major && b > minor)
}

// checkSealDates looks when the seal is good.
func checkSealDates(_ *Kit, options VerifyOptions) []Finding {
	s, now := options.seal.statement, options.Now
	if s == nil {
		return nil
	}
	from, until, left := stamp(s.NotBefore), stamp(s.NotAfter), s.NotAfter.Sub(now)
	switch {
	case now.Before(s.NotBefore):
		return []Finding{fail(CheckSealDates, SealFile, "check the clock, or wait", "the seal is good from %s on, not yet", from)}
	case left < 0:
		return []Finding{fail(CheckSealDates, SealFile, sealAgain, "the seal expired on %s, %s ago", until, days(-left))}
	case left < ExpiryWarning:
		return []Finding{warn(CheckSealDates, SealFile, sealAgain+" in good time", "the seal expires on %s, in %s", until, days(left))}
	}
	return []Finding{pass(CheckSealDates, SealFile, "the seal is good until %s, %s more", until, days(left))}
}
