package kit

import (
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// StartupKit is what `kit inspect -o json` prints. It has no private key in it.
type StartupKit struct {
	metav1.TypeMeta `json:",inline"`

	// Participant is the true name, the certificate's CN.
	Participant string   `json:"participant"`
	Role        kit.Role `json:"role"`
	// AdminRole is the role of an admin in NVFLARE's authorization.
	AdminRole  string `json:"adminRole,omitempty"`
	Federation string `json:"federation"`
	Org        string `json:"org"`
	// Family is the range of NVFLARE versions that write such kits.
	Family kit.Family `json:"family"`
	// Server is where the participant dials; of a server, where it is dialled.
	Server kit.Endpoint `json:"server"`
	// ConnectionSecurity is mtls, tls or clear.
	ConnectionSecurity string `json:"connectionSecurity"`
	// ServerNames are the names in a server's certificate.
	ServerNames []string    `json:"serverNames,omitempty"`
	Certificate Certificate `json:"certificate"`
	Root        Certificate `json:"root"`
	// Digest covers startup/, LocalDigest local/: SHA-256 over the lines that
	// sha256sum prints.
	Digest      string  `json:"digest"`
	LocalDigest string  `json:"localDigest"`
	Objects     Objects `json:"objects"`
	Startup     []File  `json:"startup"`
	Local       []File  `json:"local"`
	// Seal is what the kit's seal says, unchecked.
	Seal *Seal `json:"seal,omitempty"`
	// Warnings are sentences about what will soon be a problem.
	Warnings []string `json:"warnings,omitempty"`
}

// Certificate is what there is to know about a certificate.
type Certificate struct {
	Subject string `json:"subject"`
	// SerialNumber is in hexadecimal digits, as openssl prints it.
	SerialNumber string `json:"serialNumber"`
	// Fingerprint is SHA-256 over the DER, in hexadecimal digits.
	Fingerprint string      `json:"fingerprint"`
	NotBefore   metav1.Time `json:"notBefore"`
	NotAfter    metav1.Time `json:"notAfter"`
	// DaysLeft counts whole days; it is negative when the certificate expired.
	DaysLeft int `json:"daysLeft"`
}

// Objects are the names that the kit's objects get in Kubernetes.
type Objects struct {
	// Participant is the participant's name as a legal object name.
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
	if k.Seal != nil {
		seal := *k.Seal
		out.Seal = &seal
	}
	out.Startup, out.Local = slices.Clone(k.Startup), slices.Clone(k.Local)
	return &out
}

func newStartupKit(k *kit.Kit, now time.Time) *StartupKit {
	view := &StartupKit{
		TypeMeta:    typeMeta("StartupKit"),
		Participant: k.Participant, Role: k.Role, AdminRole: k.AdminRole, Federation: k.Federation, Org: k.Org,
		Family: k.Family, Server: k.Server, ConnectionSecurity: k.ConnectionSecurity, ServerNames: k.ServerNames,
		Certificate: newCertificate(k.Certificate, now), Root: newCertificate(k.Root, now),
		Digest: k.Digest(), LocalDigest: k.LocalDigest(),
		Objects: Objects{
			Participant: kit.ObjectName(k.Participant),
			Secret:      kit.SecretName(k), ConfigMap: kit.ConfigMapName(k),
		},
		Startup: newFiles(k.Startup), Local: newFiles(k.Local),
		Warnings: warnings(k, now),
	}
	if k.Seal != nil {
		var err error
		if view.Seal, err = newSeal(k.Seal); err != nil {
			view.Warnings = append(view.Warnings, kit.SealFile+": the seal is unusable: "+err.Error())
		}
	}
	return view
}

func newCertificate(c *x509.Certificate, now time.Time) Certificate {
	const day = 24 * time.Hour
	left := c.NotAfter.Sub(now)
	days := int(left / day)
	if left < 0 {
		// A certificate that expired an hour ago has not 0 days left.
		days--
	}
	return Certificate{
		Subject: c.Subject.String(), SerialNumber: fmt.Sprintf("%x", c.SerialNumber), Fingerprint: pki.Fingerprint(c),
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
