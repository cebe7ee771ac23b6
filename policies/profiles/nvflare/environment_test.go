package nvflare_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/nvflare"
)

// environmentProblem is the first problem of a variable, or "".
func environmentProblem(t *testing.T, command string, variable corev1.EnvVar) string {
	t.Helper()
	words := strings.Fields(command)
	c := &corev1.Container{Command: words[:1], Args: words[1:], Env: []corev1.EnvVar{{Name: "TZ", Value: "UTC"}, variable}}
	if variable.Name != "PYTHONSAFEPATH" {
		c.Env = append(c.Env, corev1.EnvVar{Name: "PYTHONSAFEPATH", Value: "1"})
	}
	process, _ := nvflare.Profile{}.Recognise(c)
	id := profiles.Identity{Participant: "Site_2", Org: "hospital_b", Role: process.Role, Workspace: "/workspace", Pod: "job-0"}
	problems := grammarOf(process, id).Environment(c)
	if len(problems) == 0 {
		return ""
	}
	require.Len(t, problems, 1)
	require.Equal(t, "env[1]", problems[0].Field)
	require.NotEmpty(t, problems[0].Fix)
	return problems[0].Detail
}

func fromSecret(name, secret, key string) corev1.EnvVar {
	return corev1.EnvVar{Name: name, ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: secret}, Key: key,
	}}}
}

