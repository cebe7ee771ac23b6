package v1alpha1

// SignatureRule says what must vouch for a kit's files.
//
// +kubebuilder:validation:Enum=Seal;SealOrNative
type SignatureRule string

// The signature rules.
const (
	// SignatureSeal accepts only sealed kits.
	SignatureSeal SignatureRule = "Seal"
	// SignatureSealOrNative also accepts the signature of the framework itself, if it
	// has one. That signature does not cover the role, and does not reveal missing
	// files or an outdated kit.
	SignatureSealOrNative SignatureRule = "SealOrNative"
)

// FrameworkRule is a framework whose kits may run.
type FrameworkRule struct {
	// name is the framework's name, as `kubectl flare kit inspect` prints it.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Name string `json:"name"`

	// versions is a range of semantic versions of the framework, such as ">=2.8" or
	// ">=2.8, <3". If it is set, kits that do not say their version are denied. If
	// empty, every version is allowed.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=255
	Versions string `json:"versions,omitempty"`
}

// KitRules say which startup kits are genuine. At least one of trustRoots and
// sealers must be given.
//
// +kubebuilder:validation:XValidation:rule="(has(self.trustRoots) && size(self.trustRoots) > 0) || (has(self.sealers) && size(self.sealers) > 0)",message="pin a root certificate in trustRoots, or list a key of the site in sealers"
type KitRules struct {
	// trustRoots pin the root certificates of the federations, since a kit cannot
	// vouch for its own root certificate. Not needed for kits of frameworks
	// without certificates.
	//
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=20
	TrustRoots []TrustRoot `json:"trustRoots,omitempty"`

	// sealers are the site's own keys for acceptance seals. Not needed for kits
	// that the project sealed with a certificate of its root.
	//
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=20
	Sealers []Sealer `json:"sealers,omitempty"`

	// signature says what must vouch for a kit's files.
	//
	// +optional
	// +kubebuilder:default=Seal
	Signature SignatureRule `json:"signature,omitempty"`

	// minimumSerial is the lowest serial of a seal that is accepted, by
	// participant, for the kit and for its local/. Raise it after a rotation, so that
	// the replaced kits are denied.
	//
	// +optional
	// +kubebuilder:validation:MaxProperties=100
	MinimumSerial map[string]int64 `json:"minimumSerial,omitempty"`

	// claims are PersistentVolumeClaims that hold kits which are too large for a
	// Secret. Only flare-kit mounts them: its verifier in a participant's pod, and
	// its receiver, to which `kubectl flare kit inject` sends a kit. If empty, no
	// pod may mount a kit from a volume.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	Claims []string `json:"claims,omitempty"`

	// local lists the settings of participants by the digest of local/, as
	// `kubectl flare kit inspect` prints it. A local/ that is listed needs no seal,
	// and its content is not restricted: the policy's author decides about exactly
	// these files. Every other local/ must be sealed by someone who may seal kits.
	//
	// +optional
	// +listType=map
	// +listMapKey=participant
	// +listMapKey=digest
	// +kubebuilder:validation:MaxItems=300
	Local []LocalRule `json:"local,omitempty"`

	// revoked lists what is compromised. New pods with such kits are denied;
	// running pods are not stopped.
	//
	// +optional
	Revoked Revoked `json:"revoked,omitempty"`
}

// TrustRoot is a root certificate, by its fingerprint.
type TrustRoot struct {
	// name identifies the certificate in messages.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Name string `json:"name"`

	// sha256 is the SHA-256 fingerprint of the root certificate (of its DER
	// encoding): 64 lower-case hexadecimal digits.
	//
	// +kubebuilder:validation:Pattern=`^[0-9a-f]{64}$`
	SHA256 string `json:"sha256"`
}

// Sealer is a key of the site that seals kits which the site has accepted.
type Sealer struct {
	// name identifies the key in messages.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Name string `json:"name"`

	// publicKey is an ECDSA P-256 public key in PEM (PKIX, "PUBLIC KEY").
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	PublicKey string `json:"publicKey"`
}

// LocalRule is the local/ of one participant.
type LocalRule struct {
	// participant is the true name of the participant, one of spec.participants.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Participant string `json:"participant"`

	// digest is the digest of local/: 64 lower-case hexadecimal digits.
	//
	// +kubebuilder:validation:Pattern=`^[0-9a-f]{64}$`
	Digest string `json:"digest"`
}

// Revoked lists what is compromised. Prefer certificates and keys: a kit that is
// made again with the same key has another digest.
type Revoked struct {
	// certificateSerials are serial numbers of participants' certificates:
	// lower-case hexadecimal digits without colons or leading zeros.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=1000
	// +kubebuilder:validation:items:Pattern=`^[1-9a-f][0-9a-f]{0,39}$`
	CertificateSerials []string `json:"certificateSerials,omitempty"`

	// keys are SHA-256 fingerprints of participants' public keys (of the DER
	// encoding of the SubjectPublicKeyInfo): 64 lower-case hexadecimal digits.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=1000
	// +kubebuilder:validation:items:Pattern=`^[0-9a-f]{64}$`
	Keys []string `json:"keys,omitempty"`

	// kits are digests of kits or of local/: 64 lower-case hexadecimal digits.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=1000
	// +kubebuilder:validation:items:Pattern=`^[0-9a-f]{64}$`
	Kits []string `json:"kits,omitempty"`
}
