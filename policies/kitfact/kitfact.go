// Package kitfact makes facts of Secrets and ConfigMaps: package acceptance evaluates
// the kit in a Secret and the local/ in a ConfigMap. Both the webhook and the command line
// make their facts here.
package kitfact

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// OfSecret evaluates the kit in a Secret. The fact can be kept: everything that depends
// on the time is in its terms.
func OfSecret(secret *corev1.Secret, rules *acceptance.Rules) *facts.KitFact {
	fact := evaluated(secret, rules)
	fact.UID, fact.Type = secret.UID, secret.Type
	fact.Immutable = secret.Immutable != nil && *secret.Immutable
	return fact
}

// Under is OfSecret with the rules of a policy that has its defaults. A policy that
// cannot be compiled accepts no kit.
func Under(registry *frameworks.Registry, spec *v1alpha1.SitePolicySpec, secret *corev1.Secret) *facts.KitFact {
	rules, errs := acceptance.Compile(registry, spec)
	if err := errs.ToAggregate(); err != nil {
		return &facts.KitFact{Error: "the policy is invalid: " + err.Error(), UID: secret.UID, Type: secret.Type}
	}
	return OfSecret(secret, rules)
}

func evaluated(secret *corev1.Secret, rules *acceptance.Rules) *facts.KitFact {
	k, err := rules.Registry().FromSecret(secret.Data)
	if err != nil {
		return &facts.KitFact{Error: err.Error()}
	}
	verified, findings := acceptance.AcceptAnytime(k, rules)
	failed := findings.With(kit.StatusFail)
	if err := failed.Err(); err != nil {
		return &facts.KitFact{Error: err.Error(), Failures: failed}
	}
	return OfVerified(verified)
}

// OfVerified is the fact of a verified kit, without the fields of its Secret.
func OfVerified(verified acceptance.Verified) *facts.KitFact {
	k, err := verified.Kit()
	if err != nil {
		return &facts.KitFact{Error: err.Error()}
	}
	fact := &facts.KitFact{
		Framework: k.Framework, Version: k.Version,
		Participant: k.Participant, Role: k.Role, Org: k.Org, Federation: k.Federation, Server: k.Server,
		Digest: k.Digest(), KeyFingerprint: k.KeyFingerprint,
		Files: k.FileNames(), Volume: k.Volume,
		SealedBy: facts.SealNative, Terms: verified.Terms(),
	}
	if k.Root != nil {
		fact.RootFingerprint = pki.Fingerprint(k.Root)
	}
	if s := verified.Seal(); s != nil {
		fact.SealedBy, fact.SealerKey, fact.Serial = sealKind(s), s.KeyFingerprint, s.Serial
		if fact.Version == "" {
			fact.Version = s.Framework.Version
		}
	}
	return fact
}

func sealKind(s *acceptance.Sealed) facts.SealKind {
	if s.SealedBy == seal.BySite {
		return facts.SealSite
	}
	return facts.SealProject
}
