// Package acceptance decides whether a kit is genuine. No other code does: the
// webhook, the commands and the tests call Accept, with the rules of a SitePolicy or
// with the fingerprint of a root that the user knows.
//
// It trusts only what a pinned root or a key of the site vouches for. A framework
// verifies what is specific to it, such as the exact set of files, names in
// certificates or its own signature; see package frameworks.
package acceptance

import (
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// The IDs of findings. In a report, the findings of a framework are between
// CheckKeyMode and CheckSeal.
const (
	CheckFramework    = "framework"
	CheckRoot         = "root"
	CheckRootPinned   = "root-pinned"
	CheckDates        = "dates"
	CheckChain        = "chain"
	CheckKey          = "key"
	CheckKeyMode      = "key-mode"
	CheckSeal         = "seal"
	CheckSealFiles    = "seal-files"
	CheckSealIdentity = "seal-identity"
	CheckSealDates    = "seal-dates"
	CheckSerial       = "serial"
	CheckRevoked      = "revoked"
	CheckListed       = "listed"
	CheckClaim        = "claim"
)

// evaluation is the state of one call of Accept.
type evaluation struct {
	*Rules
	kit       *kit.Kit
	framework frameworks.Registered
	// seal is the kit's seal, opened once for all checks.
	seal openedSeal
}

// Accept evaluates a kit that a framework of the rules' registry has read, at one
// moment. The findings are in the order of the checks. Each check has at least one
// finding, except that those of the seal need a seal and those of the policy a
// SitePolicy. Those of local/ need local/, which a Secret does not have.
//
// The Verified is unusable if a finding of the scope Always has failed. Findings that
// matter only when a pod is created do not make it unusable, since its terms can be
// evaluated again at any later moment.
func Accept(k *kit.Kit, rules *Rules, now time.Time) (Verified, kit.Findings) {
	return evaluate(k, rules, func(t Terms) kit.Findings { return t.At(now) })
}

// AcceptAnytime is Accept without a moment: it returns the findings of the scope
// Always. The terms of the Verified give the other findings at any moment.
func AcceptAnytime(k *kit.Kit, rules *Rules) (Verified, kit.Findings) {
	return evaluate(k, rules, func(Terms) kit.Findings { return nil })
}

func evaluate(k *kit.Kit, rules *Rules, atCreate func(Terms) kit.Findings) (Verified, kit.Findings) {
	e := &evaluation{Rules: rules, kit: k}
	var known bool
	if e.framework, known = rules.registry.Find(k.Framework); !known {
		return Verified{}, kit.Findings{kit.Fail(CheckFramework, "", "update kubectl-flare", "this version of kubectl-flare does not support the framework %s", kit.Quote(k.Framework))}
	}
	e.seal = e.openSeal()
	terms := e.terms()
	findings := append(e.findings(atCreate(terms)), e.local(atCreate)...)
	if !findings.In(kit.Always).Passed() {
		return Verified{}, findings
	}
	return Verified{kit: k, seal: e.seal.sealed(), terms: terms}, findings
}

// findings runs the checks in the order of a report, and inserts those at creation at
// their places.
func (e *evaluation) findings(atCreate kit.Findings) kit.Findings {
	var all kit.Findings
	at := func(id string) {
		for _, f := range atCreate {
			if f.ID == id {
				all = append(all, f)
			}
		}
	}
	all = append(all, e.root()...)
	all = append(all, e.pin()...)
	at(CheckDates)
	all = append(all, e.chain()...)
	all = append(all, e.key()...)
	all = append(all, e.keyMode()...)
	if e.framework.Checker != nil {
		all = append(all, e.framework.Checker.Check(e.kit, e.vouched)...)
	}
	all = append(all, e.sealFinding()...)
	all = append(all, e.sealFiles()...)
	all = append(all, e.sealIdentity()...)
	at(CheckSealDates)
	at(CheckSerial)
	at(CheckRevoked)
	at(kit.CheckPrivacy)
	all = append(all, e.listed()...)
	return append(all, e.claim()...)
}

// local evaluates local/, if it is there: from a Secret, only startup/ is read.
func (e *evaluation) local(atCreate func(Terms) kit.Findings) kit.Findings {
	k := e.kit
	if k.Local == nil {
		return nil
	}
	verified, findings := evaluateLocal(LocalOf(k), e.Rules)
	return append(findings, verified.atCreate(findings, atCreate)...)
}

// askForKit is the fix for a kit that only the project lead can fix.
const askForKit = "ask the project lead for a new kit"

// askForSeal is the fix for a kit without a seal by a trusted sealer.
const askForSeal = "ask the project lead to seal it, or accept it with `kubectl flare kit seal` and a key that the policy lists in kits.sealers"

// sealAgain is the fix for a seal that is invalid in itself.
const sealAgain = "seal the kit again with `kubectl flare kit seal`, or ask its sealer to"
