package profiles

import (
	"path"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// This file has what the profiles of frameworks share whose processes are Python programs.

// Scratch is the HOME and the folder for temporary files of every process: libraries make
// their caches there, since the root file system is read-only.
const Scratch = "/tmp"

// SafePath is the variable that keeps Python from loading modules from the working
// directory, which the image chooses. It needs Python 3.11. Source: Python's reference,
// "Command line and environment", PYTHONSAFEPATH.
const (
	SafePath      = "PYTHONSAFEPATH"
	SafePathValue = "1"
)

// Authorities are where containers have the certificates of authorities that the policy
// allows. They are for connections of code of jobs: frameworks verify their own ones with the
// root in the kit, and pass it explicitly, which these variables do not change. Sources:
// Python's ssl.create_default_context and requests' Session.merge_environment_settings, which
// read them only for connections without roots of their own; gRPC does not read them.
const (
	Authorities     = "/etc/flare-ca"
	AuthoritiesFile = Authorities + "/ca.crt"
)

// AuthorityVariables are the variables with which programs find them.
func AuthorityVariables() []corev1.EnvVar {
	return []corev1.EnvVar{{Name: "SSL_CERT_FILE", Value: AuthoritiesFile}, {Name: "REQUESTS_CA_BUNDLE", Value: AuthoritiesFile}, {Name: "CURL_CA_BUNDLE", Value: AuthoritiesFile}}
}

// FixVariable is the fix for a variable that is not allowed.
const FixVariable = "remove it: code in the image can read its settings from local/"

// userName is the name of the user of every container. The user ID has no entry in the
// image's /etc/passwd, and without a name, Python's getpass.getuser raises an error; PyTorch
// calls it while it is imported.
const userName = "flare"

// UserVariables say where the user's files are and what the user's name is. Every process
// has them.
func UserVariables() []corev1.EnvVar {
	return []corev1.EnvVar{{Name: "HOME", Value: Scratch}, {Name: "USER", Value: userName}, {Name: "LOGNAME", Value: userName}}
}

// PythonVariables are those that mutation adds.
func PythonVariables() []corev1.EnvVar {
	return append(UserVariables(), corev1.EnvVar{Name: "TMPDIR", Value: Scratch}, corev1.EnvVar{Name: SafePath, Value: SafePathValue})
}

// MissingSafePath says that a container does not have SafePath, or is nil if it has.
func MissingSafePath(c *corev1.Container) []Problem {
	for i := range c.Env {
		if c.Env[i].Name == SafePath {
			return nil
		}
	}
	return []Problem{{
		Field: "env", Fix: "set " + SafePath + ` to "` + SafePathValue + `"`,
		Detail: SafePath + " is missing: Python would load modules from the image's working directory, which may be the workspace",
	}}
}

// plainValue is the form of a value that Kubernetes does not expand and that is not a path.
var plainValue = regexp.MustCompile(`^[A-Za-z0-9_.,:@+-]*$`)

// zone is the form of a time zone's name.
var zone = regexp.MustCompile(`^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}$`)

// loginName is the form of a user's name that every program takes.
var loginName = regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,31}$`)

// caches is the folder of libraries' caches. Some of them hold compiled code, so they must
// not outlive the pod: other folders of Scratch may be on the participant's claim.
const caches = Scratch + "/.cache"

func isCache(value string) bool {
	return path.Clean(value) == value && (value == caches || strings.HasPrefix(value, caches+"/")) && !strings.Contains(value, "$")
}

// PythonVariable says what is wrong with a variable, or "". listed is false for a variable with a
// literal value that Python programs do not need: the policy may allow it. There are too
// many with which Python, its loader and its libraries run other code (LD_PRELOAD,
// PYTHONPATH, PYTHONSTARTUP, …) or use other devices (NVIDIA_VISIBLE_DEVICES).
func PythonVariable(e *corev1.EnvVar) (detail string, listed bool) {
	if e.ValueFrom != nil {
		return Sprintf("the variable %q has a value from another object or field", e.Name), true
	}
	ok, want := false, "a plain value"
	switch e.Name {
	case "HOME", "TMPDIR":
		// Python also loads code from $HOME/.local, so HOME must not outlive the pod.
		ok, want = e.Value == Scratch, Scratch
	case SafePath:
		ok, want = e.Value == SafePathValue, SafePathValue
	case "USER", "LOGNAME":
		ok, want = e.Value == userName || loginName.MatchString(e.Value), "a user's name"
	case "XDG_CACHE_HOME", "MPLCONFIGDIR", "TORCH_HOME", "TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR", "NUMBA_CACHE_DIR", "HF_HOME":
		ok, want = isCache(e.Value), caches+", or a folder below it"
	case "TZ":
		ok, want = zone.MatchString(e.Value), "a time zone"
	case "LANG", "LC_ALL", "PYTHONUNBUFFERED", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "MALLOC_ARENA_MAX", "CUDA_VISIBLE_DEVICES":
		ok = plainValue.MatchString(e.Value)
	default:
		return Sprintf("the variable %q is not on the list of allowed ones", e.Name), false
	}
	if ok {
		return "", true
	}
	return Sprintf("%s is %q, but must be %s", e.Name, e.Value, want), true
}
