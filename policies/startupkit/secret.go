package startupkit

import (
	"path"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/startupkit/seal"
)

// SecretData is what a kit Secret holds: the files of startup/ and the seal, one
// key each. The seal is data and not an annotation, because the annotations of
// an immutable Secret can still be changed.
func (k *Kit) SecretData() map[string][]byte {
	data := make(map[string][]byte, len(k.Startup)+2)
	for _, f := range k.Startup {
		data[f.Name] = f.Data
	}
	if k.Seal != nil {
		data[SealFile] = k.Seal.Envelope
		if k.Seal.Certificate != nil {
			data[SealCertificateFile] = k.Seal.Certificate
		}
	}
	return data
}

// FromSecretData reads the kit out of a kit Secret. Its Local is nil: local/ is
// a ConfigMap.
func FromSecretData(data map[string][]byte) (*Kit, error) {
	startup := make(Files, 0, len(data))
	for name, content := range data {
		if name != SealFile && name != SealCertificateFile {
			startup = append(startup, File{Name: name, Data: content})
		}
	}
	for name, most := range map[string]int64{SealFile: seal.MaxEnvelope, SealCertificateFile: maxSealCertificate} {
		if int64(len(data[name])) > most {
			return nil, sealTooLarge(name, most)
		}
	}
	k, err := Parse(startup, nil)
	if err != nil {
		return nil, err
	}
	k.Seal = newSeal(data[SealFile], data[SealCertificateFile])
	return k, nil
}

// checkNoSeal refuses a seal inside of startup/, where it would take the place
// of the kit's own in the Secret.
func checkNoSeal(startup Files) error {
	for _, f := range startup {
		if slices.Contains([]string{SealFile, SealCertificateFile}, f.Name) {
			return &FieldError{
				File: path.Join(startupDir, f.Name), Problem: "is in the wrong folder",
				Fix: "move it to the kit's root, beside startup/, or take it away",
			}
		}
	}
	return nil
}
