package nvflare_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/nvflare"
)

// grammarOf is the grammar of a participant's process.
func grammarOf(process profiles.Process, id profiles.Identity) profiles.Grammar {
	return nvflare.Profile{}.Demands(process, id).Containers[0].Grammar
}

// argvProblem is the first problem of a command with a kit of the same role, as "field:
// detail", or "".
func argvProblem(t *testing.T, command string, role kit.Role) string {
	t.Helper()
	c := &corev1.Container{VolumeMounts: []corev1.VolumeMount{{Name: "workspace", MountPath: "/workspace"}}}
	if words := strings.Fields(command); len(words) > 0 {
		c.Command, c.Args = words[:1], words[1:]
	}
	process, _ := nvflare.Profile{}.Recognise(c)
	id := profiles.Identity{
		Participant: "Site_2", Org: "hospital_b", Role: role, Object: "site-2", Workspace: "/workspace", Pod: "job-0",
		Server: kit.Endpoint{Scheme: "grpc", Host: "server1", Port: 8002},
	}
	problems := grammarOf(process, id).Argv(c)
	require.LessOrEqual(t, len(problems), 1)
	if len(problems) == 0 {
		return ""
	}
	require.NotEmpty(t, problems[0].Fix)
	return problems[0].Field + ": " + problems[0].Detail
}

const (
	python    = "/usr/local/bin/python3"
	clientRun = python + " -u -m nvflare.private.fed.app.client.client_train -m /workspace -s fed_client.json --set secure_train=true uid=Site_2 org=hospital_b config_folder=config comm_driver_path="
	serverRun = python + " -u -m nvflare.private.fed.app.server.server_train -m /workspace -s fed_server.json --set secure_train=true org=hospital_b config_folder=config comm_driver_path="
)

