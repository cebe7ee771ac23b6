package v1alpha1_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func TestImages(t *testing.T) {
	sum := "sha256:" + strings.Repeat("a", 64)
	images := func(all ...v1alpha1.AllowedImage) func(*spec) { return func(s *spec) { s.Images.Allowed = all } }
	one := func(repository, tag, digest string) func(*spec) {
		return images(v1alpha1.AllowedImage{Repository: repository, Tag: tag, Digest: digest})
	}
	validate(t, map[string]row{
		"with a port":         {one("registry.example.org:5000/a/b", "", sum), nil},
		"of the hub":          {one("nvflare", "", sum), nil},
		"with a tag":          {one("a/b", "v1.0_x-y", sum), nil},
		"128 characters":      {one("a/b", strings.Repeat("t", 128), sum), nil},
		"129 characters":      {one("a/b", strings.Repeat("t", 129), sum), []string{"allowed[0].tag: Invalid"}},
		"a tag with a dash":   {one("a/b", "-x", sum), []string{"allowed[0].tag: Invalid"}},
		"a tag with a slash":  {one("a/b", "x/y", sum), []string{"allowed[0].tag: Invalid"}},
		"no repository":       {one("", "", sum), []string{"allowed[0].repository: Invalid"}},
		"in capitals":         {one("A/B", "", sum), []string{"allowed[0].repository: Invalid"}},
		"a tag in it":         {one("a/b:1", "", sum), []string{"without tag and digest"}},
		"a digest in it":      {one("a/b@"+sum, "", sum), []string{"allowed[0].repository: Invalid"}},
		"a scheme in it":      {one("https://a/b", "", sum), []string{"allowed[0].repository: Invalid"}},
		"another algorithm":   {one("a/b", "", "sha512:"+strings.Repeat("a", 128)), []string{"allowed[0].digest: Invalid"}},
		"a digest too short":  {one("a/b", "", sum[:70]), []string{"allowed[0].digest: Invalid"}},
		"a digest in capital": {one("a/b", "", "sha256:"+strings.Repeat("A", 64)), []string{"must be sha256:"}},
		"no algorithm":        {one("a/b", "", strings.Repeat("a", 64)), []string{"allowed[0].digest: Invalid"}},
		"all wrong":           {one("", "/", ""), []string{"repository: Invalid", "digest: Invalid", "tag: Invalid"}},
		"one tag, two digests": {images(v1alpha1.AllowedImage{Repository: "a/b", Tag: "1", Digest: sum}, v1alpha1.AllowedImage{Repository: "a/b", Tag: "1", Digest: sum}),
			[]string{"allowed[1].tag: Duplicate"}},
		"two tags, one digest": {images(v1alpha1.AllowedImage{Repository: "a/b", Tag: "1", Digest: sum}, v1alpha1.AllowedImage{Repository: "a/b", Tag: "2", Digest: sum}), nil},
		"two repositories":     {images(v1alpha1.AllowedImage{Repository: "a/b", Tag: "1", Digest: sum}, v1alpha1.AllowedImage{Repository: "a/c", Tag: "1", Digest: sum}), nil},
		"a pull secret twice":  {func(s *spec) { s.Images.PullSecrets = []string{"a", "a"} }, []string{"pullSecrets[1]: Duplicate"}},
		"every pull secret":    {func(s *spec) { s.Images.PullSecrets = []string{"*", "{participant}*"} }, []string{"pullSecrets[0]: Invalid", "pullSecrets[1]: Invalid"}},
		"no word of its own":   {func(s *spec) { s.Images.PullSecrets = []string{"{participant}-*", "{participant}{participant}*", "-*"} }, []string{"pullSecrets[0]: Invalid", "pullSecrets[1]: Invalid", "pullSecrets[2]: Invalid"}},
		"an asterisk inside":   {func(s *spec) { s.Images.PullSecrets = []string{"a*b", "a-*", "{participant}-dockercfg-*"} }, []string{"pullSecrets[0]: Invalid"}},
		"addresses of servers": {func(s *spec) {
			s.Privacy = &v1alpha1.PrivacyRules{Egress: &v1alpha1.EgressRule{Servers: []v1alpha1.EgressServer{
				{Host: "fl", Addresses: []string{"203.0.113.7", "2001:db8::7"}}, {Host: "fl2", Addresses: []string{"127.0.0.1", "169.254.169.254"}},
				{Host: "fl3", Addresses: []string{"fl.example.org", "fl.example.org"}}, {Namespace: "ns", Addresses: []string{"203.0.113.7"}},
			}}}
		}, []string{"servers[1].addresses[0]: Invalid", "servers[1].addresses[1]: Invalid", "servers[2].addresses[1]: Duplicate", "servers[2].addresses[0]: Invalid", "servers[2].addresses[1]: Invalid", "servers[3].host: Required"}},
		"no pull secret": {func(s *spec) { s.Images.PullSecrets = []string{""} }, []string{"pullSecrets[0]: Invalid"}},
	})
}