func TestVariables(t *testing.T) {
	for name, tc := range map[string]struct {
		variable corev1.EnvVar
		want     string
	}{
		"HOME":                     {corev1.EnvVar{Name: "HOME", Value: "/tmp"}, ""},
		"HOME on the claim":        {corev1.EnvVar{Name: "HOME", Value: "/workspace"}, `HOME is "/workspace", but must be /tmp`},
		"HOME, empty":              {corev1.EnvVar{Name: "HOME"}, "HOME is"},
		"a name":                   {corev1.EnvVar{Name: "USER", Value: "jovyan"}, ""},
		"a name that expands":      {corev1.EnvVar{Name: "LOGNAME", Value: "$(X)"}, "LOGNAME is"},
		"a name with a path":       {corev1.EnvVar{Name: "USER", Value: "../x"}, "USER is"},
		"no name":                  {corev1.EnvVar{Name: "USER"}, "USER is"},
		"caches":                   {corev1.EnvVar{Name: "XDG_CACHE_HOME", Value: "/tmp/.cache"}, ""},
		"a cache of code":          {corev1.EnvVar{Name: "TORCHINDUCTOR_CACHE_DIR", Value: "/tmp/.cache/torch"}, ""},
		"a cache on the claim":     {corev1.EnvVar{Name: "TRITON_CACHE_DIR", Value: "/workspace/x"}, "TRITON_CACHE_DIR is"},
		"a cache in the store":     {corev1.EnvVar{Name: "NUMBA_CACHE_DIR", Value: "/tmp/nvflare"}, "NUMBA_CACHE_DIR is"},
		"a cache upwards":          {corev1.EnvVar{Name: "MPLCONFIGDIR", Value: "/tmp/.cache/../x"}, "MPLCONFIGDIR is"},
		"a cache next to it":       {corev1.EnvVar{Name: "HF_HOME", Value: "/tmp/.cached"}, "HF_HOME is"},
		"a cache that expands":     {corev1.EnvVar{Name: "TORCH_HOME", Value: "/tmp/.cache/$(X)"}, "TORCH_HOME is"},
		"TMPDIR below":             {corev1.EnvVar{Name: "TMPDIR", Value: "/tmp/x"}, "TMPDIR is"},
		"a zone":                   {corev1.EnvVar{Name: "TZ", Value: "America/Argentina/Buenos_Aires"}, ""},
		"a zone by offset":         {corev1.EnvVar{Name: "TZ", Value: "Etc/GMT+5"}, ""},
		"a zone by path":           {corev1.EnvVar{Name: "TZ", Value: "/workspace/zone"}, "TZ is"},
		"a zone upwards":           {corev1.EnvVar{Name: "TZ", Value: "../../workspace/zone"}, "TZ is"},
		"a zone too deep":          {corev1.EnvVar{Name: "TZ", Value: "a/b/c/d"}, "TZ is"},
		"a locale":                 {corev1.EnvVar{Name: "LANG", Value: "C.UTF-8"}, ""},
		"an empty locale":          {corev1.EnvVar{Name: "LC_ALL"}, ""},
		"a locale by path":         {corev1.EnvVar{Name: "LC_ALL", Value: "/workspace/x"}, "LC_ALL is"},
		"threads":                  {corev1.EnvVar{Name: "OMP_NUM_THREADS", Value: "4,2"}, ""},
		"threads that expand":      {corev1.EnvVar{Name: "OMP_NUM_THREADS", Value: "$(X)"}, "OMP_NUM_THREADS is"},
		"devices":                  {corev1.EnvVar{Name: "CUDA_VISIBLE_DEVICES", Value: "0,1"}, ""},
		"other devices":            {corev1.EnvVar{Name: "NVIDIA_VISIBLE_DEVICES", Value: "all"}, `"NVIDIA_VISIBLE_DEVICES" is not on the list`},
		"LD_PRELOAD":               {corev1.EnvVar{Name: "LD_PRELOAD", Value: "/tmp/x.so"}, "not on the list"},
		"a safe path":              {corev1.EnvVar{Name: "PYTHONSAFEPATH", Value: "1"}, ""},
		"a safe path that is none": {corev1.EnvVar{Name: "PYTHONSAFEPATH"}, `PYTHONSAFEPATH is "", but must be 1`},
		"PYTHONPATH":               {corev1.EnvVar{Name: "PYTHONPATH", Value: "/workspace"}, "not on the list"},
		"lower case":               {corev1.EnvVar{Name: "home", Value: "/tmp"}, "not on the list"},
		"an empty name":            {corev1.EnvVar{Value: "/tmp"}, "not on the list"},
		"from a Secret":            {fromSecret("HOME", "x", "y"), `"HOME" has a value from another object or field`},
		"a job's token":            {fromSecret("NVFLARE_JOB_AUTH_TOKEN", "nvflare-cred-job-0", "NVFLARE_JOB_AUTH_TOKEN"), "has a value from another object or field"},
		"from a field of the pod":  {corev1.EnvVar{Name: "TZ", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}}, "from another object or field"},
		"a value and from a field": {corev1.EnvVar{Name: "HOME", Value: "/tmp", ValueFrom: &corev1.EnvVarSource{}}, "from another object or field"},
	} {
		t.Run(name, func(t *testing.T) {
			got := environmentProblem(t, clientRun, tc.variable)
			if tc.want == "" {
				require.Empty(t, got)
			} else {
				require.Contains(t, got, tc.want)
			}
		})
	}
}

// Python loads modules from the working directory of the image unless it is kept from it.
func TestSafePath(t *testing.T) {
	words := strings.Fields(clientRun)
	c := &corev1.Container{Command: words[:1], Args: words[1:]}
	process, _ := nvflare.Profile{}.Recognise(c)
	grammar := grammarOf(process, profiles.Identity{Participant: "Site_2", Role: process.Role, Workspace: "/workspace"})
	problems := grammar.Environment(c)
	require.Len(t, problems, 1)
	require.Equal(t, "env", problems[0].Field)
	require.Contains(t, problems[0].Detail, "PYTHONSAFEPATH is missing")
	c.Env = []corev1.EnvVar{{Name: "PYTHONSAFEPATH", Value: "1"}, {Name: "PYTHONSAFEPATH", Value: ""}}
	require.Len(t, grammar.Environment(c), 1, "the last one counts")
}

