package kit

import (
	"crypto/ecdsa"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// NewSealer is what `kit sealer new -o json` prints. It does not contain the private key.
type NewSealer struct {
	metav1.TypeMeta `json:",inline"`

	Name string `json:"name"`
	// SealedBy is what the key's seals will say: project or site.
	SealedBy string `json:"sealedBy"`
	// Key, PublicKeyFile and Certificate are the new files.
	Key           string `json:"key"`
	PublicKeyFile string `json:"publicKeyFile"`
	Certificate   string `json:"certificate,omitempty"`
	// PublicKey is the public key in PEM, and Fingerprint SHA-256 over it, as
	// spec.kits.revoked.keys of a SitePolicy takes it. A dry run creates no key.
	PublicKey   string       `json:"publicKey,omitempty"`
	Fingerprint string       `json:"fingerprint,omitempty"`
	NotAfter    *metav1.Time `json:"notAfter,omitempty"`
	DryRun      bool         `json:"dryRun,omitempty"`
}

// DeepCopyObject implements runtime.Object.
func (s *NewSealer) DeepCopyObject() runtime.Object {
	out := *s
	return &out
}

func (o *SealerOptions) view(key *ecdsa.PrivateKey, public, certificate []byte) *NewSealer {
	view := &NewSealer{
		TypeMeta: typeMeta("NewSealer"), Name: o.Name, SealedBy: string(seal.BySite),
		Key: filepath.Join(o.Dir, sealerKey), PublicKeyFile: filepath.Join(o.Dir, sealerPublicKey),
		PublicKey: string(public), Fingerprint: pki.KeyFingerprint(&key.PublicKey),
	}
	if c, err := pki.ParseCertificate(certificate); err == nil {
		until := metav1.NewTime(c.NotAfter.UTC())
		view.SealedBy, view.Certificate, view.NotAfter = string(seal.ByProject), filepath.Join(o.Dir, sealerCertificate), &until
	}
	return view
}

// show prints what would be created. The key that the view is about is discarded, so
// nothing of it is printed.
func (o *SealerOptions) show(view *NewSealer) error {
	for _, file := range []string{view.Key, view.PublicKeyFile, view.Certificate} {
		if _, err := os.Lstat(file); file != "" && err == nil {
			return fmt.Errorf("--out: %s exists; choose a folder without a sealer in it", file)
		}
	}
	view.PublicKey, view.Fingerprint, view.DryRun = "", "", true
	return o.print.print(o.Out, view, func(out io.Writer) error {
		_, err := fmt.Fprintf(out, "%s created for %s%s\n", view.files(), view.Name, o.DryRun.Suffix())
		return err
	})
}

// files are the key and, if there is one, the certificate.
func (s *NewSealer) files() string {
	if s.Certificate == "" {
		return s.Key
	}
	return s.Key + " and " + s.Certificate
}

// writeText lists the new files and says what to do with them.
func (s *NewSealer) writeText(out io.Writer) error {
	if s.Certificate != "" {
		_, err := fmt.Fprintf(out, "%s created for %s, valid until %s.\nSeal a kit with: kubectl flare kit seal DIR --key=%s --cert=%s\n",
			s.files(), s.Name, s.NotAfter.Format("2006-01-02"), s.Key, s.Certificate)
		return err
	}
	snippet, err := yaml.Marshal(map[string]any{"kits": map[string]any{"sealers": []any{
		map[string]any{"name": s.Name, "publicKey": s.PublicKey},
	}}})
	if err != nil {
		return err
	}
	indented := strings.ReplaceAll(strings.TrimSuffix(string(snippet), "\n"), "\n", "\n  ")
	_, err = fmt.Fprintf(out, "%s created for %s.\nSeal a kit with: kubectl flare kit seal DIR --key=%s\nAdd the key to the site's SitePolicy:\n\nspec:\n  %s\n",
		s.Key, s.Name, s.Key, indented)
	return err
}
