package kitfact

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// OfConfigMap evaluates the local/ in a ConfigMap. The fact can be kept: everything that
// depends on the time is in its terms.
func OfConfigMap(m *corev1.ConfigMap, rules *acceptance.Rules) facts.LocalFact {
	fact := evaluatedLocal(m, rules)
	fact.UID, fact.Immutable = m.UID, m.Immutable != nil && *m.Immutable
	return fact
}

// LocalUnder is OfConfigMap with the rules of a policy that has its defaults. A policy that
// cannot be compiled accepts no local/.
func LocalUnder(registry *frameworks.Registry, spec *v1alpha1.SitePolicySpec, m *corev1.ConfigMap) facts.LocalFact {
	rules, errs := acceptance.Compile(registry, spec)
	if err := errs.ToAggregate(); err != nil {
		return facts.LocalFact{Error: "the policy is invalid: " + err.Error(), UID: m.UID}
	}
	return OfConfigMap(m, rules)
}

func evaluatedLocal(m *corev1.ConfigMap, rules *acceptance.Rules) facts.LocalFact {
	files, sealed, err := kit.FromConfigMapData(m.Data, m.BinaryData)
	if err != nil {
		return facts.LocalFact{Error: err.Error()}
	}
	if digest := files.Digest(); !strings.HasSuffix(m.Name, "-"+digest[:names.DigestDigits]) {
		return facts.LocalFact{Error: "its content does not match its name: the digest is " + digest}
	}
	owner := func(participant string) bool { return checks.IsLocalName(m.Name, participant) }
	verified, findings := acceptance.AcceptLocalAnytime(acceptance.Local{Files: files, Seal: sealed, Owner: owner}, rules)
	failed := findings.With(kit.StatusFail)
	if err := failed.Err(); err != nil {
		return facts.LocalFact{Error: err.Error(), Failures: failed}
	}
	fact := facts.LocalFact{Identity: verified.Identity(), Listed: verified.Listed(), Terms: verified.Terms(), Readings: verified.Readings()}
	for _, f := range files {
		fact.Files = append(fact.Files, f.Name)
	}
	if s := verified.Seal(); s != nil {
		fact.SealedBy, fact.SealerKey, fact.Serial = sealKind(s), s.KeyFingerprint, s.Serial
	}
	return fact
}
