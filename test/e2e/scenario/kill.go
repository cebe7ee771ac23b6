package scenario

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	corev1 "k8s.io/api/core/v1"
)

// KillProcess ends a pod's process with SIGKILL. The lab's pods are processes of this
// machine, in control groups that are named by the pod's UID.
func KillProcess(pod corev1.Pod, program string) error {
	files, err := filepath.Glob("/proc/[0-9]*/cgroup")
	if err != nil {
		return err
	}
	// The systemd driver would write the UID with underscores; the lab uses the other one.
	group := "pod" + string(pod.UID)
	for _, file := range files {
		dir := filepath.Dir(file)
		groups, _ := os.ReadFile(file)
		executable, _ := os.Readlink(filepath.Join(dir, "exe"))
		if !strings.Contains(string(groups), group) || filepath.Base(executable) != program {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			return err
		}
		return syscall.Kill(pid, syscall.SIGKILL)
	}
	return fmt.Errorf("pod %s runs no %s on this machine", pod.Name, program)
}
