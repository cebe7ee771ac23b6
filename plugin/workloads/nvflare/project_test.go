package nvflare

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestImport(t *testing.T) {
	f, err := Workloads{}.Import([]byte(`api_version: 3
name: demo
participants:
- {name: overseer, type: overseer, org: lab}
- {name: server1, type: server, org: lab, fed_learn_port: 8002}
- {name: site-1, type: client, org: hospital_a}
builders:
- {path: nvflare.lighter.impl.workspace.WorkspaceBuilder}
- {path: nvflare.lighter.impl.static_file.StaticFileBuilder, args: {docker_image: "registry.example.org/nvflare:2.9.0"}}
`))
	require.NoError(t, err)
	require.Equal(t, "demo", f.Name)
	require.Equal(t, "*/demo/prod_*", f.Spec.Kits)
	require.Equal(t, "registry.example.org/nvflare:2.9.0", f.Spec.Defaults.Image)
	require.Len(t, f.Spec.Participants, 2, "an overseer is ignored since 2.8")
	require.Equal(t, "hospital_a", f.Spec.Participants[1].Org)
	for name, data := range map[string]string{
		"not YAML":          "{",
		"another file":      "apiVersion: v1\nkind: Pod\nname: x\n",
		"no participants":   "api_version: 3\nname: demo\n",
		"no name":           "api_version: 3\nparticipants: [{name: a, type: client}]\n",
		"names of no texts": "api_version: 3\nname: [demo]\nparticipants: [{name: a}]\n",
	} {
		_, err := Workloads{}.Import([]byte(data))
		require.Error(t, err, name)
	}
}
