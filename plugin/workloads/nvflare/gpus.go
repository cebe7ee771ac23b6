package nvflare

import (
	"fmt"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// gpuNotes say that the settings offer jobs more GPUs than the pod requests: NVFLARE compares the
// two when it starts, and ends. Source: nvflare/app_common/resource_managers/
// gpu_resource_manager.py, 2.9.0.
func (b builder) gpuNotes() []string {
	if b.JobPods {
		return nil // each job's pod requests its own
	}
	framework := nvflare.Framework{}
	found, _ := framework.Settings(kit.LocalDir, b.Kit.Local, b.Kit.Role)
	for _, s := range found {
		offered, ok := s.Value.(float64)
		if s.Path != framework.DevicesPath() || !ok || offered <= float64(b.devices()) {
			continue
		}
		return []string{fmt.Sprintf("%s, line %d: num_of_gpus offers %v GPUs to jobs, and the pod requests %d: the client would not start; request them with --gpus %v, or change the file",
			s.File, s.Line, offered, b.devices(), offered)}
	}
	return nil
}

// devices is the number of devices that the pod requests.
func (b builder) devices() int64 {
	var all int64
	for _, count := range b.Resources.Devices {
		all += count.Value()
	}
	return all
}
