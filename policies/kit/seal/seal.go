// Package seal is the form of a startup kit's seal: an in-toto Statement about
// the files of startup/ in a DSSE envelope, the keys that sign it and the
// certificate that lets a project's key do so. What a seal must say about a kit
// is for package kit.
//
// Sources: in-toto Statement v1
// (https://github.com/in-toto/attestation/tree/main/spec/v1), DSSE 1.0.2
// (https://github.com/secure-systems-lab/dsse), RFC 5280.
package seal

import "time"

// PredicateType names the form of the predicate. A change that older readers
// would misread needs another one.
const PredicateType = "https://kubectl-flare.dev/startup-kit/v1alpha1"

// PayloadType is what DSSE signs together with an in-toto Statement.
const PayloadType = "application/vnd.in-toto+json"

// MaxEnvelope is how large an envelope may be, in bytes.
const MaxEnvelope = 256 << 10

// MaxSerial is the largest serial that every reader of JSON keeps exactly.
const MaxSerial = 1<<53 - 1

// SealedBy says who vouches for a kit.
type SealedBy string

// The two that may seal.
const (
	// ByProject is the project lead, with a certificate from the federation's
	// root.
	ByProject SealedBy = "project"
	// BySite is the site that accepted the kit, with a key of its own.
	BySite SealedBy = "site"
)

// Framework is the FL system whose kit it is.
type Framework struct {
	// Name is the framework's, such as nvflare.
	Name string
	// Family is the range of versions whose kits look alike.
	Family string
	// Version is the exact version, where the sealer knew it.
	Version string
}

// Statement is what a seal says about a kit.
type Statement struct {
	// Files are the files of startup/: from name to SHA-256 in lower-case
	// hexadecimal digits.
	Files map[string]string

	Federation, Participant, Role, Org string
	Framework                          Framework
	// Root is the SHA-256 fingerprint of the federation's root certificate; empty of a
	// kit without certificates. Then Key is the fingerprint of the participant's public
	// key. One of them is always there, never both.
	Root, Key string
	// NotBefore and NotAfter are when the seal is good. NotBefore is also the
	// time of sealing.
	NotBefore, NotAfter time.Time
	// Serial grows with every seal for a participant, so that a site can refuse
	// what was replaced.
	Serial   int64
	SealedBy SealedBy
}
