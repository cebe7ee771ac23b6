package kit

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
)

// The files of the two seals. They are in the kit's folder and not in startup/ or local/,
// since they vouch for these folders. In a kit Secret, those of startup/ are keys next to
// its files, and in a ConfigMap with local/, those of local/ are.
const (
	SealFile            = "seal.dsse.json"
	SealCertificateFile = "seal.crt"

	LocalSealFile            = "local.seal.dsse.json"
	LocalSealCertificateFile = "local.seal.crt"
)

// maxSealCertificate is the greatest size of seal.crt or local.seal.crt, in bytes.
const maxSealCertificate = 16 << 10

// Seal is a seal as it was read: that of startup/ or that of local/. Do not trust it
// before package acceptance has accepted what it is for.
type Seal struct {
	// Envelope is the content of seal.dsse.json or local.seal.dsse.json.
	Envelope []byte
	// Certificate is the content of seal.crt or local.seal.crt. It is nil if a site made
	// the seal. With local/ comes no other file that has the root, so in local.seal.crt
	// the root follows the sealing certificate.
	Certificate []byte
}

// Unverified reads the statement without verifying it. Use it for display only.
func (s *Seal) Unverified() (*seal.Statement, error) {
	envelope, err := seal.ParseEnvelope(s.Envelope)
	if err != nil {
		return nil, err
	}
	return envelope.Unverified()
}

// readSeal reads a seal in a kit's folder. If there is none, it returns nil.
func readSeal(fsys fs.FS, envelopeFile, certificateFile string) (*Seal, error) {
	envelope, err := readRootFile(fsys, envelopeFile, seal.MaxEnvelope)
	if err != nil {
		return nil, err
	}
	certificate, err := readRootFile(fsys, certificateFile, maxSealCertificate)
	if err != nil {
		return nil, err
	}
	return newSeal(envelope, certificate), nil
}

// newSeal returns nil without an envelope: a certificate alone vouches for nothing.
func newSeal(envelope, certificate []byte) *Seal {
	if envelope == nil {
		return nil
	}
	return &Seal{Envelope: envelope, Certificate: certificate}
}

// readRootFile reads a regular file. If it does not exist, it returns nil.
func readRootFile(fsys fs.FS, name string, most int64) ([]byte, error) {
	info, err := fs.Lstat(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, unreadable(name, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return nil, linkError(name)
	case !info.Mode().IsRegular():
		return nil, &FieldError{File: name, Problem: "is not a regular file", Fix: sealAgain}
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, unreadable(name, err)
	}
	if int64(len(data)) > most {
		return nil, sealTooLarge(name, most)
	}
	return data, nil
}

func sealTooLarge(name string, most int64) error {
	return &FieldError{File: name, Problem: fmt.Sprintf("is larger than %d KiB", most>>10), Fix: sealAgain}
}

// sealAgain is the fix for files that sealing does not write.
const sealAgain = "seal the kit again with `kubectl flare kit seal`, or ask its sealer to"
