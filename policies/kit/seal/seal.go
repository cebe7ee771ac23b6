// Package seal defines the format of a startup kit's seal: an in-toto Statement about
// the files of startup/ or of local/ in a DSSE envelope, the keys that sign it, and the
// certificate that allows a project's key to sign it. Package kit makes the Statement of
// a kit.
//
// Sources: in-toto Statement v1
// (https://github.com/in-toto/attestation/tree/main/spec/v1), DSSE 1.0.2
// (https://github.com/secure-systems-lab/dsse), RFC 5280.
package seal

import "time"

// PredicateType names the format of the predicate. A change that older readers would
// misread needs another one.
const PredicateType = "https://kubectl-flare.dev/startup-kit/v1alpha1"

// PayloadType is what DSSE signs together with an in-toto Statement.
const PayloadType = "application/vnd.in-toto+json"

// MaxEnvelope is the greatest size of an envelope, in bytes.
const MaxEnvelope = 256 << 10

// MaxSerial is the largest serial that every JSON parser reads exactly.
const MaxSerial = 1<<53 - 1

// SealedBy says who vouches for a kit.
type SealedBy string

// The parties that may seal.
const (
	// ByProject is the project lead, with a certificate from the federation's
	// root.
	ByProject SealedBy = "project"
	// BySite is the site that accepted the kit, with a key of its own.
	BySite SealedBy = "site"
)

// Framework is the framework of a kit.
type Framework struct {
	// Name is the name of the framework.
	Name string
	// Family is the range of versions whose kits look alike.
	Family string
	// Version is the exact version, if the sealer knew it.
	Version string
}

// Statement is what a seal says about a kit.
type Statement struct {
	// Files maps the names of the files of startup/ to their SHA-256 digests, in
	// lower-case hexadecimal digits. In a seal of local/, the names begin with local/.
	Files map[string]string

	Federation, Participant, Role, Org string
	Framework                          Framework
	// Root is the SHA-256 fingerprint of the federation's root certificate. It is empty
	// for a kit without certificates; then Key is the fingerprint of the participant's
	// public key. Exactly one of them is set.
	Root, Key string
	// NotBefore and NotAfter are when the seal is valid. NotBefore is also the time of
	// sealing.
	NotBefore, NotAfter time.Time
	// Serial grows with every seal for a participant, so that a site can reject a kit
	// that was replaced.
	Serial   int64
	SealedBy SealedBy
}