// A mount must not hide a folder that programs are loaded from, and a path has one
// spelling.
func TestFolders(t *testing.T) {
	at := func(path string) func(*spec) { return func(s *spec) { s.Workspace.MountPath = path } }
	rows := map[string]row{
		"a folder":        {at("/workspace"), nil},
		"below /var":      {at("/var/tmp/fl"), nil},
		"like a system's": {at("/binary"), nil},
		"/opt":            {at("/opt/data"), nil},
		"relative":        {at("workspace"), []string{"spec.workspace.mountPath: Invalid"}},
		"a slash after":   {at("/workspace/"), []string{"spec.workspace.mountPath: Invalid"}},
		"two slashes":     {at("//workspace"), []string{"must be an absolute path"}},
		"a dot":           {at("/./workspace"), []string{"must be an absolute path"}},
		"upwards":         {at("/workspace/../usr"), []string{"must be an absolute path"}},
		"a colon":         {at("/work:space"), []string{"must be an absolute path"}},
		"expanded":        {at("/$(HOME)"), []string{"must be an absolute path"}},
		"everything":      {at("/"), []string{"must not hide"}},
	}
	for _, system := range []string{"/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/root", "/sbin", "/sys", "/tmp", "/usr", "/var/run", "/run"} {
		rows["over "+system] = row{at(system), []string{"must not hide " + system + " of the image"}}
		rows["below "+system] = row{at(system + "/x"), []string{"must not hide " + system + " of the image"}}
	}
	validate(t, rows)
}

func TestWorkspace(t *testing.T) {
	validate(t, map[string]row{
		"another pattern":   {func(s *spec) { s.Workspace.ClaimName = "fl-{participant}" }, nil},
		"twice in it":       {func(s *spec) { s.Workspace.ClaimName = "{participant}-{participant}" }, nil},
		"another mark":      {func(s *spec) { s.Workspace.ClaimName = "{site}-workspace" }, []string{"claimName: Invalid", "claimName: Invalid"}},
		"no name":           {func(s *spec) { s.Workspace.ClaimName = "A-{participant}" }, []string{"spec.workspace.claimName: Invalid"}},
		"a sub-path":        {func(s *spec) { s.Workspace.SubPath = "fl/{participant}" }, nil},
		"an absolute one":   {func(s *spec) { s.Workspace.SubPath = "/fl" }, []string{"spec.workspace.subPath: Invalid"}},
		"a slash after":     {func(s *spec) { s.Workspace.SubPath = "fl/" }, []string{"spec.workspace.subPath: Invalid"}},
		"the folder itself": {func(s *spec) { s.Workspace.SubPath = "." }, []string{"spec.workspace.subPath: Invalid"}},
		"upwards":           {func(s *spec) { s.Workspace.SubPath = ".." }, []string{"spec.workspace.subPath: Invalid"}},
		"expanded":          {func(s *spec) { s.Workspace.SubPath = "$(X)" }, []string{"spec.workspace.subPath: Invalid"}},
		"shared by one":     {func(s *spec) { s.Participants, s.Launchers = s.Participants[1:2], nil; s.Workspace.ClaimName = "all" }, nil},
	})
}

