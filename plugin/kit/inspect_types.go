package kit

import (
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// StartupKit is what `kit inspect -o json` prints. It has no private key in it.
type StartupKit struct {
	metav1.TypeMeta `json:",inline"`

	// Framework is the name of the kit's framework. Family is the range of its versions
	// that write such kits, Version the exact version, if the kit contains it.
	Framework string `json:"framework"`
	Family    string `json:"family,omitempty"`
	Version   string `json:"version,omitempty"`
	// Participant is the true name.
	Participant string   `json:"participant"`
	Role        kit.Role `json:"role"`
	Federation  string   `json:"federation"`
	Org         string   `json:"org"`
	// Server is the address that the participant dials; for a server, its own.
	Server kit.Endpoint `json:"server"`
	// Relay is what a client dials in place of the server.
	Relay *kit.Endpoint `json:"relay,omitempty"`
	// ServerNames are the names under which a server is dialed, Ports its ports.
	ServerNames []string   `json:"serverNames,omitempty"`
	Ports       []kit.Port `json:"ports,omitempty"`
	// Attributes are what the framework adds, in its own words.
	Attributes []kit.Attribute `json:"attributes,omitempty"`
	// Certificate and Root are absent if the identity is a key.
	Certificate *Certificate `json:"certificate,omitempty"`
	Root        *Certificate `json:"root,omitempty"`
	// KeyFingerprint is SHA-256 over the participant's public key, as
	// spec.kits.revoked.keys of a SitePolicy takes it.
	KeyFingerprint string `json:"keyFingerprint"`
	// Digest covers startup/, LocalDigest local/: SHA-256 over the lines that
	// sha256sum prints.
	Digest      string  `json:"digest"`
	LocalDigest string  `json:"localDigest"`
	Objects     Objects `json:"objects"`
	Startup     []File  `json:"startup"`
	Local       []File  `json:"local"`
	// Seal is what the kit's seal says, and LocalSeal what that of local/ says; they are
	// not verified.
	Seal      *Seal `json:"seal,omitempty"`
	LocalSeal *Seal `json:"localSeal,omitempty"`
	// Warnings are about problems to come.
	Warnings []string `json:"warnings,omitempty"`

	// title is what people call the framework.
	title string
}

// Certificate describes a certificate.
type Certificate struct {
	Subject string `json:"subject"`
	// SerialNumber is in hexadecimal digits, as openssl prints it.
	SerialNumber string `json:"serialNumber"`
	// Fingerprint is SHA-256 over the DER, in hexadecimal digits.
	Fingerprint string      `json:"fingerprint"`
	NotBefore   metav1.Time `json:"notBefore"`
	NotAfter    metav1.Time `json:"notAfter"`
	// DaysLeft counts whole days; it is negative if the certificate has expired.
	DaysLeft int `json:"daysLeft"`
}

// Objects are the names that the kit's objects get in Kubernetes.
type Objects struct {
	// Participant is the participant's name as a valid object name.
	Participant string `json:"participant"`
	Secret      string `json:"secret"`
	ConfigMap   string `json:"configMap"`
}

// File is a file of the kit.
type File struct {
	Name string `json:"name"`
	Size int    `json:"size"`
}

// DeepCopyObject implements runtime.Object.
func (k *StartupKit) DeepCopyObject() runtime.Object {
	out := *k
	out.ServerNames, out.Warnings = slices.Clone(k.ServerNames), slices.Clone(k.Warnings)
	out.Ports, out.Attributes = slices.Clone(k.Ports), slices.Clone(k.Attributes)
	out.Certificate, out.Root = copied(k.Certificate), copied(k.Root)
	out.Relay, out.Seal, out.LocalSeal = copied(k.Relay), copied(k.Seal), copied(k.LocalSeal)
	out.Startup, out.Local = slices.Clone(k.Startup), slices.Clone(k.Local)
	return &out
}

func copied[T any](in *T) *T {
	if in == nil {
		return nil
	}
	out := *in
	return &out
}

func newStartupKit(k *kit.Kit, registry *frameworks.Registry, now time.Time) (*StartupKit, error) {
	framework, ok := registry.Find(k.Framework)
	if !ok {
		return nil, fmt.Errorf("framework %q is unknown", k.Framework)
	}
	view := &StartupKit{
		TypeMeta:  typeMeta("StartupKit"),
		Framework: k.Framework, Family: k.Family, Version: k.Version, title: framework.Title(),
		Participant: k.Participant, Role: k.Role, Federation: k.Federation, Org: k.Org,
		Server: k.Server, Relay: k.Relay, ServerNames: k.ServerNames, Ports: k.Ports, Attributes: k.Attributes,
		Certificate: newCertificate(k.Certificate, now), Root: newCertificate(k.Root, now), KeyFingerprint: k.KeyFingerprint,
		Digest: k.Digest(), LocalDigest: k.LocalDigest(),
		Objects: Objects{
			Participant: kit.ObjectName(k.Participant),
			Secret:      kit.SecretName(k), ConfigMap: kit.ConfigMapName(k),
		},
		Startup: newFiles(k.Startup), Local: newFiles(k.Local),
	}
	var err error
	if view.Warnings, err = warnings(k, registry, now); err != nil {
		return nil, err
	}
	view.Seal = view.sealOf(k.Seal, kit.SealFile)
	view.LocalSeal = view.sealOf(k.LocalSeal, kit.LocalSealFile)
	return view, nil
}

// sealOf is nil, with a warning, if a seal cannot be read.
func (k *StartupKit) sealOf(s *kit.Seal, file string) *Seal {
	if s == nil {
		return nil
	}
	view, err := newSeal(s)
	if err != nil {
		k.Warnings = append(k.Warnings, file+": the seal is unusable: "+err.Error())
		return nil
	}
	return view
}

// newCertificate is nil if there is no certificate.
func newCertificate(c *x509.Certificate, now time.Time) *Certificate {
	if c == nil {
		return nil
	}
	const day = 24 * time.Hour
	left := c.NotAfter.Sub(now)
	days := int(left / day)
	if left < 0 {
		// A certificate that expired an hour ago has less than 0 days left.
		days--
	}
	return &Certificate{
		Subject: c.Subject.String(), SerialNumber: pki.Serial(c), Fingerprint: pki.Fingerprint(c),
		NotBefore: metav1.NewTime(c.NotBefore.UTC()), NotAfter: metav1.NewTime(c.NotAfter.UTC()), DaysLeft: days,
	}
}

func newFiles(files kit.Files) []File {
	out := make([]File, 0, len(files))
	for _, f := range files {
		out = append(out, File{Name: f.Name, Size: len(f.Data)})
	}
	return out
}
