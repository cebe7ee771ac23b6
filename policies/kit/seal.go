package kit

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
)

// The files of a seal. They stand at the kit's root, because startup/ is what
// they vouch for; in a kit Secret they are keys beside the files of startup/.
const (
	SealFile            = "seal.dsse.json"
	SealCertificateFile = "seal.crt"
)

// maxSealCertificate bounds seal.crt, in bytes.
const maxSealCertificate = 16 << 10

// Seal is a kit's seal as it was found: nothing in it is true until package acceptance says
// so.
type Seal struct {
	// Envelope is the content of seal.dsse.json.
	Envelope []byte
	// Certificate is the content of seal.crt; nil where a site sealed the kit.
	Certificate []byte
}

// Unverified reads what the seal says. It is good for display only.
func (s *Seal) Unverified() (*seal.Statement, error) {
	envelope, err := seal.ParseEnvelope(s.Envelope)
	if err != nil {
		return nil, err
	}
	return envelope.Unverified()
}

// readSeal reads the seal of a kit's folder, nil where it has none.
func readSeal(fsys fs.FS) (*Seal, error) {
	envelope, err := readRootFile(fsys, SealFile, seal.MaxEnvelope)
	if err != nil {
		return nil, err
	}
	certificate, err := readRootFile(fsys, SealCertificateFile, maxSealCertificate)
	if err != nil {
		return nil, err
	}
	return newSeal(envelope, certificate), nil
}

// newSeal needs the envelope: a certificate alone vouches for nothing.
func newSeal(envelope, certificate []byte) *Seal {
	if envelope == nil {
		return nil
	}
	return &Seal{Envelope: envelope, Certificate: certificate}
}

// readRootFile reads a plain file that may be absent: then it gives nil.
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
		return nil, &FieldError{File: name, Problem: "is not a plain file", Fix: sealAgain}
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

// sealAgain is the fix for a seal that nobody could have made so.
const sealAgain = "have the kit sealed again with `kubectl flare kit seal`"
