package nvflare

import (
	"fmt"
	"regexp"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

const fixEnv = "take it away: code in the image reads its settings from local/"

// plainValue is what a variable of no consequence may hold: nothing that
// Kubernetes expands, and no path.
var plainValue = regexp.MustCompile(`^[A-Za-z0-9_.,:@+-]*$`)

// zone is the name of a time zone.
var zone = regexp.MustCompile(`^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}$`)

// Environment implements profiles.Grammar. It is a closed list: there are too many variables with which Python,
// its loader and its libraries run other code (LD_PRELOAD, PYTHONPATH,
// PYTHONSTARTUP, …) or reach other devices (NVIDIA_VISIBLE_DEVICES).
func (g *grammar) Environment(c *corev1.Container) []profiles.Problem {
	var problems []profiles.Problem
	for i := range c.Env {
		detail, listed := envProblem(c, &c.Env[i], g.Process, g.Identity)
		if detail == "" {
			continue
		}
		problem := profiles.Problem{Field: fmt.Sprintf("env[%d]", i), Detail: detail, Fix: fixEnv}
		if !listed {
			problem.Unlisted = c.Env[i].Name
		}
		problems = append(problems, problem)
	}
	return problems
}

// envProblem says what is wrong with a variable. listed is false for a literal one
// that NVFLARE has no use for: of that a site may know more.
func envProblem(c *corev1.Container, e *corev1.EnvVar, p profiles.Process, id profiles.Identity) (detail string, listed bool) {
	if p.Kind == profiles.KindJob {
		if detail, known := jobEnv(c, e, p, id); known {
			return detail, true
		}
	}
	if e.ValueFrom != nil {
		return sprintf("the variable %q takes its value from elsewhere", e.Name), true
	}
	return literalProblem(e)
}

// literalProblem evaluates a variable with a value of its own.
func literalProblem(e *corev1.EnvVar) (detail string, listed bool) {
	ok, want := false, "a plain value"
	switch e.Name {
	case "HOME", "TMPDIR":
		// Python also loads code from $HOME/.local: no home that outlives the pod.
		ok, want = e.Value == scratch, scratch
	case "TZ":
		ok, want = zone.MatchString(e.Value), "a time zone"
	case "LANG", "LC_ALL", "PYTHONUNBUFFERED", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "MALLOC_ARENA_MAX", "CUDA_VISIBLE_DEVICES":
		ok = plainValue.MatchString(e.Value)
	default:
		return sprintf("the variable %q is not on the list", e.Name), false
	}
	if ok {
		return "", true
	}
	return sprintf("%s is %q, but must be %s", e.Name, e.Value, want), true
}

// jobEnv knows the variables that the launcher gives to job pods. Source:
// reference pods of 2.9.0.
func jobEnv(c *corev1.Container, e *corev1.EnvVar, p profiles.Process, id profiles.Identity) (detail string, known bool) {
	var want [7]string
	site := nvflare.SiteName(id.Participant, p.Role)
	switch e.Name {
	case "PYTHONPATH":
		want = [7]string{id.Workspace, "/", argvOf(c).jobID(), "/app_", site, "/custom"}
	case "NVFL_WORKSPACE_OWNER_FQCN":
		want = [7]string{site}
	case "NVFLARE_JOB_AUTH_TOKEN", "NVFLARE_JOB_TOKEN_SIGNATURE", "NVFLARE_JOB_SSID", "NVFL_WORKSPACE_TRANSFER_TOKEN":
		return credential(e, id), true
	default:
		return "", false
	}
	if e.ValueFrom == nil && joined(e.Value, want) {
		return "", true
	}
	return sprintf("%s is %q, not the launcher's %q", e.Name, e.Value, strings.Join(want[:], "")), true
}

// credential must come from this very pod's Secret: another pod's tokens are
// another job's.
func credential(e *corev1.EnvVar, id profiles.Identity) string {
	if e.ValueFrom == nil || e.ValueFrom.SecretKeyRef == nil {
		return e.Name + " must come from the job's Secret"
	}
	ref := e.ValueFrom.SecretKeyRef
	if pod, ok := strings.CutPrefix(ref.Name, nvflare.PrefixCredentials); ok && pod == id.Pod && ref.Key == e.Name {
		return ""
	}
	return sprintf("%s comes from key %q of Secret %q, not from its own key of %q", e.Name, ref.Key, ref.Name, nvflare.PrefixCredentials+id.Pod)
}
