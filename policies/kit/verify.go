package kit

import (
	"fmt"
	"time"
)

// Status is the result of a check.
type Status string

// The results of a check. A kit with a failed check must not be used; a warning
// is for a person to judge.
const (
	StatusPass Status = "pass"
	StatusWarn Status = "warn"
	StatusFail Status = "fail"
)

// The IDs of findings, in the order of a report.
const (
	CheckRoot             = "root"
	CheckRootPinned       = "root-pinned"
	CheckDates            = "dates"
	CheckChain            = "chain"
	CheckKey              = "key"
	CheckKeyMode          = "key-mode"
	CheckParticipant      = "participant"
	CheckOrg              = "org"
	CheckRole             = "role"
	CheckServerNames      = "server-names"
	CheckConnection       = "connection"
	CheckStartupFiles     = "startup-files"
	CheckLocalFiles       = "local-files"
	CheckStartupSignature = "startup-signature"
	CheckLocalSignature   = "local-signature"
	CheckSeal             = "seal"
	CheckSealFiles        = "seal-files"
	CheckSealIdentity     = "seal-identity"
	CheckSealDates        = "seal-dates"
	CheckSerial           = "serial"
	CheckRevoked          = "revoked"
	CheckListed           = "listed"
)

// Finding is what one check has to say about one thing.
type Finding struct {
	// ID names the check; a check may have several findings.
	ID     string `json:"id"`
	Status Status `json:"status"`
	// Message says what was found.
	Message string `json:"message"`
	// File is the path inside the kit, where the finding is about a file.
	File string `json:"file,omitempty"`
	// Fix says what to do, unless the check passed.
	Fix string `json:"fix,omitempty"`
}

// Report is what Verify found, in the order of the checks. Every check has at
// least one finding, but for those of the seal: they come with a seal or with
// Trust, and what a seal says is judged only when its signature is good.
type Report struct {
	Findings []Finding `json:"findings"`
}

// Count says how many findings have that status.
func (r Report) Count(status Status) int {
	n := 0
	for _, f := range r.Findings {
		if f.Status == status {
			n++
		}
	}
	return n
}

// Passed reports whether no check failed.
func (r Report) Passed() bool { return r.Count(StatusFail) == 0 }

// VerifyOptions are what a kit cannot know about itself.
type VerifyOptions struct {
	// Now is the time at which the certificates must be good.
	Now time.Time
	// RootFingerprint is the root that the kit must belong to, as
	// ParseFingerprint reads it. Without it anybody could have made the kit, and
	// the report says so.
	RootFingerprint string
	// Trust is the site's policy for kits. With it a kit needs a seal, or what
	// else Trust allows, and its root must be one of Trust's.
	Trust *Trust

	// seal is the kit's, opened once for all checks.
	seal openedSeal
}

// check looks at one side of a kit. It is pure.
type check func(*Kit, VerifyOptions) []Finding

// Verify looks whether the kit is genuine, complete and good today. It takes
// nothing from the kit on trust but what the pinned root vouches for. The kit
// must come from Read or Parse.
func (k *Kit) Verify(options VerifyOptions) Report {
	checks := []check{
		checkRoot, checkPin, checkDates, checkChain, checkKey, checkKeyMode,
		checkName, checkOrg, checkRole, checkServerNames, checkConnection,
		checkStartupFiles, checkLocalFiles, checkStartupSignature, checkLocalSignature,
		checkSeal, checkSealFiles, checkSealIdentity, checkSealDates, checkSerial, checkRevoked, checkListed,
	}
	if k.Seal != nil || options.Trust != nil {
		options.seal = openSeal(k, options)
	}
	return k.run(checks, options)
}

func (k *Kit) run(checks []check, options VerifyOptions) Report {
	var r Report
	for _, c := range checks {
		r.Findings = append(r.Findings, c(k, options)...)
	}
	return r
}

func pass(id, file, format string, args ...any) Finding {
	return Finding{ID: id, Status: StatusPass, File: file, Message: fmt.Sprintf(format, args...)}
}

func warn(id, file, fix, format string, args ...any) Finding {
	return Finding{ID: id, Status: StatusWarn, File: file, Fix: fix, Message: fmt.Sprintf(format, args...)}
}

func fail(id, file, fix, format string, args ...any) Finding {
	return Finding{ID: id, Status: StatusFail, File: file, Fix: fix, Message: fmt.Sprintf(format, args...)}
}
