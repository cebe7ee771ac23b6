package facts

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
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
	// SealNative is a signature of the framework's own.
	SealNative SealKind = "native"
)

// KitFact is what was verified of the kit in one Secret, without its content. Package
// kitfact makes it of a kit that acceptance has accepted.
type KitFact struct {
	// Error says why there is no kit: the Secret could not be read, or its content is
	// no kit that is genuine under the namespace's policy. Empty means that all of it
	// was verified, but for Terms, which depend on the moment.
	Error string
	// Failures are the findings behind Error, where the content could be read.
	Failures kit.Findings
	// Absent says that the Secret is not there; Error says so too.
	Absent bool
	// UID, Type and Immutable are the Secret's.
	UID       types.UID
	Type      corev1.SecretType
	Immutable bool

	// Framework is the kit's, Version what its files or its seal say; empty where
	// neither tells.
	Framework, Version string
	// Participant is the true name.
	Participant string
	Role        kit.Role
	Org         string
	Federation  string
	// Files are the names of the files of startup/, without the seal's.
	Files []string
	// Volume is where they lie if not in the Secret; nil if they do.
	Volume *kit.Volume

	// Digest is the kit digest; RootFingerprint and KeyFingerprint are SHA-256
	// fingerprints: 64 lower-case hexadecimal digits each. RootFingerprint is empty of a
	// kit without certificates.
	Digest          string
	RootFingerprint string
	KeyFingerprint  string

	// SealedBy says who vouches for the files; SealerKey is the fingerprint of the
	// sealing key (SHA-256 over the DER of its SubjectPublicKeyInfo).
	SealedBy  SealKind
	SealerKey string
	// Serial is the seal's serial; zero where there is no seal.
	Serial int64
	// Terms say whether a pod may start with the kit now.
	Terms acceptance.Terms
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
