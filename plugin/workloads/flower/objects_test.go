package flower

import (
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
)

// Only the container that runs the code of apps has the site's data, and its devices.
func TestData(t *testing.T) {
	k := accepted(t, dialects()["http"], flower.RoleClient, "Site_2")
	data := []workloads.Data{{Claim: "ct-scans", MountPath: "/data/ct"}}
	const gpu = "nvidia.com/gpu"
	given := workloads.Resources{Devices: corev1.ResourceList{gpu: resource.MustParse("1")}}
	for name, p := range map[string]workloads.Participant{
		containerSuperNode: {Namespace: "ns", Settings: workloads.Settings{Image: "x:1", Data: data, Resources: given}},
		containerSuperExec: {Namespace: "ns", Settings: workloads.Settings{Image: "x:1", Data: data, Resources: given}, JobContainer: true},
	} {
		set, err := Workloads{}.Objects(p, k)
		require.NoError(t, err)
		require.NoError(t, set.CheckData(data))
		for _, c := range set.Stages[1][0].(*appsv1.Deployment).Spec.Template.Spec.Containers {
			mounted := false
			for _, m := range c.VolumeMounts {
				mounted = mounted || m.MountPath == "/data/ct"
			}
			require.Equal(t, c.Name == name, mounted, c.Name)
			_, device := c.Resources.Limits[gpu]
			require.Equal(t, c.Name == name, device, c.Name)
		}
	}
	set, err := Workloads{}.Objects(workloads.Participant{Namespace: "ns", Settings: workloads.Settings{Image: "x:1", Data: data}, JobPods: true}, k)
	require.NoError(t, err)
	require.Error(t, set.CheckData(data), "the pods of tasks have the data of executor.yaml")
}

// A kit that was adopted without the key of the root has no certificate for a SuperExec.
func TestKitWithoutARuntimeCertificate(t *testing.T) {
	f := accepted(t, dialects()["grpc"], flower.RoleClient, "Site_2")
	k, err := f.Kit()
	require.NoError(t, err)
	bare := *k
	bare.Startup = bare.Startup.Only([]string{flower.ConfigFile, flower.RootFile, flower.NodeKeyFile, flower.NodePublicKeyFile})
	require.NoError(t, Workloads{}.CheckJobContainer(k))
	require.ErrorContains(t, Workloads{}.CheckJobContainer(&bare), "has no startup/runtime.crt")
}

// Scientists and SuperNodes that dial the same name share a Service; otherwise that of
// SuperNodes does not lead to the Control API.
func TestServices(t *testing.T) {
	for control, want := range map[string]map[string][]int32{
		"superlink-control.fl-server.svc.cluster.local:9093": {"superlink": {9092}, "superlink-control": {9093}},
		"superlink.fl-server.svc.cluster.local:9093":         {"superlink": {9092, 9093}},
		"control.example.org:443":                            {"superlink": {9092}, "superlink-control": {443}},
	} {
		set, err := Workloads{}.Objects(place(), accepted(t, dialects()["http"], flower.RoleServer, "superlink", func(s *flower.Spec) { s.Control = control }))
		require.NoError(t, err)
		require.Equal(t, want, servicePorts(set), control)
	}
}

// Only the port of SuperNodes is opened to outside of the cluster.
func TestExternalService(t *testing.T) {
	for _, control := range []string{"control.example.org:443", "superlink.fl-server.svc.cluster.local:9093"} {
		p := place()
		p.ExternalService.Type = corev1.ServiceTypeLoadBalancer
		set, err := Workloads{}.Objects(p, accepted(t, dialects()["http"], flower.RoleServer, "superlink", func(s *flower.Spec) { s.Control = control }))
		require.NoError(t, err)
		require.Equal(t, []int32{9092}, servicePorts(set)["superlink-external"], control)
	}
}

func servicePorts(set *workloads.Set) map[string][]int32 {
	ports := map[string][]int32{}
	for _, object := range set.Objects() {
		if service, ok := object.(*corev1.Service); ok {
			for _, p := range service.Spec.Ports {
				ports[service.Name] = append(ports[service.Name], p.Port)
			}
		}
	}
	return ports
}
