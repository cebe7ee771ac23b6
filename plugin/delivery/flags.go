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
	// Claim is the claim that takes the kit, "" for a Secret.
	Claim string
	// Folder is where in it the participant's kits go.
	Folder string
	// Image is flare-kit's.
	Image string
}

// Add adds the flags to a command's.
func (f *Flags) Add(fs *pflag.FlagSet) {
	fs.StringVar(&f.Claim, "kit-claim", "", "PersistentVolumeClaim to put the kit on instead of into a Secret, which holds 1 MiB; made with 1Gi where it is not there")
	fs.StringVar(&f.Folder, "kit-folder", "", "Folder of that claim for the participant's kits; without it the participant's object name")
	fs.StringVar(&f.Image, "kit-image", "", "Image of flare-kit by digest, which writes the kit to the claim and verifies it in pods")
}

// Validate looks at the flags.
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

// Place gives the kit as it is delivered: as it is for a Secret, else on its
// volume.
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
