package facts

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// KitSecretType is the type of a Secret with a kit's startup/.
const KitSecretType corev1.SecretType = names.KitSecretType

// SealKind says who vouches for a kit's files.
type SealKind string

// The kinds of seals. All of them are verified: a kit with an invalid seal has an Error.
const (
	// SealNone means that no one vouches for the kit.
	SealNone SealKind = ""
	// SealProject is a seal with a sealing certificate that the kit's root has issued.
	SealProject SealKind = "project"
	// SealSite is an acceptance seal with a key of the site.
	SealSite SealKind = "site"
	// SealNative is a signature of the framework itself.
	SealNative SealKind = "native"
)

// KitFact is what was verified about the kit in one Secret, without its content. Package
// kitfact makes it of a kit that package acceptance has accepted.
type KitFact struct {
	// Error says why there is no kit: the Secret cannot be read, or its content is not
	// a genuine kit under the namespace's policy. If it is empty, everything is verified
	// except Terms, which depend on the time.
	Error string
	// Failures are the findings that caused Error, if the content could be read.
	Failures kit.Findings
	// Absent says that the Secret does not exist; Error says so too.
	Absent bool
	// UID, Type and Immutable are those of the Secret.
	UID       types.UID
	Type      corev1.SecretType
	Immutable bool

	// Framework is the kit's framework. Version is the framework's version, if the
	// kit's files or its seal contain it.
	Framework, Version string
	// Participant is the participant's name.
	Participant string
	Role        kit.Role
	Org         string
	Federation  string
	// Server is where the participant dials; of a server, where it is dialled.
	Server kit.Endpoint
	// Files are the names of the files of startup/, without those of the seal.
	Files []string
	// Volume is the volume with the files. It is nil if they are in the Secret.
	Volume *kit.Volume

	// Digest is the kit digest; RootFingerprint and KeyFingerprint are SHA-256
	// fingerprints. Each has 64 lower-case hexadecimal digits. RootFingerprint is empty
	// for a kit without certificates.
	Digest          string
	RootFingerprint string
	KeyFingerprint  string

	// SealedBy says who vouches for the files; SealerKey is the fingerprint of the
	// sealing key, see pki.KeyFingerprint.
	SealedBy  SealKind
	SealerKey string
	// Serial is the seal's serial. It is zero if there is no seal.
	Serial int64
	// Terms say whether a pod may start with the kit now.
	Terms acceptance.Terms
}

// Identity is whose kit it is.
func (k *KitFact) Identity() acceptance.Identity {
	i := acceptance.Identity{
		Participant: k.Participant, Federation: k.Federation, Org: k.Org, Role: k.Role,
		Framework: k.Framework, Root: k.RootFingerprint,
	}
	if i.Root == "" {
		i.Key = k.KeyFingerprint
	}
	return i
}

// LocalFact is what was verified about the local/ in one ConfigMap, without its content.
// Package kitfact makes it of a local/ that package acceptance has accepted.
type LocalFact struct {
	// Error says why it cannot be used. If it is empty, the content matches the digest
	// in the name, and someone who may seal kits has sealed it, or the policy lists it.
	Error string
	// Failures are the findings that caused Error, if the content could be read.
	Failures kit.Findings
	// Absent says that the ConfigMap does not exist; Error says so too.
	Absent    bool
	UID       types.UID
	Immutable bool
	// Files are the names of its files, without that of the seal.
	Files []string

	// Identity is whose local/ it is. Of a local/ that is Listed by the policy, only the
	// participant is known.
	Identity acceptance.Identity
	Listed   bool
	// SealedBy says who vouches for it, SealNone if the policy does; SealerKey is the
	// fingerprint of the sealing key, and Serial the seal's serial.
	SealedBy  SealKind
	SealerKey string
	Serial    int64
	// Terms say whether a pod may start with it now.
	Terms acceptance.Terms
	// Readings are what was read of the settings.
	Readings []acceptance.Reading
}

// Reading is what was read for a kit, nothing if its framework has no settings.
func (l *LocalFact) Reading(of acceptance.Identity) acceptance.Reading {
	for i := range l.Readings {
		if r := &l.Readings[i]; r.Of.Framework == of.Framework && r.Of.Role == of.Role {
			return *r
		}
	}
	return acceptance.Reading{}
}

// ClaimFact is what was read about one PersistentVolumeClaim.
type ClaimFact struct {
	// Error says why the look-up failed.
	Error string
	// Absent says that the claim does not exist; Error says so too.
	Absent bool
	// VolumeName is the PersistentVolume that the claim is bound to; empty if it is not
	// bound yet.
	VolumeName string
}
