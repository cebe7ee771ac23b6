// Package kitfact makes facts of Secrets and ConfigMaps: it verifies the kit in
// a Secret and compares a local/ with its name. Whoever asks for a verdict,
// the webhook or the command line, makes its facts here.
package kitfact

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/trust"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// OfSecret verifies the kit in a Secret. What holds for every day is verified
// here; the dates themselves go into the fact, so that it stays true as time
// passes. now is only used for a kit whose dates do not fit together.
func OfSecret(secret *corev1.Secret, policy *v1alpha1.SitePolicySpec, now time.Time) facts.KitFact {
	fact, err := verified(secret, policy, now)
	if err != nil {
		fact = facts.KitFact{Error: err.Error()}
	}
	fact.UID, fact.Type = secret.UID, secret.Type
	fact.Immutable = secret.Immutable != nil && *secret.Immutable
	return fact
}

func verified(secret *corev1.Secret, policy *v1alpha1.SitePolicySpec, now time.Time) (facts.KitFact, error) {
	k, err := kit.FromSecretData(secret.Data)
	if err != nil {
		return facts.KitFact{}, err
	}
	from, until := span(k)
	// A moment at which everything can be good: whether now is one is for the
	// checks to say, and only where it matters.
	moment := now
	if moment.Before(from) {
		moment = from
	} else if moment.After(until) {
		moment = until
	}
	believed := believe(policy, k)
	if err := failures(k.Verify(kit.VerifyOptions{Now: moment, Trust: &believed})); err != nil {
		return facts.KitFact{}, err
	}
	sealed, err := k.VerifySeal(believed, moment)
	if err != nil {
		return facts.KitFact{}, err
	}
	fact := facts.OfKit(k)
	fact.NotBefore, fact.NotAfter = from, until
	fact.SealedBy = facts.SealNative
	if sealed != nil {
		fact.SealedBy, fact.SealerKey, fact.Serial = facts.SealProject, sealed.KeyFingerprint, sealed.Serial
		if sealed.SealedBy == seal.BySite {
			fact.SealedBy = facts.SealSite
		}
	}
	return fact, nil
}

// believe leaves out what the checks look at, each where it matters: who may run
// here, which serial is the lowest, and whether the participant was revoked.
// Revoked roots, intermediates and sealers stay: they make a kit no kit.
func believe(policy *v1alpha1.SitePolicySpec, k *kit.Kit) kit.Trust {
	believed := trust.Of(policy)
	believed.Participants, believed.MinimumSerial = nil, nil
	own := facts.OfKit(k)
	is := func(value string) func(string) bool { return func(s string) bool { return s == value } }
	r := &believed.Revoked
	r.CertificateSerials = slices.DeleteFunc(r.CertificateSerials, is(own.CertificateSerial))
	r.Keys, r.Kits = slices.DeleteFunc(r.Keys, is(own.KeyFingerprint)), slices.DeleteFunc(r.Kits, is(own.Digest))
	return believed
}

func failures(report kit.Report) error {
	if report.Passed() {
		return nil
	}
	var all []error
	for _, f := range report.Findings {
		if f.Status == kit.StatusFail {
			all = append(all, fmt.Errorf("%s: %s", f.ID, strings.TrimPrefix(f.File+": "+f.Message, ": ")))
		}
	}
	return errors.Join(all...)
}

// span is the time in which all certificates of the kit and its seal are good.
// What the seal says is taken as it is: if it is not genuine, the kit fails.
func span(k *kit.Kit) (from, until time.Time) {
	from, until = k.Certificate.NotBefore, k.Certificate.NotAfter
	narrow := func(notBefore, notAfter time.Time) {
		if notBefore.After(from) {
			from = notBefore
		}
		if notAfter.Before(until) {
			until = notAfter
		}
	}
	narrow(k.Root.NotBefore, k.Root.NotAfter)
	for _, c := range k.Intermediates {
		narrow(c.NotBefore, c.NotAfter)
	}
	if k.Seal == nil {
		return from, until
	}
	if statement, err := k.Seal.Unverified(); err == nil {
		narrow(statement.NotBefore, statement.NotAfter)
	}
	if c, err := pki.ParseCertificate(k.Seal.Certificate); err == nil {
		narrow(c.NotBefore, c.NotAfter)
	}
	return from, until
}

// OfConfigMap compares a local/ with the digest in its name.
func OfConfigMap(m *corev1.ConfigMap) facts.LocalFact {
	fact := facts.LocalFact{UID: m.UID, Immutable: m.Immutable != nil && *m.Immutable}
	const digits = 32
	if digest := checks.LocalDigest(m); !strings.HasSuffix(m.Name, "-"+digest[:digits]) {
		fact.Error = "its content is not what its name says: the digest is " + digest
	}
	return fact
}
