package kit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// The files of a sealer.
const (
	sealerKey         = "sealer.key"
	sealerPublicKey   = "sealer.pub"
	sealerCertificate = "sealer.crt"
)

// write creates the sealer's files. An existing key stays, because seals depend on it. After
// an error, none of the new files remains.
func (o *SealerOptions) write(private, public, certificate []byte) (err error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("--out: cannot create %s: %w", o.Dir, kit.WithoutPath(err))
	}
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return fmt.Errorf("--out: cannot open %s: %w", o.Dir, kit.WithoutPath(err))
	}
	defer root.Close()
	var made []string
	defer func() {
		for _, name := range made {
			if err != nil {
				err = errors.Join(err, ignoreMissing(root.Remove(name)))
			}
		}
	}()
	for _, f := range []struct {
		name string
		data []byte
		mode fs.FileMode
	}{{sealerKey, private, 0o600}, {sealerPublicKey, public, 0o644}, {sealerCertificate, certificate, 0o644}} {
		if f.data == nil {
			continue
		}
		if err := createFile(root, f.name, f.data, f.mode); err != nil {
			return fmt.Errorf("--out: cannot write %s/%s: %w; choose a folder without a sealer in it", o.Dir, f.name, kit.WithoutPath(err))
		}
		made = append(made, f.name)
	}
	return nil
}
