// Package verify copies a kit from its volume to memory and compares the copy with
// what was sealed. It is the init container flare-verify: unless it ends well, the
// participant does not start.
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
	// Digest is the kit's: the author of the pod's container has it from a seal
	// that was verified.
	Digest string
	// From holds startup/ as it lies on the volume, Seal the kit's Secret.
	From, Seal string
	// To takes the copy.
	To string
}

// again is the fix for a kit that is not what was sealed.
const again = "bring the kit there again with `kubectl flare kit inject --kit-claim`"

// Run verifies. Where that fails nothing of the kit is left in the copy's folder.
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
	_, err = fmt.Fprintf(out, "kit %s: %d files, all of them as they were sealed\n", o.Digest, len(sealed))
	return err
}

// sealed reads which files there must be. The seal's signature does not matter here:
// the digest vouches for the list.
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
		return nil, fmt.Errorf("--seal: the seal is of the kit %s, not of %s", got, o.Digest)
	}
	return sums, nil
}

func (o Options) copyAndCompare(to *os.Root, sealed map[string]string) error {
	if err := o.copy(to); err != nil {
		return fmt.Errorf("the kit on the volume cannot be used: %w; %s", err, again)
	}
	// What counts is what the participant will read, so the copy is read again.
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

// compare names every file that is not as it was sealed.
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
	return fmt.Errorf("the kit on the volume is not what was sealed:\n%w\n%s", errors.Join(problems...), again)
}