func TestParents(t *testing.T) {
	with := func(command, old, words string) string {
		require.Contains(t, command, old)
		return strings.Replace(command, old, words, 1)
	}
	for name, tc := range map[string]struct {
		command string
		role    kit.Role
		want    string
	}{
		"a client":                  {clientRun, "client", ""},
		"a server":                  {serverRun, "server", ""},
		"the other name of python":  {with(clientRun, "python3", "python"), "client", ""},
		"settings in another order": {with(clientRun, "secure_train=true uid=Site_2", "uid=Site_2 secure_train=true"), "client", ""},
		"nothing":                   {"", "client", "args[0]: the command is \"\""},
		"the claim's python":        {with(clientRun, python, "/workspace/python3"), "client", `command[0]: the command is "/workspace/python3", but must be a Python of the image`},
		"python by PATH":            {with(clientRun, python, "python3"), "client", ""},
		"a distribution's python":   {with(clientRun, python, "/usr/bin/python3.11"), "client", ""},
		"Conda's python":            {with(clientRun, python, "/opt/conda/bin/python3.12"), "client", ""},
		"an old python":             {with(clientRun, python, "/usr/bin/python3.10"), "client", "must be a Python of the image"},
		"a shell":                   {"sh -c " + clientRun, "client", `command[0]: the command is "sh"`},
		"another kit's role":        {clientRun, "server", "command[0]: it runs nvflare.private.fed.app.client.client_train, but the kit is for the role server"},
		"an admin's kit":            {serverRun, "admin", "but the kit is for the role admin"},
		"buffered":                  {with(clientRun, "-u -m", "-m"), "client", "args[0]: the first arguments must be -u -m"},
		"an option before":          {with(clientRun, "-u -m", "-u -X importtime -m"), "client", "args[0]: the first arguments must be -u -m"},
		"another workspace":         {with(clientRun, "-m /workspace", "-m /tmp"), "client", `args[4]: it is "/tmp", but must be "/workspace"`},
		"a folder of the workspace": {with(clientRun, "-m /workspace", "-m /workspace/x"), "client", "args[4]: "},
		"another configuration":     {with(clientRun, "fed_client.json", "fed_server.json"), "client", `args[6]: it is "fed_server.json", but must be "fed_client.json"`},
		"no settings":               {with(clientRun, " --set secure_train=true uid=Site_2 org=hospital_b config_folder=config comm_driver_path=", ""), "client", `args[7]: it is "", but must be "--set"`},
		"no setting after --set":    {with(clientRun, " secure_train=true uid=Site_2 org=hospital_b config_folder=config comm_driver_path=", ""), "client", "args[7]: the setting secure_train=true is missing"},
		"insecure":                  {with(clientRun, "secure_train=true", "secure_train=false"), "client", `args[8]: secure_train is "false", but must be "true"`},
		"another site":              {with(clientRun, "uid=Site_2", "uid=site-1"), "client", `uid is "site-1", but must be "Site_2"`},
		"another organisation":      {with(clientRun, "org=hospital_b", "org="), "client", `org is "", but must be "hospital_b"`},
		"another folder":            {with(clientRun, "config_folder=config", "config_folder=../x"), "client", `config_folder is "../x"`},
		"a setting twice":           {clientRun + " org=hospital_b", "client", `args[13]: the setting "org=hospital_b" is not allowed, or occurs twice`},
		"one more":                  {clientRun + " log_config=/tmp/x", "client", `args[13]: the setting "log_config=/tmp/x" is not allowed`},
		"no word about drivers":     {with(clientRun, " comm_driver_path=", ""), "client", "the setting comm_driver_path= is missing"},
		"drivers":                   {with(clientRun, "comm_driver_path=", "comm_driver_path=."), "client", `comm_driver_path is ".", but must be ""`},
		"drivers without a value":   {with(clientRun, "comm_driver_path=", "comm_driver_path"), "client", `the setting "comm_driver_path" is not allowed`},
		"a word without a value":    {clientRun + " org", "client", `args[13]: the setting "org" is not allowed`},
		"an empty key":              {clientRun + " =x", "client", `args[13]: the setting "=x" is not allowed`},
		"no organisation":           {with(clientRun, " org=hospital_b", ""), "client", "the setting org=hospital_b is missing"},
		"no site":                   {with(clientRun, " uid=Site_2", ""), "client", "the setting uid=Site_2 is missing"},
		"a server with a site":      {serverRun + " uid=Site_2", "server", `the setting "uid=Site_2" is not allowed`},
	} {
		t.Run(name, func(t *testing.T) {
			got := argvProblem(t, tc.command, tc.role)
			if tc.want == "" {
				require.Empty(t, got)
			} else {
				require.Contains(t, got, tc.want)
			}
		})
	}
}

func TestAdmins(t *testing.T) {
	sleep := "import time; time.sleep(3600)"
	for name, tc := range map[string]struct {
		words []string
		role  kit.Role
		want  string
	}{
		"an admin":     {[]string{python, "-c", sleep}, "admin", ""},
		"a client":     {[]string{python, "-c", sleep}, "client", "the kit is for the role client"},
		"longer":       {[]string{python, "-c", "import time; time.sleep(9999)"}, "admin", "does not run a process of NVFLARE"},
		"more":         {[]string{python, "-c", sleep, "x"}, "admin", "the arguments must be -c"},
		"an option":    {[]string{python, "-i", "-c", sleep}, "admin", "the arguments must be -c"},
		"another flag": {[]string{python, "-m", sleep}, "admin", "the arguments must be -c"},
	} {
		t.Run(name, func(t *testing.T) {
			c := &corev1.Container{Command: tc.words}
			process, ok := nvflare.Profile{}.Recognise(c)
			require.False(t, ok, "a sleep without a kit is no process")
			problems := grammarOf(process, profiles.Identity{Role: tc.role}).Argv(c)
			if tc.want == "" {
				require.Empty(t, problems)
				return
			}
			require.Len(t, problems, 1)
			require.Contains(t, problems[0].Detail, tc.want)
		})
	}
}

