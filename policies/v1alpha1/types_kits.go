package v1alpha1

// SignatureRule says what must vouch for a kit's files.
//
// +kubebuilder:validation:Enum=Seal;SealOrNative
type SignatureRule string

// The signature rules.
const (
	// SignatureSeal takes sealed kits alone.
	SignatureSeal SignatureRule = "Seal"
	// SignatureSealOrNative also takes the framework's own signature, where it has
	// one: it says nothing of the role and does not notice missing files or an old
	// kit.
	SignatureSealOrNative SignatureRule = "SealOrNative"
)

// FrameworkRule is a framework whose kits may run.
type FrameworkRule struct {
	// name is the framework's, as `kubectl flare kit inspect` prints it.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Name string `json:"name"`

	// versions is a range of semantic versions of the framework, such as ">=2.8" or
	// ">=2.8, <3". A kit that says no version is denied then. Empty means all.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=255
	Versions string `json:"versions,omitempty"`
}

// KitRules say which startup kits are genuine. At least one of trustRoots and
// sealers must be given.
//
// +kubebuilder:validation:XValidation:rule="(has(self.trustRoots) && size(self.trustRoots) > 0) || (has(self.sealers) && size(self.sealers) > 0)",message="pin a root certificate in trustRoots, or name a key of the site in sealers"
type KitRules struct {
	// trustRoots pin the federations' root certificates: what a kit holds proves
	// nothing about itself. Kits of frameworks without certificates need none.
	//
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=20
	TrustRoots []TrustRoot `json:"trustRoots,omitempty"`

	// sealers are the site's own keys for acceptance seals. Kits that the
	// project sealed with a certificate of its root need none.
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

	// minimumSerial is, for each participant, the lowest serial of a seal that
	// is still taken: what a rotation has replaced stays out.
	//
	// +optional
	// +kubebuilder:validation:MaxProperties=100
	MinimumSerial map[string]int64 `json:"minimumSerial,omitempty"`

	// claims are PersistentVolumeClaims that hold kits which are too large for a
	// Secret. Only flare-kit mounts them: its verifier in a participant's pod, and
	// its receiver, which takes a kit from `kubectl flare kit inject`. Without an
	// entry no kit is taken from a volume.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	Claims []string `json:"claims,omitempty"`

	// revoked kits are refused for new pods; pods that run are not ended.
	//
	// +optional
	Revoked Revoked `json:"revoked,omitempty"`
}

// TrustRoot is a root certificate, by its fingerprint.
type TrustRoot struct {
	// name is for people: it stands in messages.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Name string `json:"name"`

	// sha256 is the fingerprint of the root certificate (over its DER): 64
	// lower-case hexadecimal digits.
	//
	// +kubebuilder:validation:Pattern=`^[0-9a-f]{64}$`
	SHA256 string `json:"sha256"`
}

// Sealer is a key of the site that seals kits which the site has accepted.
type Sealer struct {
	// name is for people: it stands in messages.
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

// Revoked lists what was compromised. Certificates and keys come first: a kit
// made anew around the same key has another digest.
type Revoked struct {
	// certificateSerials are serial numbers of participants' certificates:
	// lower-case hexadecimal digits without colons or leading zeros.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=1000
	// +kubebuilder:validation:items:Pattern=`^[1-9a-f][0-9a-f]{0,39}$`
	CertificateSerials []string `json:"certificateSerials,omitempty"`

	// keys are SHA-256 fingerprints of participants' public keys (over the DER
	// of the SubjectPublicKeyInfo): 64 lower-case hexadecimal digits.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=1000
	// +kubebuilder:validation:items:Pattern=`^[0-9a-f]{64}$`
	Keys []string `json:"keys,omitempty"`

	// kits are kit digests: 64 lower-case hexadecimal digits.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=1000
	// +kubebuilder:validation:items:Pattern=`^[0-9a-f]{64}$`
	Kits []string `json:"kits,omitempty"`
}
