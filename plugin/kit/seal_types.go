package kit

import (
	"fmt"
	"io"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// StartupKitSeal is what `kit seal -o json` prints.
type StartupKitSeal struct {
	metav1.TypeMeta `json:",inline"`

	Participant string `json:"participant"`
	// Digest is the digest of the sealed kit.
	Digest string `json:"digest"`
	// Action is sealed, or unchanged if the kit already had an equivalent seal.
	Action string `json:"action"`
	// DryRun says that nothing was written.
	DryRun bool `json:"dryRun,omitempty"`
	Seal   Seal `json:"seal"`
}

// Seal is what a kit's seal says. Only `kit verify` verifies it.
type Seal struct {
	// SealedBy is project or site.
	SealedBy string `json:"sealedBy"`
	// Sealer is the name in the project's sealing certificate.
	Sealer    string      `json:"sealer,omitempty"`
	Serial    int64       `json:"serial"`
	NotBefore metav1.Time `json:"notBefore"`
	NotAfter  metav1.Time `json:"notAfter"`
	// Files is how many files of startup/ it names.
	Files int `json:"files"`
	// Version is the framework's version, if the sealer gave it.
	Version string `json:"version,omitempty"`
}

// DeepCopyObject implements runtime.Object.
func (s *StartupKitSeal) DeepCopyObject() runtime.Object {
	out := *s
	return &out
}

func newStartupKitSeal(k *kit.Kit, made *kit.Seal, action string, dryRun bool) (*StartupKitSeal, error) {
	view, err := newSeal(made)
	if err != nil {
		return nil, err
	}
	return &StartupKitSeal{
		TypeMeta: typeMeta("StartupKitSeal"), Participant: k.Participant, Digest: k.Digest(),
		Action: action, DryRun: dryRun, Seal: *view,
	}, nil
}

func newSeal(s *kit.Seal) (*Seal, error) {
	statement, err := s.Unverified()
	if err != nil {
		return nil, err
	}
	view := &Seal{
		SealedBy: string(statement.SealedBy), Serial: statement.Serial, Files: len(statement.Files), Version: statement.Framework.Version,
		NotBefore: metav1.NewTime(statement.NotBefore), NotAfter: metav1.NewTime(statement.NotAfter),
	}
	if c, err := pki.ParseCertificate(s.Certificate); err == nil {
		view.Sealer = c.Subject.CommonName
	}
	return view, nil
}

// String says who sealed the kit and until when.
func (s *Seal) String() string {
	by := s.SealedBy
	if s.Sealer != "" {
		by = fmt.Sprintf("%s (%q)", by, s.Sealer)
	}
	return fmt.Sprintf("by the %s, serial %d, until %s", by, s.Serial, s.NotAfter.UTC().Format(time.DateOnly))
}

func (s *StartupKitSeal) writeText(out io.Writer, suffix string) error {
	action := "sealed " + s.Seal.String()
	if s.Action == "unchanged" {
		action = "unchanged: already sealed " + s.Seal.String()
	}
	_, err := fmt.Fprintf(out, "%s %s%s\n", s.Participant, action, suffix)
	return err
}