func TestVariablesOfJobs(t *testing.T) {
	path := func(site string) string { return "/workspace/" + jobID + "/app_" + site + "/custom" }
	for name, tc := range map[string]struct {
		command  string
		variable corev1.EnvVar
		want     string
	}{
		"a client's path":       {clientJob, corev1.EnvVar{Name: "PYTHONPATH", Value: path("Site_2")}, ""},
		"a server's path":       {serverJob, corev1.EnvVar{Name: "PYTHONPATH", Value: path("server")}, ""},
		"another site's path":   {clientJob, corev1.EnvVar{Name: "PYTHONPATH", Value: path("site-1")}, "as the launcher writes it"},
		"a longer path":         {clientJob, corev1.EnvVar{Name: "PYTHONPATH", Value: path("Site_2") + ":/tmp"}, "as the launcher writes it"},
		"an empty path":         {clientJob, corev1.EnvVar{Name: "PYTHONPATH"}, "as the launcher writes it"},
		"a path from elsewhere": {clientJob, fromSecret("PYTHONPATH", "x", "y"), "as the launcher writes it"},
		"the owner":             {clientJob, corev1.EnvVar{Name: "NVFL_WORKSPACE_OWNER_FQCN", Value: "Site_2"}, ""},
		"the server as owner":   {serverJob, corev1.EnvVar{Name: "NVFL_WORKSPACE_OWNER_FQCN", Value: "server"}, ""},
		"another owner":         {clientJob, corev1.EnvVar{Name: "NVFL_WORKSPACE_OWNER_FQCN", Value: "server"}, "as the launcher writes it"},
		"its token":             {clientJob, fromSecret("NVFLARE_JOB_AUTH_TOKEN", "nvflare-cred-job-0", "NVFLARE_JOB_AUTH_TOKEN"), ""},
		"its session":           {clientJob, fromSecret("NVFLARE_JOB_SSID", "nvflare-cred-job-0", "NVFLARE_JOB_SSID"), ""},
		"another key":           {clientJob, fromSecret("NVFLARE_JOB_AUTH_TOKEN", "nvflare-cred-job-0", "NVFLARE_JOB_SSID"), "must come from the key of its own name"},
		"another pod's token":   {clientJob, fromSecret("NVFLARE_JOB_AUTH_TOKEN", "nvflare-cred-job-1", "NVFLARE_JOB_AUTH_TOKEN"), "must come from the key of its own name"},
		"another Secret":        {clientJob, fromSecret("NVFLARE_JOB_AUTH_TOKEN", "job-0", "NVFLARE_JOB_AUTH_TOKEN"), "must come from the key of its own name"},
		"a token in the open":   {clientJob, corev1.EnvVar{Name: "NVFLARE_JOB_AUTH_TOKEN", Value: "x"}, "must come from the job's Secret"},
		"a kit as a token":      {clientJob, fromSecret("NVFL_WORKSPACE_TRANSFER_TOKEN", "flare-kit-x", "client.key"), "must come from the key of its own name"},
		"still closed":          {clientJob, corev1.EnvVar{Name: "LD_PRELOAD", Value: "x"}, "not on the list"},
		"HOME":                  {clientJob, corev1.EnvVar{Name: "HOME", Value: "/tmp"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := environmentProblem(t, tc.command, tc.variable)
			if tc.want == "" {
				require.Empty(t, got)
			} else {
				require.Contains(t, got, tc.want)
			}
		})
	}
}

// The grammar allows the variables that mutation adds.
func TestDefaultsAreAllowed(t *testing.T) {
	for _, command := range []string{clientRun, serverRun, clientJob, serverJob} {
		c := &corev1.Container{Args: strings.Fields(command)}
		process, _ := nvflare.Profile{}.Recognise(c)
		d := nvflare.Profile{}.Demands(process, profiles.Identity{Role: process.Role, Workspace: "/workspace"}).Containers[0]
		require.Len(t, d.Defaults(), 5)
		require.Empty(t, d.Grammar.Environment(&corev1.Container{Args: c.Args, Env: d.Defaults()}))
	}
}
