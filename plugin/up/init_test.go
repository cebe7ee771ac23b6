package up_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// example is a line with a field in a comment.
var example = regexp.MustCompile(`(?m)^( +)# ([a-zA-Z]+: )`)

// initialize writes a file with `federation init`, and decodes it: as it is, and with all of
// its examples.
func (c *clusters) initialize(from string) (string, *federation.Federation) {
	c.t.Helper()
	path := filepath.Join(c.dir, "made", "federation.yaml")
	require.NoError(c.t, os.MkdirAll(filepath.Dir(path), 0o700))
	out, err := c.run("federation", "init", from, "-o", path)
	require.NoError(c.t, err, out)
	require.Contains(c.t, out, " written, with ")
	data, err := os.ReadFile(path)
	require.NoError(c.t, err)
	f, err := federation.Decode(path, data)
	require.NoError(c.t, err)
	full := strings.Replace(example.ReplaceAllString(string(data), "$1$2"), "    client: {}\n", "", 1)
	all, err := federation.Decode(path, []byte(full))
	require.NoError(c.t, err, full)
	report := all.Report()
	all.Validate(report)
	require.NoError(c.t, report.Err())
	require.NotEmpty(c.t, all.Spec.RoleDefaults[kit.RoleClient].Data)
	_, err = c.run("federation", "init", from, "-o", path)
	require.ErrorContains(c.t, err, "exists: give another file")
	return path, f
}

// What the command writes works: for a folder of kits, some of them in archives.
func TestInitFromKits(t *testing.T) {
	c := newClusters(t)
	kits := filepath.Join(c.dir, "ws/demo/prod_00")
	require.NoError(t, os.Rename(filepath.Join(kits, "site-2"), filepath.Join(kits, "hospital_b")))
	path, f := c.initialize(kits)
	require.Equal(t, "demo", f.Name)
	require.Equal(t, "server1", f.Spec.Participants[0].Name, "the server comes first")
	require.Equal(t, "fl-server", f.Spec.Participants[0].Namespace, "which the kits dial")
	require.Empty(t, f.Spec.RootFingerprint, "a kit proves nothing about itself")
	out, err := c.run("up", "-f", path, "--plan")
	require.NoError(t, err, out)
	require.Regexp(t, `(?m)^site-2 +client +hospital_b `, out)
	out, err = c.run("federation", "init", kits)
	require.NoError(t, err, out)
	require.Contains(t, out, "# The others dial "+host+":8002.")
	require.Regexp(t, `# rootFingerprint: "?[0-9A-Fa-f:]+`, out)
}

func TestInitFromAProject(t *testing.T) {
	c := newClusters(t)
	project := filepath.Join(c.dir, "project.yml")
	require.NoError(t, os.WriteFile(project, []byte(`api_version: 3
name: demo
participants:
- {name: server1, type: server, org: lab}
- {name: site-1, type: client, org: "on"}
`), 0o600))
	path, f := c.initialize(project)
	require.Equal(t, "on", f.Spec.Participants[1].Org)
	_, err := c.run("up", "-f", path, "--plan")
	require.ErrorContains(t, err, `its organization is "hospital_a", not "on"`)
}

func TestInitRejects(t *testing.T) {
	c := newClusters(t)
	_, err := c.run("federation", "init", c.dir)
	require.ErrorContains(t, err, "has no kits: give a folder with a kit for each participant")
	_, err = c.run("federation", "init", "nowhere")
	require.ErrorContains(t, err, "nowhere")
	require.NoError(t, os.Truncate(filepath.Join(c.dir, "ws/demo/prod_00/site-1/startup/client.crt"), 0))
	_, err = c.run("federation", "init", filepath.Join(c.dir, "ws/demo/prod_00"))
	require.ErrorContains(t, err, "site-1")
}
