// Package verify copies a kit from its volume to memory and compares the copy with the seal.
// It is the init container flare-verify: if it fails, the participant does not start.
package verify

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/kubectl-flare/kubectl-flare/cmd/flare-kit/internal/install"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
)

// Options are the arguments.
type Options struct {
	// Digest is the kit's digest, from a verified seal.
	Digest string
	// From contains startup/ on the volume, and Seal the files of the kit's Secret.
	From, Seal string
	// To is the folder for the copy.
	To string
}

// again is the fix for a kit that does not match its seal.
const again = "write the kit to the claim again with `kubectl flare kit inject --kit-claim`"

// Run verifies. If that fails, nothing of the kit remains in the folder for the copy.
func Run(o Options, out io.Writer) error {
	sealed, err := o.sealed()
	if err != nil {
		return err
	}
	to, err := os.OpenRoot(o.To)
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	defer to.Close()
	// The container may run a second time in the same pod.
	if err := install.Clear(to); err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	if err := o.copyAndCompare(to, sealed); err != nil {
		return errors.Join(err, install.Clear(to))
	}
	_, err = fmt.Fprintf(out, "kit %s: %d files, all of which match the seal\n", o.Digest, len(sealed))
	return err
}

// sealed reads the list of files from the seal. The signature of the seal does not matter
// here: the digest vouches for the list.
func (o Options) sealed() (map[string]string, error) {
	if err := install.CheckDigest(o.Digest); err != nil {
		return nil, err
	}
	file, err := os.Open(filepath.Join(o.Seal, kit.SealFile))
	if err != nil {
		return nil, fmt.Errorf("--seal: %w", err)
	}
	defer func() { _ = file.Close() }()
	envelope, err := io.ReadAll(io.LimitReader(file, seal.MaxEnvelope+1))
	if err != nil {
		return nil, fmt.Errorf("--seal: %w", err)
	}
	sums, err := (&kit.Seal{Envelope: envelope}).Sums()
	if err != nil {
		return nil, fmt.Errorf("--seal: %s: %w", kit.SealFile, err)
	}
	if got := kit.DigestOf(sums); got != o.Digest {
		return nil, fmt.Errorf("--seal: the seal is for the kit %s, not for %s", got, o.Digest)
	}
	return sums, nil
}

func (o Options) copyAndCompare(to *os.Root, sealed map[string]string) error {
	if err := o.copy(to); err != nil {
		return fmt.Errorf("the kit on the volume cannot be used: %w; %s", err, again)
	}
	// The participant will read the copy, so the copy is what is verified.
	copied, err := install.Sums(to)
	if err != nil {
		return err
	}
	return compare(copied, sealed)
}

func (o Options) copy(to *os.Root) error {
	from, err := os.OpenRoot(filepath.Join(o.From, "startup"))
	if err != nil {
		return err
	}
	defer from.Close()
	names, err := install.Names(from)
	if err != nil {
		return err
	}
	writer := install.NewWriter(to)
	for _, name := range names {
		if err := copyFile(writer, from, name); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(writer *install.Writer, from *os.Root, name string) error {
	file, err := install.Open(from, name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return writer.Write(name, file)
}

// compare lists every file that does not match the seal.
func compare(got, sealed map[string]string) error {
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(sealed)) {
		switch sum, there := got[name]; {
		case !there:
			problems = append(problems, fmt.Errorf("startup/%s: missing", name))
		case sum != sealed[name]:
			problems = append(problems, fmt.Errorf("startup/%s: changed since it was sealed", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, named := sealed[name]; !named {
			problems = append(problems, fmt.Errorf("startup/%s: not in the seal", name))
		}
	}
	if problems == nil {
		return nil
	}
	return fmt.Errorf("the kit on the volume does not match its seal:\n%w\n%s", errors.Join(problems...), again)
}
