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

// Volume is where startup/ lies of a kit that is delivered on a
// PersistentVolumeClaim: contexts for homomorphic encryption are too large for a
// Secret. Its Secret then holds the seal, this, and what is public of startup/; the
// private key is on the volume alone. Where it lies proves nothing: flare-verify
// compares what it finds there with the digest of the sealed files.
type Volume struct {
	// ClaimName is the claim's, in the namespace of the Secret.
	ClaimName string `json:"claimName"`
	// SubPath is the folder of the claim that holds startup/: relative and clean.
	SubPath string `json:"subPath"`
}

// VolumeFile is the key of a kit Secret that says so.
const VolumeFile = "volume.json"

// maxVolumeFile bounds it, in bytes.
const maxVolumeFile = 4 << 10

// On gives the kit as it is delivered on a volume: the same kit, with the same
// digest, whose SecretData leaves out what is not public. The kit needs a seal,
// which says what must be on the volume.
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

// Folder is where the kit goes on a volume, below a folder of the participant's: a
// folder of its own for each digest, so that a newer kit never takes the place of
// one that a running pod may have to read again.
func (k *Kit) Folder(below string) string {
	return path.Join(below, k.Digest()[:names.DigestDigits])
}

// Sums are the digests that a seal names: SHA-256 in hexadecimal digits by file of
// startup/. They count once package acceptance has accepted the kit, or where DigestOf
// gives a digest that is known from elsewhere. The seal may be nil.
func (s *Seal) Sums() (map[string]string, error) {
	if s == nil {
		return nil, errors.New("a kit on a volume needs a seal: nothing else says what must be there; seal it with `kubectl flare kit seal`")
	}
	statement, err := s.Unverified()
	if err != nil {
		return nil, fmt.Errorf("the seal is unusable: %w", err)
	}
	for name := range statement.Files {
		if err := checkFileName(StartupDir, name); err != nil {
			return nil, err
		}
	}
	return statement.Files, nil
}

func (v Volume) encode() []byte {
	data, _ := json.Marshal(v) // two strings always can be
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
		return bad("is not good JSON")
	}
	object, _ := root.(map[string]any)
	claim, isText := object["claimName"].(string)
	folder, isTextToo := object["subPath"].(string)
	if !isText || !isTextToo || len(object) != 2 {
		return bad("must have claimName and subPath and nothing else")
	}
	v := &Volume{ClaimName: claim, SubPath: folder}
	if err := v.Check(); err != nil {
		return bad(err.Error())
	}
	return v, nil
}

// claimForm is a DNS subdomain (RFC 1123), as names of claims are; folderForm is
// stricter than a file system, since the folder stands in arguments too.
var (
	claimForm  = regexp.MustCompile(`^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$`)
	folderForm = regexp.MustCompile(`^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$`)
)

// Check says what is wrong with it.
func (v Volume) Check() error {
	switch {
	case !claimForm.MatchString(v.ClaimName):
		return fmt.Errorf("%s is no name of a claim", Quote(v.ClaimName))
	case len(v.SubPath) > 512 || !folderForm.MatchString(v.SubPath) || path.Clean(v.SubPath) != v.SubPath || strings.HasPrefix(v.SubPath, ".."):
		return fmt.Errorf("%s is no folder below a claim: use letters, digits, '.', '_', '-' and single slashes", Quote(v.SubPath))
	}
	return nil
}
