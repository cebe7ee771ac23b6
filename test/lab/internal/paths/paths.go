// Package paths says where the lab keeps what it makes.
package paths

import (
	"os"
	"path/filepath"
)

// State is all that a running lab has on disk. `lab down` removes it whole.
const State = "/var/lib/flare-lab"

// Bin holds links to the lab's binaries, and a copy of the lab itself: a process
// that runs that copy is a machine of the lab.
const Bin = State + "/bin"

// Lab is that copy.
const Lab = Bin + "/lab"

// Machine is the folder of one machine of the lab.
func Machine(name string) string { return filepath.Join(State, "machines", name) }

// Cache is where built binaries, image roots and pushed images outlive a lab.
func Cache(elem ...string) (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(append([]string{dir, "kubectl-flare", "lab"}, elem...)...), nil
}
