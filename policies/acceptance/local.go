package acceptance

import (
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// The IDs of findings about local/, in the order of a report. The findings of a framework
// about the content, see kit.CheckLocalContent, are after CheckLocalSealIdentity.
const (
	CheckLocalSeal         = "local-seal"
	CheckLocalSealFiles    = "local-seal-files"
	CheckLocalSealIdentity = "local-seal-identity"
	CheckLocalSealDates    = "local-seal-dates"
	CheckLocalSerial       = "local-serial"
	CheckLocalRevoked      = "local-revoked"
)

// Local is local/ as it was found. It decides which code a participant runs, so it needs
// an authority as startup/ does: a seal by someone who may seal kits, or an entry with its
// digest in spec.kits.local of the SitePolicy.
type Local struct {
	Files kit.Files
	// Seal is nil if there is none.
	Seal *kit.Seal
	// Owner says whether it is the local/ of the participant with this name.
	Owner func(participant string) bool
	// Kit is the kit to which it belongs, nil if it is not known. Then the caller
	// compares the Identity.
	Kit *kit.Kit
}

// LocalOf is the local/ of a kit.
func LocalOf(k *kit.Kit) Local {
	return Local{Files: k.Local, Seal: k.LocalSeal, Kit: k, Owner: func(participant string) bool { return participant == k.Participant }}
}

// VerifiedLocal is a local/ that AcceptLocal has accepted. The zero value is not.
type VerifiedLocal struct {
	identity Identity
	sealed   *Sealed
	listed   bool
	terms    Terms
	readings []Reading
}

// Identity says whose local/ it is. If the policy lists it, only Participant is set.
func (v VerifiedLocal) Identity() Identity { return v.identity }

// Seal is the seal of local/. It is nil if there is none, if the policy lists local/, or
// if the rules cannot verify it.
func (v VerifiedLocal) Seal() *Sealed { return v.sealed }

// Listed says that the policy lists the digest.
func (v VerifiedLocal) Listed() bool { return v.listed }

// Readings are what was read of the settings.
func (v VerifiedLocal) Readings() []Reading { return v.readings }

// Terms are the terms on which a pod may start with it; those of the zero value are never
// met.
func (v VerifiedLocal) Terms() Terms { return v.terms }

// AcceptLocal evaluates local/ at one moment, as Accept does a kit. The VerifiedLocal is
// the zero value if a finding of the scope Always has failed.
func AcceptLocal(l Local, rules *Rules, now time.Time) (VerifiedLocal, kit.Findings) {
	verified, findings := evaluateLocal(l, rules)
	return verified, append(findings, verified.atCreate(findings, func(t Terms) kit.Findings { return t.At(now) })...)
}

// AcceptLocalAnytime is AcceptLocal without a moment: it returns the findings of the scope
// Always. The terms of the VerifiedLocal give the other findings at any moment.
func AcceptLocalAnytime(l Local, rules *Rules) (VerifiedLocal, kit.Findings) {
	return evaluateLocal(l, rules)
}

// OpenLocal evaluates the seal of local/ at one moment, and not the content. Its result is
// nil if a finding has failed, or if the rules cannot verify the seal.
func OpenLocal(l Local, rules *Rules, now time.Time) (*Sealed, kit.Findings) {
	e := &localEvaluation{Rules: rules, Local: l}
	findings := e.authority()
	if findings.Passed() {
		findings = append(findings, e.terms().At(now)...)
	}
	if !findings.Passed() {
		return nil, findings
	}
	return e.opened.sealed(), findings
}

// atCreate has no findings about a local/ that was not accepted: its terms are unknown.
func (v VerifiedLocal) atCreate(findings kit.Findings, at func(Terms) kit.Findings) kit.Findings {
	if !findings.Passed() || len(v.terms.Windows)+len(v.terms.Fixed) == 0 {
		return nil
	}
	return at(v.terms)
}

func evaluateLocal(l Local, rules *Rules) (VerifiedLocal, kit.Findings) {
	e := &localEvaluation{Rules: rules, Local: l}
	findings := e.authority()
	// Someone who has the kit and no policy is shown everything at once. Under a policy,
	// only a local/ for which someone vouches says of which framework it is.
	if findings.Passed() || (e.site == nil && e.Kit != nil) {
		findings = append(findings, e.content()...)
	}
	if !findings.Passed() {
		return VerifiedLocal{}, findings
	}
	verified := VerifiedLocal{listed: e.listed != "", terms: e.terms(), identity: Identity{Participant: e.listed}, sealed: e.opened.sealed()}
	readings, own := e.readings()
	verified.terms.Fixed, verified.readings = append(verified.terms.Fixed, own...), readings
	if s := e.opened.statement; s != nil {
		verified.identity = identityOf(s)
	}
	return verified, findings
}
