package checks_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func TestKeyMaterial(t *testing.T) {
	with := func(all map[string]facts.SecretFact, change ...func(*world)) func(*world) {
		return func(w *world) {
			for name, fact := range all {
				w.addVolume(name, secret(name))
				w.facts.Secrets[name] = fact
			}
			for _, f := range change {
				f(w)
			}
		}
	}
	certificate, key := facts.SecretFact{Issued: "a, issued by root r"}, facts.SecretFact{Key: true}
	both := facts.SecretFact{Issued: "a, issued by root r", Key: true}
	runCases(t, map[string]testCase{
		"an ordinary Secret": {"other", with(map[string]facts.SecretFact{"x": {}}), nil},
		"a certificate":      {"other", with(map[string]facts.SecretFact{"x": certificate}), nil},
		"a key":              {"other", with(map[string]facts.SecretFact{"x": key}), nil},
		"both":               {"other", with(map[string]facts.SecretFact{"x": both}), []string{"key-material: Secret \"x\" has a certificate (a, issued by root r)"}},
		"in two":             {"other", with(map[string]facts.SecretFact{"x": key, "y": certificate}), []string{"key-material: Secret \"y\""}},
		"the root's key":     {"other", with(map[string]facts.SecretFact{"x": {RootKey: "r"}}), []string{"key-material: the private key of a root certificate"}},
		"too many":           {"other", with(map[string]facts.SecretFact{"x": {TooMany: true}}), []string{"key-material: too many"}},
		"a failed look-up":   {"other", with(map[string]facts.SecretFact{"x": {Error: "timeout"}}), []string{"key-material: timeout"}},
		"no look-up":         {"other", func(w *world) { w.addVolume("x", secret("x")); w.facts.Secrets = nil }, []string{"key-material: cannot be looked up"}},
		"does not exist":     {"other", with(map[string]facts.SecretFact{"x": {Error: "none", Absent: true}}), nil},
		"only to pull images": {"other", func(w *world) {
			w.facts.Secrets["x"] = both
			w.Spec.ImagePullSecrets = []corev1.LocalObjectReference{{Name: "x"}}
		}, nil},
		"where all are denied":   {"other", with(map[string]facts.SecretFact{"x": both}, func(w *world) { w.policy.Spec.OtherPods = v1alpha1.OtherPodsDeny }), []string{"other-pods: not a participant's pod"}},
		"without a pinned root":  {"other", with(map[string]facts.SecretFact{"x": both}, func(w *world) { w.policy.Spec.Kits.TrustRoots = nil }), nil},
		"a participant's own is": {"client", func(*world) {}, nil},
	})
}
