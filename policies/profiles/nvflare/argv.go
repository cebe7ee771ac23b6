package nvflare

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// argv is a command and its arguments, which Kubernetes joins. The author may write a word
// in either field, which makes no difference.
type argv struct{ command, args []string }

func (a argv) len() int { return len(a.command) + len(a.args) }

// field is the field of word i.
func (a argv) field(i int) string {
	if i < len(a.command) {
		return fmt.Sprintf("command[%d]", i)
	}
	return fmt.Sprintf("args[%d]", i-len(a.command))
}

func (a argv) at(i int) string {
	if i < len(a.command) {
		return a.command[i]
	}
	if i -= len(a.command); i < len(a.args) {
		return a.args[i]
	}
	return ""
}

func (a argv) wrong(i int, fix, format string, args ...any) []profiles.Problem {
	return []profiles.Problem{{Field: a.field(i), Detail: sprintf(format, args...), Fix: fix}}
}

// sprintf is fmt.Sprintf with long values shortened.
func sprintf(format string, args ...any) string {
	const longest = 80
	for i := range args {
		if text, ok := args[i].(string); ok && len(text) > longest {
			args[i] = text[:longest] + "…"
		}
	}
	return fmt.Sprintf(format, args...)
}

const (
	fixArgv  = "use the command that `kubectl flare launch` or NVFLARE's own chart writes"
	fixToken = "use NVFLARE 2.9 or later, which passes tokens in a Secret"
)

// isPython says whether a word is the interpreter of upstream's images. It must be in
// command: otherwise the image's entrypoint would run, with the words as its arguments.
func isPython(word string) bool {
	return word == nvflare.Python || word == nvflare.PythonAlias
}

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
	a, p, id := argv{c.Command, c.Args}, g.Process, g.Identity
	if len(c.Command) == 0 || !isPython(a.at(0)) {
		return a.wrong(0, fixArgv, "the command is %q, but must be %s", a.at(0), nvflare.Python)
	}
	if p.Kind == profiles.KindNone {
		return a.wrong(0, fixArgv, "it does not run a process of NVFLARE")
	}
	if p.Role != id.Role {
		return a.wrong(0, "use a kit of the role "+string(p.Role), "it runs %s, but the kit is for the role %s", p.Program, id.Role)
	}
	if p.Kind == profiles.KindAdmin {
		return a.words3(nvflare.AdminScript)
	}
	if a.at(1) != "-u" || a.at(2) != "-m" || a.at(3) != p.Program {
		return a.wrong(1, fixArgv, "the first arguments must be -u -m %s", p.Program)
	}
	if p.Kind == profiles.KindParent {
		return a.parent(p, id)
	}
	return g.job(a)
}

// words3 requires exactly python -c script.
func (a argv) words3(script string) []profiles.Problem {
	if a.len() == 3 && a.at(1) == "-c" && a.at(2) == script {
		return nil
	}
	return a.wrong(1, fixArgv, "the arguments must be -c %q", script)
}

func (a argv) parent(p profiles.Process, id profiles.Identity) []profiles.Problem {
	config := nvflare.Config(p.Role)
	for i, want := range [5]string{"-m", id.Workspace, "-s", config, "--set"} {
		if got := a.at(4 + i); got != want {
			return a.wrong(4+i, fixArgv, "it is %q, but must be %q", got, want)
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
	for i := from; i < a.len(); i++ {
		key, value, assigned := strings.Cut(a.at(i), "=")
		k := slices.IndexFunc(want[:], func(w [2]string) bool { return key != "" && w[0] == key })
		if k < 0 || !assigned {
			return a.wrong(i, fixArgv, "the setting %q is not allowed, or occurs twice", a.at(i))
		}
		if value != want[k][1] {
			return a.wrong(i, fixArgv, "%s is %q, but must be %q, as in the kit and for secure training", key, value, want[k][1])
		}
		want[k][0] = ""
	}
	for _, w := range want {
		if w[0] != "" {
			return a.wrong(from-1, fixArgv, "the setting %s=%s is missing", w[0], w[1])
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
