package nvflare

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
)

// A client that offers GPUs which its pod does not have ends when it starts.
func TestGPUsOfTheSettings(t *testing.T) {
	const two = `{
  "format_version": 2,
  "components": [{
    "id": "resource_manager",
    "path": "nvflare.app_common.resource_managers.gpu_resource_manager.GPUResourceManager",
    "args": {"num_of_gpus": 2, "mem_per_gpu_in_GiB": 0}
  }]
}`
	k := newFederation(t).Client("site-1", "a").With("local/resources.json", []byte(two)).Read()
	for requested, noted := range map[string]bool{"0": true, "1": true, "2": false, "4": false} {
		p := place("ns")
		p.Resources.Devices = corev1.ResourceList{"nvidia.com/gpu": resource.MustParse(requested)}
		set, err := Workloads{}.Objects(p, workloadstest.Accept(t, k))
		require.NoError(t, err)
		if !noted {
			require.Empty(t, set.Notes)
			continue
		}
		require.Equal(t, []string{"local/resources.json, line 6: num_of_gpus offers 2 GPUs to jobs, and the pod requests " + requested +
			": the client would not start; request them with --gpus 2, or change the file"}, set.Notes)
	}
}
