//go:build linux

package machine

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Cgroup is the machine's control group below the root of every hierarchy. The
// kubelet puts its pods there, so that several on one kernel do not take each
// other's pods for strays.
func (m Machine) Cgroup() string { return "/flare-lab/" + m.Name }

// hierarchies lists where control groups are mounted: one place in version 2,
// one a controller in version 1.
func hierarchies() ([]string, error) {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return nil, err
	}
	var dirs []string
	for line := range strings.Lines(string(mounts)) {
		fields := strings.Fields(line)
		if len(fields) > 2 && (fields[2] == "cgroup" || fields[2] == "cgroup2") {
			dirs = append(dirs, fields[1])
		}
	}
	return dirs, nil
}

func (m Machine) makeCgroups() error {
	dirs, err := hierarchies()
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		if err := os.MkdirAll(filepath.Join(dir, m.Cgroup()), 0o755); err != nil {
			return err
		}
		if err := delegate(dir, m.Cgroup()); err != nil {
			return err
		}
		if err := prefer(filepath.Join(dir, filepath.Dir(m.Cgroup()))); err != nil {
			return err
		}
	}
	return nil
}

// prefer gives pods the weight of sixteen processes. A group has that of one unless told
// otherwise, so that all pods together would wait for a compiler that runs beside the lab.
func prefer(group string) error {
	for file, weight := range map[string]string{"cpu.shares": "16384", "cpu.weight": "1600"} {
		// A hierarchy has the file of its version, or none.
		if _, err := os.Stat(filepath.Join(group, file)); err != nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(group, file), []byte(weight), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// delegate hands all controllers down to the machine's group in a version 2
// hierarchy, and processors and memory nodes in a version 1 cpuset hierarchy:
// both start empty, and nothing could run there.
func delegate(root, group string) error {
	at := root
	for name := range strings.SplitSeq(strings.Trim(group, "/"), "/") {
		if controllers, err := os.ReadFile(filepath.Join(at, "cgroup.controllers")); err == nil {
			for c := range strings.FieldsSeq(string(controllers)) {
				if err := os.WriteFile(filepath.Join(at, "cgroup.subtree_control"), []byte("+"+c), 0o644); err != nil {
					return err
				}
			}
		}
		for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
			if err := inherit(at, filepath.Join(at, name), file); err != nil {
				return err
			}
		}
		at = filepath.Join(at, name)
	}
	return nil
}

func inherit(parent, child, file string) error {
	// A version 2 child without a value of its own has its parent's.
	if _, err := os.Stat(filepath.Join(parent, "cgroup.controllers")); err == nil {
		return nil
	}
	value, err := os.ReadFile(filepath.Join(parent, file))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(child, file), value, 0o644)
}

// RemoveCgroups removes the control groups of all machines, which must have
// ended.
func RemoveCgroups() error { return removeCgroups("") }

// removeCgroups removes a machine's control groups, the deepest first.
func removeCgroups(name string) error {
	dirs, err := hierarchies()
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		var groups []string
		_ = filepath.WalkDir(filepath.Join(dir, Machine{Name: name}.Cgroup()), func(path string, entry fs.DirEntry, err error) error {
			if err == nil && entry.IsDir() {
				groups = append(groups, path)
			}
			return nil
		})
		for _, group := range slices.Backward(groups) {
			if err := removeCgroup(group); err != nil {
				return err
			}
		}
	}
	return nil
}

// removeCgroup waits a little: a process that was ended leaves its group when the
// kernel has cleared it up.
func removeCgroup(group string) error {
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		err := os.Remove(group)
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}
