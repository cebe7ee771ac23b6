package kit

import (
	"crypto/x509"

	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// checkRevoked looks for certificates and keys first: the same key can be in a
// kit of another digest.
func checkRevoked(k *Kit, options VerifyOptions) []Finding {
	if options.Trust == nil {
		return nil
	}
	certificates := append([]*x509.Certificate{k.Certificate}, k.Intermediates...)
	if c := options.seal.certificate; c != nil {
		certificates = append(certificates, c)
	}
	if f := revokedCertificate(certificates, options.Trust.Revoked); f != nil {
		return f
	}
	if f := revokedKey(append(certificates, k.Root), options); f != nil {
		return f
	}
	found, err := has(options.Trust.Revoked.Kits, k.Digest())
	if f := revokedFinding(found, err, "kits", "the kit", k.Digest()); f != nil {
		return f
	}
	return []Finding{pass(CheckRevoked, startupDir, "neither the kit nor its certificates nor its keys are revoked")}
}

func revokedCertificate(certificates []*x509.Certificate, revoked Revoked) []Finding {
	for _, c := range certificates {
		serial := pki.Serial(c)
		found, err := hasSerial(revoked.CertificateSerials, serial)
		if f := revokedFinding(found, err, "certificateSerials", "the certificate of "+shown(c.Subject.CommonName), serial); f != nil {
			return f
		}
	}
	return nil
}

// revokedKey also looks at a site's sealing key, which has no certificate.
func revokedKey(certificates []*x509.Certificate, options VerifyOptions) []Finding {
	prints := make(map[string]string, len(certificates)+1)
	for _, c := range certificates {
		prints[pki.KeyFingerprint(c.PublicKey)] = "the key of " + shown(c.Subject.CommonName)
	}
	if key := options.seal.key; key != nil {
		prints[pki.KeyFingerprint(key)] = "the key of " + options.seal.by
	}
	for _, entry := range options.Trust.Revoked.Keys {
		fingerprint, err := pki.ParseFingerprint(entry)
		what, found := prints[fingerprint]
		if f := revokedFinding(found && err == nil, err, "keys", what, fingerprint); f != nil {
			return f
		}
	}
	return nil
}

func revokedFinding(found bool, err error, field, what, id string) []Finding {
	switch {
	case err != nil:
		return []Finding{fail(CheckRevoked, startupDir, "correct the policy", "the policy's kits.revoked.%s cannot be read: %v", field, err)}
	case found:
		return []Finding{fail(CheckRevoked, startupDir, askForKit, "%s is revoked: %s stands in the policy's kits.revoked.%s", what, id, field)}
	}
	return nil
}
