package kitfact

import (
	"bytes"
	"crypto/x509"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Roots are root certificates by their fingerprints. A policy has the fingerprints alone,
// so a certificate is known once it was seen.
type Roots map[string]*x509.Certificate

// KeyMaterial looks for key material of the pinned roots in a Secret that is no kit: by the
// signatures on its certificates, since its author chooses all names. known has roots that
// were seen before. seen are the pinned roots that the Secret has.
func KeyMaterial(secret *corev1.Secret, pinned []v1alpha1.TrustRoot, known Roots) (fact facts.SecretFact, seen Roots) {
	found := map[string]pki.Found{}
	var scanner pki.Scanner
	var all []*x509.Certificate
	for _, name := range slices.Sorted(maps.Keys(secret.Data)) {
		f := scanner.Scan(secret.Data[name])
		found[name] = f
		all = append(all, f.Certificates...)
		fact.Key = fact.Key || f.Key
		fact.TooMany = fact.TooMany || f.TooMany
	}
	seen = among(all, pinned)
	for _, root := range pinned {
		certificate := seen[root.SHA256]
		if certificate == nil {
			certificate = known[root.SHA256]
		}
		if certificate != nil {
			compare(&fact, found, all, root.Name, certificate)
		}
	}
	return fact, seen
}

// RootsIn are the pinned roots that a Secret has.
func RootsIn(secret *corev1.Secret, pinned []v1alpha1.TrustRoot) Roots {
	roots := Roots{}
	var scanner pki.Scanner
	for _, data := range secret.Data {
		if bytes.Contains(data, []byte("CERTIFICATE")) {
			maps.Copy(roots, among(scanner.Scan(data).Certificates, pinned))
		}
	}
	return roots
}

// among are the pinned roots among certificates.
func among(all []*x509.Certificate, pinned []v1alpha1.TrustRoot) Roots {
	roots := Roots{}
	for _, c := range all {
		fingerprint := pki.Fingerprint(c)
		if slices.ContainsFunc(pinned, func(r v1alpha1.TrustRoot) bool { return r.SHA256 == fingerprint }) {
			roots[fingerprint] = c
		}
	}
	return roots
}

func compare(fact *facts.SecretFact, found map[string]pki.Found, all []*x509.Certificate, name string, root *x509.Certificate) {
	intermediates := pki.Intermediates(all, root)
	for _, key := range slices.Sorted(maps.Keys(found)) {
		f := found[key]
		for _, c := range f.Certificates {
			if fact.Issued == "" && pki.IssuedBy(c, root, intermediates) {
				fact.Issued = key + ", issued by root " + name
			}
		}
		for _, k := range f.Keys {
			if pki.Equal(k.Public(), root.PublicKey) {
				fact.RootKey = name
			}
		}
	}
}
