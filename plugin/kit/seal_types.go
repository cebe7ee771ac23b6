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
	// DryRun says that nothing was written.
	DryRun bool `json:"dryRun,omitempty"`
	// SealedPart is about startup/. It is empty with --local.
	SealedPart `json:",inline"`
	// Local is about local/. It is nil if the kit has no local/.
	Local *SealedPart `json:"local,omitempty"`
}

// SealedPart is startup/ or local/.
type SealedPart struct {
	// Digest is the digest of what is sealed.
	Digest string `json:"digest,omitempty"`
	// Action is sealed, or unchanged if it already had an equivalent seal.
	Action string `json:"action,omitempty"`
	Seal   *Seal  `json:"seal,omitempty"`
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
	// Files is how many files it names.
	Files int `json:"files"`
	// Version is the framework's version, if the sealer gave it.
	Version string `json:"version,omitempty"`
}

// DeepCopyObject implements runtime.Object.
func (s *StartupKitSeal) DeepCopyObject() runtime.Object {
	out := *s
	return &out
}

func newStartupKitSeal(k *kit.Kit, dryRun bool) *StartupKitSeal {
	return &StartupKitSeal{TypeMeta: typeMeta("StartupKitSeal"), Participant: k.Participant, DryRun: dryRun}
}

func (s *StartupKitSeal) add(p *part) error {
	view, err := newSeal(p.made)
	if err != nil {
		return err
	}
	one := SealedPart{Digest: p.digest, Action: "sealed", Seal: view}
	if !p.changed {
		one.Action = "unchanged"
	}
	if p.local {
		s.Local = &one
	} else {
		s.SealedPart = one
	}
	return nil
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
	// In a seal of local/, the root follows.
	if all, err := pki.ParseCertificates(s.Certificate); err == nil {
		view.Sealer = all[0].Subject.CommonName
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
	if s.Seal != nil {
		if _, err := fmt.Fprintf(out, "%s %s%s\n", s.Participant, &s.SealedPart, suffix); err != nil {
			return err
		}
	}
	if s.Local == nil {
		return nil
	}
	_, err := fmt.Fprintf(out, "%s local/ %s%s\n", s.Participant, s.Local, suffix)
	return err
}

// String says what was done.
func (p *SealedPart) String() string {
	if p.Action == "unchanged" {
		return "unchanged: already sealed " + p.Seal.String()
	}
	return "sealed " + p.Seal.String()
}