const (
	jobID     = "0c4c8c6e-61b4-4a05-9f8a-1c1dfba4d2f0"
	clientJob = python + " -u -m nvflare.private.fed.app.client.worker_process -m /workspace -w /workspace/startup -n " + jobID +
		" -c Site_2 -p stcp://site-2:8102 -g server1:8002 -scheme grpc -s fed_client.json --parent_conn_sec mtls --set secure_train=true uid=Site_2 org=hospital_b config_folder=config comm_driver_path="
	serverJob = python + " -u -m nvflare.private.fed.app.server.runner_process -m /workspace -s fed_server.json -r /workspace/" + jobID +
		"/app_server -n " + jobID + " -p stcp://site-2:8102 --parent_conn_sec mtls -u grpc://0:8002 --host Site_2 --port 8002 --set secure_train=true org=hospital_b config_folder=config comm_driver_path="
)

func TestJobs(t *testing.T) {
	with := func(command, old, words string) string {
		require.Contains(t, command, old)
		return strings.Replace(command, old, words, 1)
	}
	for name, tc := range map[string]struct {
		command string
		role    kit.Role
		want    string
	}{
		"a client's":              {clientJob, "client", ""},
		"a server's":              {serverJob, "server", ""},
		"without conn_sec":        {with(clientJob, " --parent_conn_sec mtls", ""), "client", "the argument --parent_conn_sec is missing"},
		"in clear text":           {with(clientJob, "mtls", "clear"), "client", `the value "clear" of --parent_conn_sec`},
		"another parent":          {with(clientJob, "tcp://site-2:", "tcp://site-3:"), "client", "of -p"},
		"another server":          {with(clientJob, "-g server1:", "-g server2:"), "client", "of -g"},
		"another server's port":   {with(clientJob, "-g server1:8002", "-g server1:8003"), "client", "of -g"},
		"with admins":             {with(serverJob, "grpc://0:8002", "grpc://0:8002?admin_listener=true"), "server", ""},
		"with another query":      {with(serverJob, "grpc://0:8002", "grpc://0:8002?admin_listener=true&x=y"), "server", "of -u"},
		"admins at the parent":    {with(clientJob, "tcp://site-2:8102", "tcp://site-2:8102?admin_listener=true"), "client", "of -p"},
		"another port to itself":  {with(serverJob, "grpc://0:8002", "grpc://0:8003"), "server", "of -u"},
		"another host to itself":  {with(serverJob, "grpc://0:8002", "grpc://evil:8002"), "server", "of -u"},
		"another host":            {with(serverJob, "--host Site_2", "--host evil"), "server", "of --host"},
		"another order":           {with(with(clientJob, " -c Site_2", ""), "--set", "-c Site_2 --set"), "client", ""},
		"another's kit":           {clientJob, "server", "but the kit is for the role server"},
		"an unknown security":     {with(clientJob, "mtls", "none"), "client", `the value "none" of --parent_conn_sec`},
		"another site":            {with(clientJob, "-c Site_2", "-c site-1"), "client", `the value "site-1" of -c`},
		"a longer site":           {with(clientJob, "-c Site_2", "-c Site_22"), "client", `the value "Site_22" of -c`},
		"another kit's folder":    {with(clientJob, "/workspace/startup", "/tmp/startup"), "client", `the value "/tmp/startup" of -w`},
		"no job":                  {with(clientJob, jobID, "job"), "client", `the value "job" of -n`},
		"a job in capitals":       {with(clientJob, jobID, strings.ToUpper(jobID)), "client", "of -n"},
		"a job too long":          {with(clientJob, jobID, jobID+"0"), "client", "of -n"},
		"a job without dashes":    {with(clientJob, jobID, strings.ReplaceAll(jobID, "-", "0")), "client", "of -n"},
		"a parent by a path":      {with(clientJob, "tcp://site-2:8102", "file:///etc/passwd"), "client", "of -p"},
		"a parent without a port": {with(clientJob, "tcp://site-2:8102", "tcp://site-2"), "client", "of -p"},
		"a parent that expands":   {with(clientJob, "tcp://site-2:8102", "tcp://$(A):8102"), "client", "of -p"},
		"a port with six digits":  {with(clientJob, "server1:8002", "server1:800200"), "client", "of -g"},
		"a server without a port": {with(clientJob, "-g server1:8002", "-g server1"), "client", "of -g"},
		"an unknown scheme":       {with(clientJob, "-scheme grpc", "-scheme file"), "client", `the value "file" of -scheme`},
		"2.8's token":             {with(clientJob, "-c Site_2", "-c Site_2 -t x"), "client", "passes a token in the arguments"},
		"2.8's signature":         {with(clientJob, "-c Site_2", "-c Site_2 -ts x"), "client", "passes a token in the arguments"},
		"2.8's session":           {with(clientJob, "-c Site_2", "-c Site_2 -d x"), "client", "passes a token in the arguments"},
		"a flag twice":            {with(clientJob, "-c Site_2", "-c Site_2 -c Site_2"), "client", `the argument "-c" is not allowed, or occurs twice`},
		"an unknown flag":         {with(clientJob, "-c Site_2", "-c Site_2 -x y"), "client", `the argument "-x" is not allowed`},
		"a flag less":             {with(clientJob, " -scheme grpc", ""), "client", "the argument -scheme is missing"},
		"no settings":             {with(clientJob, " --set secure_train=true uid=Site_2 org=hospital_b config_folder=config comm_driver_path=", ""), "client", "the argument --set is missing"},
		"a value less":            {with(clientJob, " -c Site_2", " -c"), "client", "the value"},
		"insecure":                {with(clientJob, "secure_train=true", "secure_train=no"), "client", `secure_train is "no"`},
		"a server's flag":         {with(clientJob, "-c Site_2", "-c Site_2 --host server1"), "client", `the argument "--host" is not allowed`},
		"another job's folder":    {with(serverJob, "/workspace/"+jobID, "/workspace/00000000-0000-0000-0000-000000000000"), "server", "of -r"},
		"above the job's folder":  {with(serverJob, "/app_server", "/../app_server"), "server", "of -r"},
		"a host with a path":      {with(serverJob, "--host Site_2", "--host Site_2/x"), "server", "of --host"},
		"a port with letters":     {with(serverJob, "--port 8002", "--port http"), "server", "of --port"},
		"no port":                 {with(serverJob, " --port 8002", ""), "server", "the argument --port is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			got := argvProblem(t, tc.command, tc.role)
			if tc.want == "" {
				require.Empty(t, got)
			} else {
				require.Contains(t, got, tc.want)
			}
		})
	}
}

