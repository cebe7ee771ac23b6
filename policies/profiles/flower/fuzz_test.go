package flower_test

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	framework "github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/flower"
)

// FuzzArguments tries arguments of a SuperNode, one a line. Those that are allowed have every
// demanded word, and besides them only optional flags.
func FuzzArguments(f *testing.F) {
	want := framework.SuperNodeArguments(framework.DialectHTTP, framework.IsolationSubprocess, workspace, superlink+":9092", framework.Loopback, false)
	for _, more := range []string{"", "\n--insec", "\n--insecure", "\n--max-retries\n3", "\n--max-retries=3", "\n--superlink\nx:1", "\n--trusted-entities\n/workspace/local/trusted-entities.yaml", "\n--"} {
		f.Add(strings.Join(want, "\n") + more)
	}
	id := identity(framework.RoleClient, framework.DialectHTTP)
	f.Fuzz(func(t *testing.T, text string) {
		c := &corev1.Container{Command: []string{framework.ProgramSuperNode}, Args: strings.Split(text, "\n")}
		process, _ := flower.Profile{}.Recognise(c)
		if process.Program != framework.ProgramSuperNode {
			return // its apps run elsewhere
		}
		if len(flower.Profile{}.Demands(process, id).Containers[0].Grammar.Argv(c)) > 0 {
			return
		}
		for _, word := range want {
			if !slices.Contains(c.Args, word) {
				t.Errorf("%q is missing", word)
			}
		}
		for _, word := range c.Args {
			optional := []string{"--max-retries", "--max-wait-time", "--trusted-entities"}
			if strings.HasPrefix(word, "--") && !slices.Contains(want, word) && !slices.Contains(optional, word) {
				t.Errorf("%q is allowed", word)
			}
		}
	})
}
