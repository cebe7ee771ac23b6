// Package acceptance decides whether a kit is genuine: there is no other judge. The
// webhook, the commands and the tests ask Accept, with the rules of a SitePolicy or
// with those of a person who knows a root's fingerprint.
//
// It takes nothing from a kit on trust but what a pinned root or a key of the site
// vouches for. What is a framework's own (the exact set of files, names in
// certificates, a signature of its own) the framework checks; see package frameworks.
package acceptance

import (
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// The IDs of findings. Those of a framework stand between CheckKeyMode and CheckSeal
// in a report.
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

// judgement is what one Accept works on.
type judgement struct {
	*Rules
	kit       *kit.Kit
	framework frameworks.Registered
	// seal is the kit's, opened once for all checks.
	seal openedSeal
}

// Accept judges a kit that a framework of the rules' registry has read, at one moment.
// The findings are in the order of the checks; each check has at least one, but for
// those of the seal and of the policy: they come with a seal or with a SitePolicy.
//
// The Verified is unusable where a finding of the scope Always has failed: what only
// matters at creation its terms tell later, at another moment.
func Accept(k *kit.Kit, rules *Rules, now time.Time) (Verified, kit.Findings) {
	return judge(k, rules, func(t Terms) kit.Findings { return t.At(now) })
}

// AcceptAnytime is Accept without a moment: its findings are those of the scope Always.
// The terms of the Verified tell the rest at any time.
func AcceptAnytime(k *kit.Kit, rules *Rules) (Verified, kit.Findings) {
	return judge(k, rules, func(Terms) kit.Findings { return nil })
}

func judge(k *kit.Kit, rules *Rules, atCreate func(Terms) kit.Findings) (Verified, kit.Findings) {
	j := &judgement{Rules: rules, kit: k}
	var known bool
	if j.framework, known = rules.registry.Find(k.Framework); !known {
		return Verified{}, kit.Findings{kit.Fail(CheckFramework, "", "update kubectl-flare", "%s is none of the frameworks that are known here", kit.Quote(k.Framework))}
	}
	j.openSeal()
	terms := j.terms()
	findings := j.findings(atCreate(terms))
	if !findings.In(kit.Always).Passed() {
		return Verified{}, findings
	}
	return Verified{kit: k, seal: j.sealed(), terms: terms}, findings
}

// findings runs the checks in the order of a report; those at creation come to their
// places.
func (j *judgement) findings(atCreate kit.Findings) kit.Findings {
	var all kit.Findings
	at := func(id string) {
		for _, f := range atCreate {
			if f.ID == id {
				all = append(all, f)
			}
		}
	}
	all = append(all, j.root()...)
	all = append(all, j.pin()...)
	at(CheckDates)
	all = append(all, j.chain()...)
	all = append(all, j.key()...)
	all = append(all, j.keyMode()...)
	if j.framework.Checker != nil {
		all = append(all, j.framework.Checker.Check(j.kit, j.vouched)...)
	}
	all = append(all, j.sealFinding()...)
	all = append(all, j.sealFiles()...)
	all = append(all, j.sealIdentity()...)
	at(CheckSealDates)
	at(CheckSerial)
	at(CheckRevoked)
	all = append(all, j.listed()...)
	return append(all, j.claim()...)
}

// askForKit is the fix for a kit that only its maker can mend.
const askForKit = "ask the project lead for a new kit"

// askForSeal is the fix for a kit that nobody has sealed who may.
const askForSeal = "have the project lead seal it, or accept it with `kubectl flare kit seal` and a key that the policy names in kits.sealers"

// sealAgain is the fix for a seal that nobody could have made so.
const sealAgain = "have the kit sealed again with `kubectl flare kit seal`"