// The author may write a word in command or in args; the field of a problem says where.
func TestFieldsOfWords(t *testing.T) {
	words := strings.Fields(strings.Replace(clientRun, "fed_client.json", "evil.json", 1))
	for at, want := range map[int]string{1: "args[6]", 3: "args[4]", 8: "command[7]", 12: "command[7]"} {
		c := &corev1.Container{Command: words[:at], Args: words[at:]}
		process, _ := nvflare.Profile{}.Recognise(c)
		problems := grammarOf(process, profiles.Identity{Participant: "Site_2", Org: "hospital_b", Role: "client", Workspace: "/workspace"}).Argv(c)
		require.Len(t, problems, 1)
		require.Equal(t, want, problems[0].Field, at)
	}
}

// A message contains only the start of a long value.
func TestLongWords(t *testing.T) {
	words := strings.Fields(clientRun)
	words[7] = strings.Repeat("x", 10_000)
	c := &corev1.Container{Command: words}
	process, _ := nvflare.Profile{}.Recognise(c)
	problems := grammarOf(process, profiles.Identity{Participant: "Site_2", Org: "hospital_b", Role: "client", Workspace: "/workspace"}).Argv(c)
	require.Len(t, problems, 1)
	require.Less(t, len(problems[0].Detail), 200)
}
