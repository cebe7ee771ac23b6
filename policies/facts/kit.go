package facts

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// KitSecretType is the type of a Secret that holds a kit's startup/.
const KitSecretType corev1.SecretType = names.KitSecretType

// SealKind says who vouches for a kit's files.
type SealKind string

// The kinds of seals. Each was verified: a seal that did not verify is an Error.
const (
	// SealNone is a kit for which nobody vouches.
	SealNone SealKind = ""
	// SealProject was made with a sealing certificate that the kit's own root
	// issued.
	SealProject SealKind = "project"
	// SealSite is an acceptance seal, made with a key of the site.
	SealSite SealKind = "site"
	// SealNative is NVFLARE's own signature.json.
	SealNative SealKind = "native"
)

// KitFact is what was verified of the kit in one Secret, without its content.
type KitFact struct {
	// Error says why the kit is no good: its content could not be read, does not
	// belong together, does not match its name, or its seal is wrong. Empty means
	// that all of it was verified, but for what the policy says and the date.
	Error string
	// Absent says that the Secret is not there; Error says so too.
	Absent bool
	// UID, Type and Immutable are the Secret's.
	UID       types.UID
	Type      corev1.SecretType
	Immutable bool

	// Framework is the framework's name, Version its exact version where the kit or
	// its seal says it, else empty.
	Framework string
	Version   string
	// Participant is the true name, the certificate's CN.
	Participant string
	Role        kit.Role
	Org         string
	Federation  string
	// AdminRole is an admin's role in the federation.
	AdminRole string
	// Files are the names of the files of startup/, without the seal's.
	Files []string
	// Volume is where they lie if not in the Secret; nil if they do.
	Volume *kit.Volume

	// Digest is the kit digest, RootFingerprint and KeyFingerprint are SHA-256
	// fingerprints: 64 lower-case hexadecimal digits each.
	Digest          string
	RootFingerprint string
	KeyFingerprint  string
	// CertificateSerial is the certificate's serial number in lower-case
	// hexadecimal digits, without leading zeros.
	CertificateSerial string
	NotBefore         time.Time
	NotAfter          time.Time

	// SealedBy says who vouches for the files; SealerKey is, for SealSite, the
	// fingerprint of the key (SHA-256 over the DER of its SubjectPublicKeyInfo).
	SealedBy  SealKind
	SealerKey string
	// Serial is the seal's serial; zero where there is no seal.
	Serial int64
}

// LocalFact is what was read of one ConfigMap with local/.
type LocalFact struct {
	// Error says why it is no good; empty means that its content matches the
	// digest in its name.
	Error string
	// Absent says that the ConfigMap is not there; Error says so too.
	Absent    bool
	UID       types.UID
	Immutable bool
}

// ClaimFact is what was read of one PersistentVolumeClaim.
type ClaimFact struct {
	// Error says why the look-up failed.
	Error string
	// VolumeName is the PersistentVolume that the claim is bound to.
	VolumeName string
}

// frameworkName is that of all kits that package kit reads.
const frameworkName = "nvflare"

// OfKit takes from a kit what it says about itself. The caller adds the
// Secret's metadata, what the seal says and, when the kit did not verify, the
// Error.
func OfKit(k *kit.Kit) KitFact {
	key := sha256.Sum256(k.Certificate.RawSubjectPublicKeyInfo)
	return KitFact{
		Framework:   frameworkName,
		Participant: k.Participant, Role: k.Role, Org: k.Org,
		Federation: k.Federation, AdminRole: k.AdminRole,
		Digest:            k.Digest(),
		RootFingerprint:   kit.Fingerprint(k.Root),
		KeyFingerprint:    hex.EncodeToString(key[:]),
		CertificateSerial: k.Certificate.SerialNumber.Text(16),
		NotBefore:         k.Certificate.NotBefore, NotAfter: k.Certificate.NotAfter,
		Files: k.FileNames(), Volume: k.Volume,
	}
}