func TestData(t *testing.T) {
	add := func(rule v1alpha1.DataRule) func(*spec) { return func(s *spec) { s.Data = append(s.Data, rule) } }
	roles := []v1alpha1.Role{"client"}
	validate(t, map[string]row{
		"another":               {add(v1alpha1.DataRule{ClaimName: "mri", MountPath: "/data/mri", Roles: roles}), nil},
		"beside the first":      {add(v1alpha1.DataRule{ClaimName: "mri", MountPath: "/data/ct2", Roles: roles}), nil},
		"in the first":          {add(v1alpha1.DataRule{ClaimName: "mri", MountPath: "/data/ct/x", Roles: roles}), []string{"must not be, contain or be below /data/ct, the mountPath of ct-scans"}},
		"over the first":        {add(v1alpha1.DataRule{ClaimName: "mri", MountPath: "/data", Roles: roles}), []string{"must not be, contain or be below /data/ct, the mountPath of ct-scans"}},
		"at the workspace":      {add(v1alpha1.DataRule{ClaimName: "mri", MountPath: "/workspace", Roles: roles}), []string{"must not be, contain or be below /workspace, the mountPath of the workspace"}},
		"beside the workspace":  {add(v1alpha1.DataRule{ClaimName: "mri", MountPath: "/workspace2", Roles: roles}), nil},
		"no claim":              {add(v1alpha1.DataRule{MountPath: "/data/mri", Roles: roles}), []string{"spec.data[1].claimName: Invalid"}},
		"an odd volume":         {add(v1alpha1.DataRule{ClaimName: "mri", VolumeName: "PV 1", MountPath: "/data/mri", Roles: roles}), []string{"spec.data[1].volumeName: Invalid"}},
		"a role twice":          {add(v1alpha1.DataRule{ClaimName: "mri", MountPath: "/data/mri", Roles: []v1alpha1.Role{"client", "client"}}), []string{"roles[1]: Duplicate"}},
		"a role of another":     {add(v1alpha1.DataRule{ClaimName: "mri", MountPath: "/data/mri", Roles: []v1alpha1.Role{"hub"}}), nil},
		"no role":               {add(v1alpha1.DataRule{ClaimName: "mri", MountPath: "/data/mri"}), []string{"roles: Required"}},
		"a role that is a path": {add(v1alpha1.DataRule{ClaimName: "mri", MountPath: "/data/mri", Roles: []v1alpha1.Role{"a/b"}}), []string{"roles[0]: Invalid"}},
	})
}

func TestPodSecurityAndAmounts(t *testing.T) {
	validate(t, map[string]row{
		"privileged":     {func(s *spec) { s.PodSecurity.Level = "privileged" }, nil},
		"in capitals":    {func(s *spec) { s.PodSecurity.Level = "Restricted" }, []string{"spec.podSecurity.level: Unsupported"}},
		"v1.0":           {func(s *spec) { s.PodSecurity.Version = "v1.0" }, nil},
		"v1.9999":        {func(s *spec) { s.PodSecurity.Version = "v1.9999" }, nil},
		"v1.10000":       {func(s *spec) { s.PodSecurity.Version = "v1.10000" }, []string{"spec.podSecurity.version: Invalid"}},
		"v1.07":          {func(s *spec) { s.PodSecurity.Version = "v1.07" }, []string{"spec.podSecurity.version: Invalid"}},
		"v2.0":           {func(s *spec) { s.PodSecurity.Version = "v2.0" }, []string{"must be latest or a version like v1.37"}},
		"user 1":         {func(s *spec) { s.PodSecurity.RunAsUser = new(int64(1)) }, nil},
		"user -1":        {func(s *spec) { s.PodSecurity.RunAsUser = new(int64(-1)) }, []string{"0 is root"}},
		"group 0":        {func(s *spec) { s.PodSecurity.FSGroup = new(int64(0)) }, []string{"spec.podSecurity.fsGroup: Invalid"}},
		"no IDs":         {func(s *spec) { s.PodSecurity.RunAsUser, s.PodSecurity.FSGroup = nil, nil }, nil},
		"none":           {func(s *spec) { s.Resources.Max["nvidia.com/gpu"] = resource.MustParse("0") }, nil},
		"below none":     {func(s *spec) { s.Resources.Max["nvidia.com/gpu"] = resource.MustParse("-1") }, []string{"must not be negative"}},
		"no name":        {func(s *spec) { s.Resources.Max[""] = resource.MustParse("1") }, []string{"spec.resources.max[]: Invalid", "spec.resources.max[]: Invalid"}},
		"no launchers":   {func(s *spec) { s.Launchers = nil }, nil},
		"no account":     {func(s *spec) { s.Launchers[0].ServiceAccountName = "" }, []string{"spec.launchers[0].serviceAccountName: Invalid"}},
		"no participant": {func(s *spec) { s.Launchers[0].Participant = "" }, []string{"spec.launchers[0].participant: Invalid"}},
		"another's":      {func(s *spec) { s.Launchers[0].Participant = "site-9" }, []string{"spec.launchers[0].participant: Invalid"}},
		"one for two":    {func(s *spec) { s.Launchers[1].ServiceAccountName = s.Launchers[0].ServiceAccountName }, []string{"spec.launchers[1].serviceAccountName: Duplicate"}},
		"two for one":    {func(s *spec) { s.Launchers[1].Participant = s.Launchers[0].Participant }, []string{"spec.launchers[1].participant: Duplicate"}},
		"no privacy":     {func(s *spec) { s.Privacy = nil }, nil},
	})
}

func TestMustBeReadOnly(t *testing.T) {
	for flag, want := range map[*bool]bool{nil: true, new(true): true, new(false): false} {
		require.Equal(t, want, (&v1alpha1.DataRule{ReadOnly: flag}).MustBeReadOnly())
	}
}
