package delivery

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Flags say where a kit goes.
type Flags struct {
	// Claim is the claim to write the kit to; "" for a Secret.
	Claim string
	// Folder is the folder on the claim for the participant's kits.
	Folder string
	// Image is flare-kit's.
	Image string
}

// Add adds the flags to a command's.
func (f *Flags) Add(fs *pflag.FlagSet) {
	fs.StringVar(&f.Claim, "kit-claim", "", "PersistentVolumeClaim to write the kit to, for kits larger than the 1 MiB of a Secret; created with 1Gi if it does not exist")
	fs.StringVar(&f.Folder, "kit-folder", "", "Folder on the claim for the participant's kits; the default is the participant's object name")
	fs.StringVar(&f.Image, "kit-image", "", "Image of flare-kit by digest, which writes the kit to the claim and verifies it in pods")
}

// Validate checks the flags.
func (f *Flags) Validate() error {
	switch {
	case f.Claim == "" && f.Folder+f.Image != "":
		return errors.New("--kit-folder and --kit-image are for kits on a claim: give --kit-claim too")
	case f.Claim == "":
		return nil
	case f.Image == "":
		return errors.New("--kit-image is missing: give the image of flare-kit by digest, the one that the webhook was installed with, such as --kit-image registry.example.org/flare-kit@sha256:…")
	case !strings.Contains(f.Image, "@sha256:"):
		return fmt.Errorf("--kit-image %q has no digest: a tag can change; append @sha256:…", f.Image)
	}
	return nil
}

// Place is the kit as it is delivered: unchanged for a Secret, else on its volume.
func (f *Flags) Place(verified acceptance.Verified) (acceptance.Verified, error) {
	k, err := verified.Kit()
	if err != nil || f.Claim == "" {
		return verified, err
	}
	folder := f.Folder
	if folder == "" {
		folder = kit.ObjectName(k.Participant)
	}
	placed, err := verified.On(kit.Volume{ClaimName: f.Claim, SubPath: k.Folder(folder)})
	if err != nil {
		return verified, fmt.Errorf("--kit-claim: %w", err)
	}
	return placed, nil
}
