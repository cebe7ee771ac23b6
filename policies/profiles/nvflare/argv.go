package nvflare

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// argv is the command of a process of NVFLARE.
type argv struct{ profiles.Words }

const (
	fixPython = "give the interpreter of the image, as the first word of command: " + nvflare.Python + ", or an absolute path outside of all mounts with its version, 3.11 or later, such as /opt/conda/bin/python3.12"
	fixArgv   = "use the command that `kubectl flare launch` or NVFLARE's own chart writes"
	fixToken  = "use NVFLARE 2.9 or later, which passes tokens in a Secret"
)

// grammar is what a process of one participant may run.
type grammar struct {
	profiles.Process
	profiles.Identity

	// container is a part of the demands, here so that both are one allocation.
	container [1]profiles.Container
}

// Argv implements profiles.Grammar. It requires the exact words that upstream's chart,
// upstream's launcher and `kubectl flare launch` write. Values that differ between pods
// must match the kit.
func (g *grammar) Argv(c *corev1.Container) []profiles.Problem {
	a, p, id := argv{profiles.WordsOf(c)}, g.Process, g.Identity
	// Without a command, the image's entrypoint would run, with the words as its arguments.
	if len(c.Command) == 0 || !profiles.IsInterpreter(a.At(0), c) {
		return a.Wrong(0, fixPython, "the command is %q, but must be a Python of the image", a.At(0))
	}
	if p.Kind == profiles.KindNone {
		return a.Wrong(0, fixArgv, "it does not run a process of NVFLARE")
	}
	if p.Role != id.Role {
		return a.Wrong(0, "use a kit of the role "+string(p.Role), "it runs %s, but the kit is for the role %s", p.Program, id.Role)
	}
	if p.Kind == profiles.KindAdmin {
		return a.words3(nvflare.AdminScript)
	}
	if a.At(1) != "-u" || a.At(2) != "-m" || a.At(3) != p.Program {
		return a.Wrong(1, fixArgv, "the first arguments must be -u -m %s", p.Program)
	}
	if p.Kind == profiles.KindParent {
		return a.parent(p, id)
	}
	return g.job(a)
}

// words3 requires exactly python -c script.
func (a argv) words3(script string) []profiles.Problem {
	if a.Len() == 3 && a.At(1) == "-c" && a.At(2) == script {
		return nil
	}
	return a.Wrong(1, fixArgv, "the arguments must be -c %q", script)
}

func (a argv) parent(p profiles.Process, id profiles.Identity) []profiles.Problem {
	config := nvflare.Config(p.Role)
	for i, want := range [5]string{"-m", id.Workspace, "-s", config, "--set"} {
		if got := a.At(4 + i); got != want {
			return a.Wrong(4+i, fixArgv, "it is %q, but must be %q", got, want)
		}
	}
	return a.settings(9, p, id)
}

// settings are the words after --set: each of them must occur once, in any order.
func (a argv) settings(from int, p profiles.Process, id profiles.Identity) []profiles.Problem {
	drivers, _ := strings.CutSuffix(nvflare.NoDrivers, "=")
	want := [5][2]string{{"secure_train", "true"}, {"config_folder", "config"}, {"org", id.Org}, {drivers, ""}}
	if p.Role == nvflare.RoleClient {
		want[4] = [2]string{"uid", id.Participant}
	}
	for i := from; i < a.Len(); i++ {
		key, value, assigned := strings.Cut(a.At(i), "=")
		k := slices.IndexFunc(want[:], func(w [2]string) bool { return key != "" && w[0] == key })
		if k < 0 || !assigned {
			return a.Wrong(i, fixArgv, "the setting %q is not allowed, or occurs twice", a.At(i))
		}
		if value != want[k][1] {
			return a.Wrong(i, fixArgv, "%s is %q, but must be %q, as in the kit and for secure training", key, value, want[k][1])
		}
		want[k][0] = ""
	}
	for _, w := range want {
		if w[0] != "" {
			return a.Wrong(from-1, fixArgv, "the setting %s=%s is missing", w[0], w[1])
		}
	}
	return nil
}

// isURL says whether a value is a URL of the given host, and of the port if that is
// not zero. It has neither a path nor $(…), which Kubernetes would expand.
func isURL(value, host string, port int) bool {
	scheme, address, ok := strings.Cut(value, "://")
	if !ok || !slices.Contains(schemes[:], scheme) {
		return false
	}
	name, digits, ok := strings.Cut(address, ":")
	number, err := strconv.ParseUint(digits, 10, 16)
	return ok && err == nil && host != "" && name == host && (port == 0 || int(number) == port)
}

// schemes are those of the drivers that NVFLARE has.
var schemes = [...]string{"grpc", "grpcs", "http", "https", "tcp", "stcp"}

// isJobID says whether a text is a UUID in its usual spelling. It is called often, so it
// uses no regular expression.
func isJobID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i := range len(text) {
		hex := text[i] >= '0' && text[i] <= '9' || text[i] >= 'a' && text[i] <= 'f'
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (text[i] == '-') || !dash && !hex {
			return false
		}
	}
	return true
}

func isScheme(text string) bool { return text == "grpc" || text == "http" || text == "tcp" }
