package kit

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/internal/strictjson"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Volume is where startup/ of a kit is that is delivered on a PersistentVolumeClaim,
// since contexts for homomorphic encryption are too large for a Secret. The kit's
// Secret then contains this, the seal and the public files of startup/; the private key
// is only on the volume. The files on the volume are not trusted: flare-verify compares
// them with the digests in the seal.
type Volume struct {
	// ClaimName is the name of the claim, in the namespace of the Secret.
	ClaimName string `json:"claimName"`
	// SubPath is the folder of the claim that contains startup/: relative and clean.
	SubPath string `json:"subPath"`
}

// VolumeFile is the key of a kit Secret with the Volume.
const VolumeFile = "volume.json"

// maxVolumeFile is its greatest size, in bytes.
const maxVolumeFile = 4 << 10

// On returns the kit as it is delivered on a volume: the same kit, with the same
// digest, but with only the public files in its SecretData. The kit needs a seal, which
// lists the files that must be on the volume.
func (k *Kit) On(v Volume) (*Kit, error) {
	if err := v.Check(); err != nil {
		return nil, err
	}
	sums, err := k.Seal.Sums()
	if err != nil {
		return nil, err
	}
	delivered := *k
	delivered.Volume, delivered.sealed = &v, sums
	return &delivered, nil
}

// Folder is the folder for the kit on a volume, below a folder of the participant. Each
// digest has its own folder, so that a newer kit never replaces one that a running pod
// may have to read again.
func (k *Kit) Folder(below string) string {
	return path.Join(below, k.Digest()[:names.DigestDigits])
}

// Sums are the digests in a seal: SHA-256 in hexadecimal digits, by the name of the file
// in startup/. Trust them only if package acceptance has accepted the kit, or if
// DigestOf returns a trusted digest for them. The seal may be nil.
func (s *Seal) Sums() (map[string]string, error) {
	if s == nil {
		return nil, errors.New("a kit on a volume needs a seal that lists its files: seal it with `kubectl flare kit seal`")
	}
	statement, err := s.Unverified()
	if err != nil {
		return nil, fmt.Errorf("the seal is invalid: %w", err)
	}
	for name := range statement.Files {
		if err := checkFileName(StartupDir, name); err != nil {
			return nil, err
		}
	}
	return statement.Files, nil
}

func (v Volume) encode() []byte {
	data, _ := json.Marshal(v) // two strings can always be marshalled
	return append(data, '\n')
}

func parseVolume(data []byte) (*Volume, error) {
	bad := func(problem string) (*Volume, error) {
		return nil, &FieldError{File: VolumeFile, Problem: problem, Fix: "inject the kit again with `kubectl flare kit inject --kit-claim`"}
	}
	if len(data) > maxVolumeFile {
		return bad("is too large")
	}
	root, err := strictjson.Decode(data)
	if err != nil {
		return bad("is not valid JSON")
	}
	object, _ := root.(map[string]any)
	claim, isText := object["claimName"].(string)
	folder, isTextToo := object["subPath"].(string)
	if !isText || !isTextToo || len(object) != 2 {
		return bad("must have exactly the fields claimName and subPath")
	}
	v := &Volume{ClaimName: claim, SubPath: folder}
	if err := v.Check(); err != nil {
		return bad(err.Error())
	}
	return v, nil
}

// claimForm is a DNS subdomain (RFC 1123), like all names of claims. folderForm is
// stricter than a file system, since the folder is also part of arguments.
var (
	claimForm  = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$`)
	folderForm = regexp.MustCompile(`^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$`)
)

// Check says what is wrong with the Volume.
func (v Volume) Check() error {
	switch {
	case !claimForm.MatchString(v.ClaimName):
		return fmt.Errorf("%s is not a valid name of a claim", Quote(v.ClaimName))
	case len(v.SubPath) > 512 || !folderForm.MatchString(v.SubPath) || path.Clean(v.SubPath) != v.SubPath || strings.HasPrefix(v.SubPath, ".."):
		return fmt.Errorf("%s is not a valid folder of a claim: use letters, digits, '.', '_', '-' and single slashes", Quote(v.SubPath))
	}
	return nil
}
