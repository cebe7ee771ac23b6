package kit

import (
	"path"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
)

// SecretData is the data of a kit Secret: the files of startup/ and of the seal, one
// key each. For a kit on a volume, it has only the public files of startup/. The seal is
// in the data and not in an annotation, since annotations of an immutable Secret can be
// changed.
func (k *Kit) SecretData() map[string][]byte {
	files := k.Startup
	data := make(map[string][]byte, len(files)+3)
	if k.Volume != nil {
		files = k.PublicFiles()
		data[VolumeFile] = k.Volume.encode()
	}
	for _, f := range files {
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

// FromSecretData reads the content of a kit from the data of a kit Secret. Its Local is
// nil, since local/ is in a ConfigMap.
func FromSecretData(data map[string][]byte) (*Content, error) {
	c := &Content{Seal: newSeal(data[SealFile], data[SealCertificateFile])}
	for name, content := range data {
		if !besideStartup(name) {
			c.Startup = append(c.Startup, File{Name: name, Data: content})
		}
	}
	for name, most := range map[string]int64{SealFile: seal.MaxEnvelope, SealCertificateFile: maxSealCertificate} {
		if int64(len(data[name])) > most {
			return nil, sealTooLarge(name, most)
		}
	}
	if volume, ok := data[VolumeFile]; ok {
		var err error
		if c.Volume, err = parseVolume(volume); err != nil {
			return nil, err
		}
		if c.sealed, err = c.Seal.Sums(); err != nil {
			return nil, err
		}
	}
	return c, c.arrange()
}

// besideStartup says whether a key of a kit Secret is not a file of startup/.
func besideStartup(name string) bool {
	return name == SealFile || name == SealCertificateFile || name == VolumeFile
}

// checkNoSeal rejects a seal inside of startup/ or local/, since it would replace the
// kit's seal in the Secret, or that of local/ in the ConfigMap.
func checkNoSeal(startup, local Files) error {
	for _, f := range startup {
		if besideStartup(f.Name) {
			return misplaced(StartupDir, f.Name)
		}
	}
	for _, f := range local {
		if besideLocal(f.Name) {
			return misplaced(LocalDir, f.Name)
		}
	}
	return nil
}

func misplaced(dir, name string) error {
	return &FieldError{
		File: path.Join(dir, name), Problem: "is in the wrong folder",
		Fix: "move it to the kit's folder, next to startup/, or remove it",
	}
}
