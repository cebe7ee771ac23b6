package nvflare

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// provisioned is the part of resources.json.default of NVFLARE 2.9.0 that matters here.
const provisioned = `{
  "format_version": 2, "class_list_enforcement_mode": "enforce", "allow_log_streaming": true,
  "client": {"retry_timeout": 30.5, "compression": "Gzip"},
  "components": [
    {"id": "resource_manager", "path": "nvflare.app_common.resource_managers.gpu_resource_manager.GPUResourceManager", "args": {"num_of_gpus": 0}},
    {"id": "resource_consumer", "path": "nvflare.app_common.resource_consumers.gpu_resource_consumer.GPUResourceConsumer", "args": {}},
    {"id": "process_launcher", "path": "nvflare.app_common.job_launcher.client_process_launcher.ClientProcessJobLauncher", "args": {}},
    {"id": "site_log_streamer", "path": "nvflare.app_common.logging.site_log_streamer.SiteLogStreamer", "args": {"log_file_name": "error_log.txt"}}
  ]
}`

func siteKit(local ...kit.File) *kit.Kit {
	return &kit.Kit{Content: kit.Content{Local: local}, Framework: "nvflare", Participant: "Site_2", Role: "client"}
}

var inSite = workloads.LauncherOptions{Namespace: "fl-site-2", Image: "registry.example.org/nvflare:2.9.0"}

// The golden files are what a site admin finds in local/.
func TestLauncherSettings(t *testing.T) {
	for name, tc := range map[string]struct {
		kit     *kit.Kit
		options workloads.LauncherOptions
		want    []string
	}{
		"provisioned": {
			siteKit(kit.File{Name: "resources.json.default", Data: []byte(provisioned)}), inSite,
			[]string{"comm_config.json", "resources.json", "study_runtime.yaml"},
		},
		"own-files": {
			siteKit(
				kit.File{Name: "comm_config.json", Data: []byte(`{"max_message_size": 1000000000000, "internal": {"scheme": "grpc"}}`)},
				kit.File{Name: "resources.json", Data: []byte(`{"components": []}`)},
				kit.File{Name: "resources.json.default", Data: []byte(provisioned)},
				kit.File{Name: "study_data.yaml", Data: []byte("mine: {}\n")}),
			workloads.LauncherOptions{Namespace: "fl-site-2", ImagePullSecrets: []string{"regcred"}},
			[]string{"comm_config.json", "resources.json"},
		},
		"own-studies": {
			siteKit(
				kit.File{Name: "resources.json.default", Data: []byte(provisioned)},
				kit.File{Name: "study_runtime.yaml", Data: []byte("format_version: 2\nstudies: {}\n")}), inSite,
			[]string{"comm_config.json", "resources.json"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			local, err := Workloads{}.LauncherSettings(tc.kit, tc.options)
			require.NoError(t, err)
			var got strings.Builder
			var changed []string
			for _, f := range local {
				if old, ok := tc.kit.Local.Get(f.Name); ok && string(old) == string(f.Data) {
					continue
				}
				changed = append(changed, f.Name)
				got.WriteString("=== " + f.Name + "\n" + string(f.Data))
			}
			require.Equal(t, tc.want, changed)
			workloadstest.Golden(t, filepath.Join("testdata", "launcher", name+".txt"), got.String(), *update)
		})
	}
}

// What NVFLARE's own command has prepared, with the same address, stays.
func TestLauncherSettingsOfAPreparedKit(t *testing.T) {
	k := siteKit(kit.File{Name: "resources.json.default", Data: []byte(provisioned)})
	local, err := Workloads{}.LauncherSettings(k, inSite)
	require.NoError(t, err)
	resources, _ := local.Get("resources.json")
	connect, _ := local.Get("comm_config.json")
	k = siteKit(kit.File{Name: "comm_config.json", Data: connect}, kit.File{Name: "resources.json.default", Data: resources},
		kit.File{Name: "study_runtime.yaml", Data: []byte("format_version: 2\nstudies: {}\n")})
	require.True(t, Workloads{}.Launches(k))
	again, err := Workloads{}.LauncherSettings(k, inSite)
	require.NoError(t, err)
	require.Equal(t, k.LocalDigest(), again.Digest())
}

func TestLauncherSettingsOfOthers(t *testing.T) {
	_, err := Workloads{}.LauncherSettings(siteKit(), inSite)
	require.ErrorContains(t, err, "resources.json")
	require.False(t, Workloads{}.Launches(siteKit()))
	_, err = Workloads{}.LauncherSettings(siteKit(kit.File{Name: "resources.json", Data: []byte("[]")}), inSite)
	require.ErrorContains(t, err, "local/resources.json")
	_, err = Workloads{}.LauncherSettings(siteKit(kit.File{Name: "comm_config.json", Data: []byte("{")}, kit.File{Name: "resources.json", Data: []byte("{}")}), inSite)
	require.ErrorContains(t, err, "local/comm_config.json")
	admin := siteKit(kit.File{Name: "resources.json", Data: []byte("{}")})
	admin.Role = "admin"
	_, err = Workloads{}.LauncherSettings(admin, inSite)
	require.ErrorContains(t, err, "runs no jobs")
}
